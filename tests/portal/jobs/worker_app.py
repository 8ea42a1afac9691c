"""The Celery application of the worker drill: the portal's own, and two kinds of jobs that leave a countable effect."""

import time
from collections.abc import Callable

import django
from django.db import connection

django.setup()

from portal.celery import app  # noqa: E402 - the apps must be ready first
from portal.jobs import queue  # noqa: E402 - likewise

#: Shorter than in life, so that the drill need not wait a minute for a dead worker's jobs.
LEASE = 2


def leave_effect(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO drill_effect (number) VALUES (%s)", [number])


@queue.handler("drill.short", lease_seconds=LEASE)
def short(job: queue.RunningJob, number: int) -> None:
    leave_effect(number)
    # Effect written, not committed: the worst moment to be killed.
    time.sleep(0.03)


@queue.handler("drill.long", lease_seconds=LEASE, long=True)
def long(job: queue.RunningJob, number: int) -> Callable[[], None]:
    for step in range(3):
        time.sleep(0.03)
        job.progress(done=step + 1, total=3)
    return lambda: leave_effect(number)


__all__ = ["app"]
