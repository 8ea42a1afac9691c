"""Closing an account, opening it again, and forgetting who its owner was. The one way for all of it.

No row of an account or a person is ever deleted: what they decided would lose its author, or go with them. A closed
account opens nothing; a forgotten one is an empty shell under a name such as "Former member 7F3A".
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

import structlog
from django.db import transaction
from django.db.models import Q

from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts import personal
from portal.accounts.domain import letters, sessions
from portal.accounts.models import EnrolmentGrant, User
from portal.community.domain.own_data import last_of_the_office
from portal.community.models import Person
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.privacy.models import Departure, Why

log = structlog.get_logger(__name__)

#: What a forgotten person is called, with four hexadecimal digits that say nothing about them.
ALIAS = "Former member"


@dataclass(frozen=True)
class Forgotten:
    """What one round forgot: how many people, and how many had to wait because something is under way."""

    count: int
    held_up: int


@transaction.atomic
def close(*, user: User, by: Viewer, reason: str = "") -> Departure:
    """Close an account: nobody signs in with it, every session ends, links to enrol end, and the owner is told.

    Closing twice is closing once. Raises `NotAllowed` for one's own account: that is a wish to be forgotten; and
    `ConditionFailed` for the last person of the programme office.
    """
    if by.user_id == user.pk:
        raise NotAllowed("Nobody closes their own account here. Ask for it under “My data”.")
    if not by.system and (needed := last_of_the_office(user)):
        raise ConditionFailed(*needed)
    row = User.objects.select_for_update().get(pk=user.pk)
    departure, is_new = Departure.objects.get_or_create(user=row)
    was_open = _is_open(row)
    if not is_new and not was_open:
        return departure
    row.is_active = False
    row.save(update_fields=["is_active"])
    for person in Person.objects.select_for_update().filter(user=row, active=True):
        person.active = False
        person.save(update_fields=["active"])
    EnrolmentGrant.objects.filter(user=row, used_at=None, expires_at__gt=clock.now()).update(expires_at=clock.now())
    sessions.end_all(user=row, reason="closed", by=by)
    door.record(thing=row, verb="account_closed", by=by, reason=reason)
    if was_open:
        letters.tell_owner(user=row, template="privacy_account_closed", context={"at": clock.now()})
    return departure


@transaction.atomic
def open_again(*, user: User, by: Viewer) -> User:
    """Open a closed account again, with the password and devices it had; the owner is told.

    Raises `ConditionFailed` once its owner is forgotten.
    """
    row = User.objects.select_for_update().get(pk=user.pk)
    departure = Departure.objects.select_for_update().filter(user=row).first()
    if departure is not None and departure.forgotten_at is not None:
        raise ConditionFailed("The owner of this account is forgotten. Invite the person anew.")
    if departure is None and _is_open(row):
        return row
    row.is_active = True
    row.save(update_fields=["is_active"])
    Person.objects.filter(user=row).update(active=True)
    Departure.objects.filter(user=row).delete()
    door.record(thing=row, verb="account_opened", by=by)
    letters.tell_owner(user=row, template="privacy_account_opened", context={"at": clock.now()})
    return row


def forget(*, user: User, by: Viewer, why: Why) -> Departure:
    """Forget who somebody was, in every part of the portal, in one transaction; returns the departure with its alias.

    Closes the account first where it is open. Forgetting twice is forgetting once. Raises `ConditionFailed` while
    something is under way that needs the person.
    """
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if found := Departure.objects.filter(user=row, forgotten_at__isnull=False).first():
            return found
        if hindrances := personal.hindrances(row):
            raise ConditionFailed(*hindrances)
        departure = close(user=row, by=by)
        row.refresh_from_db()
        departure.alias = _free_alias()
        departure.forgotten_at, departure.why = clock.now(), why
        departure.save()
        # The account comes last: the others ask it for addresses.
        counts = {part.key: part.forget(row, departure.alias) for part in reversed(personal.parts())}
        facts = {"alias": departure.alias, "why": why.value, **counts}
        door.record(thing=departure, verb="forgotten", by=by, data=facts)
    return departure


def note_departures() -> int:
    """Note the accounts that were closed in any other way than `close`, as of now; returns how many.

    Takes back the note of those that are open again.
    """
    closed = User.objects.filter(Q(is_active=False) | Q(person__active=False), departure=None)
    rows = [Departure(user=user) for user in closed]
    Departure.objects.bulk_create(rows)
    Departure.objects.filter(forgotten_at=None, user__is_active=True).exclude(user__person__active=False).delete()
    return len(rows)


def forget_former(before: dt.datetime) -> Forgotten:
    """Forget those whose account was closed before then. One who has to wait stops nobody else."""
    note_departures()
    count = held_up = 0
    for departure in Departure.objects.filter(forgotten_at=None, left_at__lt=before).select_related("user"):
        try:
            forget(user=departure.user, by=SYSTEM, why=Why.TIME)
        except ConditionFailed:
            held_up += 1
            log.info("forgetting_held_up", departure=departure.pk)
        else:
            count += 1
    return Forgotten(count, held_up)


def _is_open(user: User) -> bool:
    return user.is_active and not Person.objects.filter(user=user, active=False).exists()


def _free_alias() -> str:
    """Return a name that nobody bears yet. Raises `RuntimeError` when nearly all 65 536 are given."""
    for _ in range(200):
        alias = f"{ALIAS} {secrets.token_hex(2).upper()}"
        if not Departure.objects.filter(alias=alias).exists():
            return alias
    raise RuntimeError("no name is left for another former member")
