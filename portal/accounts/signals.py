"""What follows from signing in and from a new password."""

from __future__ import annotations

from typing import Any

import structlog
from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from portal.access import clock
from portal.access.viewer import viewer_for
from portal.accounts import attempts, sessions, typed, whereabouts
from portal.accounts.domain import known_devices
from portal.accounts.domain.letters import tell_owner
from portal.accounts.models import User
from portal.journal import door

log = structlog.get_logger(__name__)


@receiver(user_logged_in)
def session_began(sender: type, request: HttpRequest | None, user: User, **_: Any) -> None:
    """Start the session's clocks, look whether its browser is a known one, and what was typed before it."""
    if request is not None:
        sessions.begin(request, user)
        if getattr(user, "otp_device", None) is not None:
            sessions.note_verified(request)
            _note_device(request, user)
        typed.remember(request, user_id=user.pk)
        log.info("signed_in", user=user.pk, network=whereabouts.network_of(request))


@receiver(user_logged_out)
def session_left(sender: type, request: HttpRequest, user: User | None, **_: Any) -> None:
    """Log that somebody signed out, or was signed out at their next request."""
    log.info("signed_out", user=user.pk if user else None, network=whereabouts.network_of(request))


def _note_device(request: HttpRequest, user: User) -> None:
    """Tell the owner of a browser that is new to the account; the gate hands the browser its mark with the answer."""
    mark = known_devices.mark_of(request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE, ""))
    request.browser_mark = mark  # type: ignore[attr-defined]
    known_devices.note_sign_in(
        user=user, mark=mark, device=whereabouts.device_of(request), network=whereabouts.network_of(request)
    )


@receiver([password_changed, password_reset, password_set])
def password_is_new(sender: type, request: HttpRequest, user: User, **_: Any) -> None:
    """Journal a new password and tell the owner."""
    with transaction.atomic():
        by = viewer_for(user=user, verified=False)
        door.record(thing=user, verb="password_changed", by=by)
        # Also this one: whoever changed it signs in with the new one.
        sessions.end_all(user=user, reason="password", by=by)
        tell_owner(user=user, template="password_changed", context={"at": clock.now()})


@receiver(password_reset)
def mailbox_proved(sender: type, request: HttpRequest, user: User, **_: Any) -> None:
    """Let the owner in who is kept out by a stranger's wrong passwords: a new one by mail is the way round them."""
    attempts.owner_has_proved(request, user)


@receiver(post_save, sender=User)
def account_closed(sender: type, instance: User, **_: Any) -> None:
    """End the sessions of an account that was closed; the gate finds out by itself where it was done by an update."""
    if not instance.is_active:
        sessions.end_all(user=instance, reason="closed")
