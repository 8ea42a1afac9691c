"""The links in letters: signed, each for one purpose, nothing stored for them.

The links to manage and to stop never run out, because somebody may want to stop years later from an old letter. They
name the mailbox by its keyed hash, so that they also work after stopping and subscribing again. They are signed with
keys of their own: a new secret key of the portal voids none, and a new one of theirs lets the older ones hold.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from enum import StrEnum

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from portal.access import clock
from portal.outbox.post import link
from portal.updates.models import Subscriber

#: How long a link to confirm opens something.
CONFIRM_WITHIN = dt.timedelta(days=3)
_DIGEST = re.compile(r"[0-9a-f]{32}")
_CONFIRM = re.compile(r"([0-9a-f]{32})\.(\d{1,12})")


class Purpose(StrEnum):
    """What a link is for; also the name of its address."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    STOP = "stop"
    BLOCK = "block"


def _signer(purpose: Purpose) -> Signer:
    keys: list[str | bytes] = list(settings.LINK_KEYS)
    return Signer(key=keys[0], fallback_keys=keys[1:], sep=".", salt=f"portal.updates.{purpose}")


def token(*, purpose: Purpose, digest: str) -> str:
    """Return the token that lets its bearer manage, stop or block the mailbox behind `digest`."""
    return _signer(purpose).sign(digest)


def confirm_token(subscriber: Subscriber) -> str:
    """Return a token that confirms this subscription within three days."""
    until = int((clock.now() + CONFIRM_WITHIN).timestamp())
    return _signer(Purpose.CONFIRM).sign(f"{subscriber.pk.hex}.{until}")


def path_of(*, purpose: Purpose, digest: str) -> str:
    """Return the portal's path for a link to manage, stop or block."""
    return reverse(f"updates:{purpose}", args=[token(purpose=purpose, digest=digest)])


def links(subscriber: Subscriber) -> dict[str, str]:
    """Return the full addresses that stand in a letter: manage_url, stop_url, block_url."""
    return {
        f"{purpose}_url": link(path_of(purpose=purpose, digest=subscriber.digest))
        for purpose in (Purpose.MANAGE, Purpose.STOP, Purpose.BLOCK)
    }


def confirm_url(subscriber: Subscriber) -> str:
    """Return the full address of the link to confirm."""
    return link(reverse("updates:confirm", args=[confirm_token(subscriber)]))


def read(*, purpose: Purpose, token: str) -> str | None:
    """Return the digest behind a link to manage, stop or block; None if it was not made here for this purpose."""
    value = _unsigned(purpose, token)
    return value if value and _DIGEST.fullmatch(value) else None


def read_confirm(token: str) -> tuple[uuid.UUID, dt.datetime] | None:
    """Return which subscription a link confirms, and until when; None if it was not made here."""
    found = _CONFIRM.fullmatch(_unsigned(Purpose.CONFIRM, token) or "")
    if found is None:
        return None
    return uuid.UUID(found[1]), dt.datetime.fromtimestamp(int(found[2]), dt.UTC)


def _unsigned(purpose: Purpose, token: str) -> str | None:
    try:
        return _signer(purpose).unsign(token)
    except BadSignature:
        return None
