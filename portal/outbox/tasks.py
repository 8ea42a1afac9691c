"""Celery entry point of the outbox."""

from celery import shared_task

from portal.outbox import daily as daily_mail
from portal.outbox import post


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Give every waiting mail without an unfinished job a new one: a mail is never forgotten."""
    post.sweep()


@shared_task(name="outbox.daily")
def daily() -> None:
    """Write the daily mails that are due."""
    daily_mail.send_due()
