"""Putting jobs into the table, taking a lease, finishing: the whole life of a job.

A handler is a function `handler(job, **payload)`. A short one runs inside the finishing transaction, so that effect
and "done" commit together. A long one (`long=True`) works outside any transaction, reports progress through `job`, and
returns a function that is called inside the finishing transaction (or None). A worker whose lease has run out cannot
finish: its effect is rolled back.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q

from portal.access import clock
from portal.jobs.models import Job, JobState

log = structlog.get_logger(__name__)

#: After this many attempts a job has failed, whether it raised or took its worker down with it.
MAX_ATTEMPTS = 8
#: How long a sent message is given to reach a worker before the sweep sends another. Doubles with every message, so
#: that a long queue does not flood the broker with copies of itself.
RESEND_AFTER = dt.timedelta(seconds=20)
RESEND_AT_MOST = dt.timedelta(minutes=10)
#: How often `enqueue` looks again when another process writes the same key at the same moment.
ASK_AGAIN = 3
#: How many jobs one sweep sends at most.
SWEEP_BATCH = 500


@dataclass(frozen=True)
class Handler:
    """How one kind of job is done: `lease` is the time a worker may be silent before it counts as dead."""

    name: str
    function: Callable[..., Any]
    lease: dt.timedelta
    long: bool


_handlers: dict[str, Handler] = {}


class LeaseLost(RuntimeError):
    """The job was taken over by another worker; nothing of this run is kept."""


def handler(
    name: str, *, lease_seconds: int = 60, long: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function as the handler of jobs called `name`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _handlers[name] = Handler(name, function, dt.timedelta(seconds=lease_seconds), long)
        return function

    return register


class RunningJob:
    """What a handler sees of its job: who asked for it, and a way to report progress and stay alive."""

    def __init__(self, row: Job, lease: dt.timedelta) -> None:
        self.id = row.pk
        self.owner_id = row.owner_id
        self.attempt = row.attempts
        self._token = row.lease
        self._lease = lease

    def progress(self, *, done: int, total: int, note: str = "") -> None:
        """Show how far the work is and renew the lease. Raises `LeaseLost` when another worker has taken over."""
        held = Job.objects.filter(pk=self.id, lease=self._token, state=JobState.RUNNING).update(
            progress_done=done,
            progress_total=total,
            progress_note=note[:200],
            leased_until=clock.machine_now() + self._lease,
        )
        if not held:
            raise LeaseLost(str(self.id))


def enqueue(
    name: str,
    *,
    key: str = "",
    again: bool = False,
    run_after: dt.datetime | None = None,
    owner_id: int | None = None,
    **payload: Any,
) -> Job:
    """Write a job in the current transaction and send its id once that commits.

    `payload` must be JSON; `run_after` is machine time. With `key`, an unfinished job under the same key is returned
    instead of a second one. With `again`, one that already runs does not count, because it may have read what has
    changed since: another then waits behind it. Raises `KeyError` for a name without a handler.
    """
    if name not in _handlers:
        raise KeyError(f"no handler for jobs called {name!r}")
    moment = clock.machine_now()
    due = run_after or moment
    row = Job(name=name, key=key, payload=payload, run_after=due, send_after=due, owner_id=owner_id, created_at=moment)
    for attempt in range(ASK_AGAIN):
        try:
            with transaction.atomic():
                if key and (present := _unfinished(key, again=again)):
                    if again:
                        transaction.on_commit(functools.partial(_ask_again, present, owner_id, payload), robust=True)
                    return present
                row.save(force_insert=True)
            break
        except IntegrityError:
            # Somebody else was quicker under this key; what they wrote is there now.
            if not key or attempt == ASK_AGAIN - 1:
                raise
    if run_after is None:
        _send_on_commit(row.pk)
    return row


def _unfinished(key: str, *, again: bool) -> Job | None:
    states = [JobState.WAITING] if again else [JobState.WAITING, JobState.RUNNING]
    return Job.objects.filter(key=key, state__in=states).order_by("created_at").first()


def _ask_again(present: Job, owner_id: int | None, payload: dict[str, Any]) -> None:
    # A worker may have taken the waiting job before our changes were committed. A lock until then would keep this from
    # happening, and have every transaction under a busy key wait for every other.
    if not Job.objects.filter(pk=present.pk, state=JobState.WAITING).exists():
        enqueue(present.name, key=present.key, again=True, owner_id=owner_id, **payload)


def _send_on_commit(job_id: uuid.UUID) -> None:
    # Robust: what was committed must not end in an error page because the broker or the table is busy.
    transaction.on_commit(functools.partial(send, job_id), robust=True)


def send(job_id: uuid.UUID) -> None:
    """Hand a job's id to Celery. A broker that is away is no error: the sweep sends again."""
    from portal.jobs.tasks import run  # late: Celery's task modules import this one

    row = Job.objects.filter(pk=job_id).only("sends").first()
    if row is None:
        return
    pause = min(RESEND_AT_MOST, RESEND_AFTER * 2 ** min(row.sends, 10))
    Job.objects.filter(pk=job_id).update(sends=F("sends") + 1, send_after=clock.machine_now() + pause)
    try:
        run.delay(str(job_id))
    except Exception as error:  # noqa: BLE001 - every broker has errors of its own
        log.warning("job_not_sent", job=str(job_id), error=repr(error))


def sweep() -> int:
    """Send again what waits too long or whose lease ran out; returns how many were sent."""
    moment = clock.machine_now()
    due = Job.objects.filter(
        Q(state=JobState.WAITING, run_after__lte=moment) | Q(state=JobState.RUNNING, leased_until__lt=moment),
        send_after__lte=moment,
    )
    ids = list(due.order_by("send_after").values_list("pk", flat=True)[:SWEEP_BATCH])
    for job_id in ids:
        send(job_id)
    return len(ids)


def take(job_id: uuid.UUID) -> Job | None:
    """Take the lease of a job that waits or whose holder fell silent; None if there is nothing to take.

    A job waits while another under its key runs. A job whose workers died MAX_ATTEMPTS times has failed: it may be
    what kills them.
    """
    moment = clock.machine_now()
    row = Job.objects.filter(pk=job_id).first()
    if row is None:
        return None
    if row.name not in _handlers:
        # Left waiting: during an update the worker that knows the name may not have started yet.
        log.warning("job_without_handler", job=str(job_id), name=row.name)
        return None
    silent = Q(state=JobState.RUNNING, leased_until__lt=moment)
    free = Q(state=JobState.WAITING, run_after__lte=moment)
    if row.key:
        free &= ~Exists(Job.objects.filter(key=OuterRef("key"), state=JobState.RUNNING))
    worn_out = Job.objects.filter(silent, pk=job_id, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        lease=None,
        leased_until=None,
        finished_at=moment,
        error="The worker died or fell silent in every attempt.",
    )
    if worn_out:
        log.error("job_worn_out", job=str(job_id), name=row.name)
        return None
    lease = _handlers[row.name].lease
    taken = Job.objects.filter(free | silent, pk=job_id).update(
        state=JobState.RUNNING,
        lease=uuid.uuid4(),
        leased_until=moment + lease,
        attempts=F("attempts") + 1,
        sends=0,
        send_after=moment + lease,
    )
    return Job.objects.get(pk=job_id) if taken else None


def work(job_id: uuid.UUID) -> bool:
    """Do a job now if its lease can be had; returns whether it was done. Failures are kept on the row and retried."""
    row = take(job_id)
    if row is None:
        return False
    entry = _handlers[row.name]
    running = RunningJob(row, entry.lease)
    try:
        effect = entry.function(running, **row.payload) if entry.long else None
        with transaction.atomic():
            held = Job.objects.select_for_update().filter(pk=row.pk, lease=row.lease, state=JobState.RUNNING).first()
            if held is None:
                raise LeaseLost(str(row.pk))
            if entry.long:
                if effect is not None:
                    effect()
            else:
                entry.function(running, **row.payload)
            Job.objects.filter(pk=row.pk).update(
                state=JobState.DONE, lease=None, leased_until=None, finished_at=clock.machine_now(), error=""
            )
    except LeaseLost:
        log.warning("job_lease_lost", job=str(row.pk), name=row.name)
        return False
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is kept on the row
        _failed(row, error)
        return False
    finally:
        _wake_next(row.key)
    return True


def _wake_next(key: str) -> None:
    if key:
        for job_id in Job.objects.filter(
            key=key, state=JobState.WAITING, run_after__lte=clock.machine_now()
        ).values_list("pk", flat=True):
            _send_on_commit(job_id)


def _failed(row: Job, error: Exception) -> None:
    """Keep the error; try again later with growing pauses (5 s to 10 min), or give up after MAX_ATTEMPTS.

    Where another job under the same key waits by now, that one takes over.
    """
    log.error("job_failed", job=str(row.pk), name=row.name, attempt=row.attempts, exc_info=error)
    moment = clock.machine_now()
    words = f"{type(error).__name__}: {error}"[:4000]
    later = moment + dt.timedelta(seconds=min(600, 5 * 2 ** (row.attempts - 1)))
    held = Job.objects.filter(pk=row.pk, lease=row.lease)
    if row.attempts < MAX_ATTEMPTS:
        try:
            with transaction.atomic():
                held.update(
                    state=JobState.WAITING,
                    lease=None,
                    leased_until=None,
                    run_after=later,
                    sends=0,
                    send_after=later,
                    error=words,
                )
            return
        except IntegrityError:
            words = f"{words}\nA later job under the same key takes over."
    held.update(state=JobState.FAILED, lease=None, leased_until=None, error=words, finished_at=moment)


def retry(job: Job) -> None:
    """Let a failed job run again, from the first attempt; nothing if one under its key already waits."""
    moment = clock.machine_now()
    again: models.QuerySet[Job] = Job.objects.filter(pk=job.pk, state=JobState.FAILED)
    with transaction.atomic():
        if job.key and _unfinished(job.key, again=False):
            return
        again.update(state=JobState.WAITING, attempts=0, run_after=moment, sends=0, send_after=moment, finished_at=None)
    _send_on_commit(job.pk)


def work_all() -> int:
    """Do every job that waits, in this process, until none is left that can be done: for tests and the sample loader.

    Returns the count of jobs done. A job that fails keeps its error and is left for later.
    """
    done = 0
    stuck: set[uuid.UUID] = set()
    while waiting := list(
        Job.objects.filter(state=JobState.WAITING, run_after__lte=clock.machine_now())
        .exclude(pk__in=stuck)
        .order_by("created_at")
        .values_list("pk", flat=True)[:SWEEP_BATCH]
    ):
        for job_id in waiting:
            if work(job_id):
                done += 1
            else:
                # A job that cannot be taken (no handler here) must not keep us for ever.
                stuck.add(job_id)
    return done
