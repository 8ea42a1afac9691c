"""Celery entry points of the job table."""

import uuid

import structlog
from celery import shared_task
from django.core.cache import cache

from portal.access import clock
from portal.jobs import queue

log = structlog.get_logger(__name__)

#: Cache key under which a worker notes that it lives, as a Unix time of the machine; read by the health page.
HEARTBEAT = "jobs.heartbeat"


def note_life() -> None:
    """Leave a sign of life. A cache that is away is no reason for a worker to stop."""
    try:
        cache.set(HEARTBEAT, clock.machine_now().timestamp(), 300)
    except Exception as error:  # noqa: BLE001 - every cache has errors of its own
        log.warning("heartbeat_not_noted", error=repr(error))


@shared_task(name="jobs.run", acks_late=True, reject_on_worker_lost=True)
def run(job_id: str) -> None:
    """Do one job."""
    queue.work(uuid.UUID(job_id))


@shared_task(name="jobs.sweep")
def sweep() -> None:
    """Send again what was lost."""
    queue.sweep()
