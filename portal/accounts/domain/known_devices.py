"""Telling the owner of a sign-in from a device that was not seen before."""

from __future__ import annotations

import re
import secrets

from django.db import transaction

from portal.access import clock
from portal.access.viewer import viewer_for
from portal.accounts.domain.letters import tell_owner
from portal.accounts.domain.sessions import FORGOTTEN
from portal.accounts.models import KnownDevice, User
from portal.accounts.models.sessions import digest
from portal.journal import door

_MARK = re.compile("[A-Za-z0-9_-]{43}")


def mark_of(carried: str) -> str:
    """Return the mark that a browser carries, or a fresh one where it carries none of ours."""
    return carried if _MARK.fullmatch(carried) else secrets.token_urlsafe(32)


def is_known(*, mark: str, email: str) -> bool:
    """Return whether the account with this address was signed in to from the browser that carries `mark`.

    No query without a mark of ours, and the same one whether there is such an account or not.
    """
    if not _MARK.fullmatch(mark):
        return False
    since = clock.machine_now() - FORGOTTEN
    return KnownDevice.objects.filter(mark=digest(mark), user__email=email, last_used__gt=since).exists()


def note_sign_in(*, user: User, mark: str, device: str, network: str) -> bool:
    """Note a finished sign-in; returns whether its browser is new to the account, and tells the owner if so.

    The very first sign-in of an account tells nobody: it comes with the mail on the second factor. Device and network
    in words are for the mail alone: somebody else may have the same browser in the same network.
    """
    present = clock.machine_now()
    known = KnownDevice.objects.filter(user=user, last_used__gt=present - FORGOTTEN)
    if known.filter(mark=digest(mark)).update(device=device, last_used=present):
        return False
    first = user.last_login is None and not known.exists()
    row = KnownDevice(user=user, mark=digest(mark), device=device, first_used=present, last_used=present)
    if first:
        _write(row)
        return False
    with transaction.atomic():
        _write(row)
        _tell(user, device=device, network=network)
    return True


def _write(row: KnownDevice) -> None:
    """Write a device; one that was not used for a year begins anew. One statement, whoever else writes it."""
    KnownDevice.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["user", "mark"],
        update_fields=["device", "first_used", "last_used"],
    )


def _tell(user: User, *, device: str, network: str) -> None:
    door.record(
        thing=user,
        verb="new_device",
        by=viewer_for(user=user, verified=True),
        data={"device": device, "network": network},
    )
    tell_owner(user=user, template="new_device", context={"device": device, "network": network, "at": clock.now()})
