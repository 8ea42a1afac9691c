"""Celery entry points of the community."""

from celery import shared_task

from portal.community.domain import recovery


@shared_task(name="community.lapse_recoveries")
def lapse_recoveries() -> None:
    """End the requests after a lost device that nobody answered within 14 days."""
    recovery.lapse_old()
