"""Celery entry point of the updates."""

from celery import shared_task

from portal.updates.domain import subscriptions


@shared_task(name="updates.tidy")
def tidy() -> None:
    """Forget what need not be kept: addresses that nobody confirmed, and what was asked."""
    subscriptions.tidy_up()
