"""Celery entry point of the files."""

from celery import shared_task

from portal.files.domain.store import sweep_orphans


@shared_task(name="files.sweep_orphans")
def sweep() -> None:
    """Remove stored files that no row knows."""
    sweep_orphans()
