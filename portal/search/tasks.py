"""Celery entry points of the search."""

from celery import shared_task

from portal.search.domain.changes import drain as drain_changes


@shared_task(name="search.drain")
def drain() -> None:
    """Bring the index up to date, should a job have been lost."""
    drain_changes()
