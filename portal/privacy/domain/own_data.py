"""Copies, wishes and departures are themselves about somebody. For `portal.accounts.personal`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from portal.accounts.models import User
from portal.accounts.personal import Copy, PersonalData, chosen, register
from portal.privacy.domain import copies
from portal.privacy.models import DataCopy, Departure, Erasure


def _kept(user: User) -> Copy:
    wishes = Erasure.objects.filter(user=user).order_by("asked_at", "pk")
    made = DataCopy.objects.filter(user=user).order_by("asked_at", "pk")
    names = ("state", "words", "reason", "asked_at", "answered_at")
    found = {
        "wishes_to_be_forgotten": [chosen(row, *names) for row in wishes],
        "copies_of_your_data": [chosen(row, "asked_at", "ready_at") for row in made],
        "account_closed": [row.left_at for row in Departure.objects.filter(user=user)],
    }
    return Copy([found] if any(found.values()) else [])


def _forget(user: User, alias: str) -> int:
    emptied = Erasure.objects.filter(user=user).update(words="", reason="")
    return emptied + copies.remove_of(user)


def _rows(user: User) -> Iterable[models.Model]:
    yield from Erasure.objects.filter(user=user)
    yield from Departure.objects.filter(user=user)


def hand_in() -> None:
    """Register the part; called once, when the apps are ready."""
    register(
        PersonalData(
            "privacy",
            "Copies and wishes to be forgotten",
            92,
            _kept,
            _forget,
            keeps="That somebody was forgotten, when, and under which empty name what stays is kept.",
            tables=("privacy.DataCopy", "privacy.Erasure", "privacy.Departure"),
            about=_rows,
        )
    )
