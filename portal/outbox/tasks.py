"""Celery entry point of the outbox."""

from celery import shared_task

from portal.outbox import post


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Give every waiting mail without an unfinished job a new one: a mail is never forgotten."""
    post.sweep()
