"""Celery entry point of the accounts."""

from celery import shared_task

import portal.accounts.domain.forgotten  # noqa: F401 - the worker does its job
from portal.accounts.domain import addresses, sessions
from portal.accounts.domain.enrolment import forget_unfinished
from portal.accounts.domain.passkeys import forget_challenges


@shared_task(name="accounts.clear_sessions")
def clear_sessions() -> None:
    """End sessions that may not go on. Remove what is over: sessions, what was typed into them, unanswered challenges
    and seeds that nobody confirmed.
    """
    sessions.sweep()
    sessions.tidy()
    forget_unfinished()
    forget_challenges()
    addresses.lapse()
