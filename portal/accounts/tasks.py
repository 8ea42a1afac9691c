"""Celery entry point of the accounts."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from portal.accounts.domain.enrolment import forget_unfinished


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Remove sessions that are over, and seeds that nobody confirmed."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    forget_unfinished()
