"""Celery entry point of the exchanges."""

from celery import shared_task

from exchanges.domain import ticking


@shared_task(name="exchanges.tick")
def tick() -> None:
    """Let the clock do what is due."""
    ticking.tick()
