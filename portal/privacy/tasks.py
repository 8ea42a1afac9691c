"""Celery entry point of retention."""

from celery import shared_task

from portal.jobs import queue
from portal.privacy.domain.retention import RUN


@shared_task(name="privacy.retention")
def retention() -> None:
    """Have the rules run, once, by a job that outlives its worker."""
    queue.enqueue(RUN, key=RUN)
