"""Celery entry point of the pages."""

from celery import shared_task

from portal.pages.domain.contact import forget_old_messages


@shared_task(name="pages.forget_messages")
def forget_messages() -> None:
    """Remove the messages of the contact page that are a year old."""
    forget_old_messages()
