"""What follows from signing in and from a new password."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from portal.access import clock
from portal.access.viewer import viewer_for
from portal.accounts import sessions
from portal.accounts.models import User
from portal.journal import door
from portal.outbox.post import post


@receiver(user_logged_in)
def session_began(sender: type, request: HttpRequest | None, user: User, **_: Any) -> None:
    """Start the session's clocks."""
    if request is not None:
        sessions.begin(request)


@receiver([password_changed, password_reset, password_set])
def password_is_new(sender: type, request: HttpRequest, user: User, **_: Any) -> None:
    """Journal a new password and tell the owner."""
    with transaction.atomic():
        door.record(thing=user, verb="password_changed", by=viewer_for(user=user, verified=False))
        post(to=user.email, template="password_changed", context={"at": clock.now()}, user_id=user.pk)
