"""The subscription under a member's address. For `portal.accounts.personal`."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models

from portal.access.viewer import SYSTEM
from portal.accounts.domain.letters import known_addresses
from portal.accounts.models import User
from portal.accounts.personal import Copy, PersonalData, register
from portal.updates.domain import addresses, subscriptions
from portal.updates.models import Ask, Block, Subscriber


def _digests(user: User) -> list[str]:
    found = []
    for address in known_addresses(user=user):
        try:
            found.append(addresses.digest(addresses.tidy(address)))
        except ValidationError:
            # An account may bear an address that the form for updates would not take.
            continue
    return found


def _subscriptions(user: User) -> Copy:
    digests = _digests(user)
    rows = Subscriber.objects.filter(digest__in=digests).prefetch_related("choices")
    blocks = Block.objects.filter(pk__in=digests)
    return Copy(
        [
            {"address": row.address, "topics": row.topics, "asked": row.asked_at, "confirmed": row.confirmed_at}
            for row in rows
        ]
        + [{"no_letters_wanted_since": block.since} for block in blocks]
    )


def _forget(user: User, alias: str) -> int:
    """Stop the subscription, with its letters; whoever wanted no letters keeps that wish, as a keyed hash."""
    digests = _digests(user)
    asked = Ask.objects.filter(digest__in=digests).delete()[0]
    return asked + sum(subscriptions.stop(digest=digest, by=SYSTEM) for digest in digests)


def _rows(user: User) -> Iterable[models.Model]:
    return Subscriber.objects.filter(digest__in=_digests(user))


def hand_in() -> None:
    """Register the part of the updates; called once, when the apps are ready."""
    register(
        PersonalData(
            "updates",
            "Updates by e-mail",
            60,
            _subscriptions,
            _forget,
            keeps="If you wanted no letters at all: a keyed fingerprint of the address, so that nobody enters it anew.",
            tables=("updates.Subscriber", "updates.Ask"),
            about=_rows,
        )
    )
