"""Runs the worker drill in a process of its own and prints what came of it as JSON.

One hundred jobs, a real worker over the real broker, killed with SIGKILL five times at work and started again. The
sweep is driven from here in the place of beat.
"""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time

from tests.portal.jobs import worker_app  # noqa: F401 - registers the handlers, so that jobs can be enqueued

from django.core.cache import cache  # isort: skip - worker_app makes the apps ready
from django.core.management import call_command  # isort: skip
from django.db import connection  # isort: skip
from portal.jobs import queue  # isort: skip
from portal.jobs.models import Job, JobState  # isort: skip
from portal.jobs.tasks import HEARTBEAT  # isort: skip

JOBS = 100
KILLS = 5
#: Seconds after which the drill gives up.
LIMIT = 60


def start() -> subprocess.Popen:
    command = [sys.executable, "-m", "celery", "-A", "tests.portal.jobs.worker_app", "worker"]
    # A session of its own, so that the pool's children die with the worker and nothing else does.
    return subprocess.Popen(
        [*command, "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def kill(worker: subprocess.Popen) -> None:
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def count(state: JobState) -> int:
    return Job.objects.filter(state=state).count()


def main() -> None:
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        # No constraint on purpose: a second effect must show.
        cursor.execute("CREATE TABLE drill_effect (number integer NOT NULL)")
    queue.RESEND_AFTER = dt.timedelta(seconds=1)
    for number in range(JOBS):
        queue.enqueue("drill.long" if number % 2 else "drill.short", number=number)
    began, kills, at_work = time.monotonic(), 0, 0
    worker = start()
    try:
        while count(JobState.DONE) < JOBS and time.monotonic() - began < LIMIT:
            queue.sweep()
            if kills < KILLS and count(JobState.DONE) >= (kills + 1) * 12 and count(JobState.RUNNING):
                at_work += count(JobState.RUNNING)
                kill(worker)
                kills += 1
                worker = start()
            time.sleep(0.1)
    finally:
        kill(worker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT number) FROM drill_effect")
        effects, distinct = cursor.fetchone()
    result = {
        "done": count(JobState.DONE),
        "effects": effects,
        "distinct": distinct,
        "kills": kills,
        "at_work": at_work,
        "taken_twice": Job.objects.filter(attempts__gt=1).count(),
        "heartbeat": cache.get(HEARTBEAT) is not None,
        "seconds": round(time.monotonic() - began, 1),
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main()
