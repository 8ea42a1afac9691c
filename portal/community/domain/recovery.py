"""A lost device: asked for by the person, confirmed by whoever knows them, released by the programme office.

A stranger must neither get in nor have anybody troubled: a request is made only with the right password or by a link
sent to the account's own address, one at a time, and at most three in a week.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TypeGuard

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer, viewer_for
from portal.accounts.domain import resets
from portal.accounts.domain.enrolment import EnrolmentRefused, invite
from portal.accounts.models import EnrolmentGrant, Purpose, User
from portal.community.domain import recovery_letters as letters
from portal.community.domain.states import LIFETIME, grant_unused
from portal.community.models import Person, Recovery
from portal.jobs import queue
from portal.journal import door
from portal.journal.errors import ConditionFailed, IllegalTransition
from portal.journal.machine import may
from portal.outbox.models import Mail

#: Name of the job that answers whoever typed an address.
ANSWER = "community.lost_device"
#: How many links one account is sent within a day, whoever typed its address.
LINKS_A_DAY = 3
A_DAY = dt.timedelta(days=1)
#: How often a person can ask in a week: the contact point is written to each time.
ASKS, ASKS_WITHIN = 3, dt.timedelta(days=7)

CLOSED = "This account is closed. Nothing was changed."


class TooOften(Exception):
    """The person asked `ASKS` times within a week."""


@transaction.atomic
def want_link(*, address: str) -> None:
    """Have a link to ask sent to the account behind an address, if there is one. Never says whether there is.

    Known and unknown addresses cost the same: one look, one job. Nothing is kept of an address that is nobody's.
    """
    wanted = address.strip()
    owns = Q(email__iexact=wanted) | Q(
        pk__in=EmailAddress.objects.filter(email__iexact=wanted, verified=True).values("user_id")
    )
    user_id = User.objects.filter(owns).order_by("pk").values_list("pk", flat=True).first()
    queue.enqueue(ANSWER, user_id=user_id)


@queue.handler(ANSWER)
def answer(job: queue.RunningJob, user_id: int | None) -> None:
    """Mail the link to the account's own address, at most three a day; nothing to a closed account or to nobody."""
    person = None if user_id is None else _locked(user_id)
    if not _is_open(person):
        return
    lately = Mail.objects.filter(user_id=person.user_id, kind="recovery_link", created_at__gt=clock.now() - A_DAY)
    if lately.count() < LINKS_A_DAY:
        letters.send_link(person)


@transaction.atomic
def ask(*, user: User, way: str, what: str) -> Recovery | None:
    """Make a request in a person's name and write to those concerned; an open one is returned as it is.

    Returns None for an account without an active person. Raises `TooOften`.
    """
    # Locked: of two requests at once one is made.
    person = _locked(user.pk)
    if not _is_open(person):
        return None
    if present := person.recoveries.open().first():
        return present
    if person.recoveries.filter(asked_at__gt=clock.now() - ASKS_WITHIN).count() >= ASKS:
        raise TooOften
    recovery = Recovery.objects.create(person=person, way=way, what=what, asked_at=clock.now())
    door.record(
        thing=recovery,
        verb="ask",
        by=viewer_for(user=person.user, verified=False),
        data={"way": way, "what": what},
        to_state=recovery.state,
    )
    letters.asked(recovery)
    return recovery


def confirm(*, recovery: Recovery, by: Viewer, method: str, note: str = "") -> Recovery:
    """Say that it is really this person who asks, and how one knows; the office is asked next."""

    def write(fresh: Recovery) -> None:
        fresh.confirmed_by_id = by.person_id
        fresh.confirmed_at = clock.now()
        fresh.method, fresh.note = method, note
        letters.confirmed(fresh)

    return door.perform(thing=recovery, verb="confirm", by=by, reason=note, data={"method": method}, effect=write)


def release(*, recovery: Recovery, by: Viewer) -> Recovery:
    """Take away every way into the account and send its owner a link to begin anew, all in one transaction."""

    def start(fresh: Recovery) -> None:
        try:
            issued = resets.start_anew(user=fresh.person.user, by=by)
        except EnrolmentRefused as refusal:
            raise ConditionFailed(CLOSED) from refusal
        _hold_open(fresh)
        fresh.grant = issued.grant
        fresh.released_by_id = by.person_id
        fresh.released_at = clock.now()
        letters.released(fresh)

    return door.perform(thing=recovery, verb="release", by=by, effect=start)


def renew(*, recovery: Recovery, by: Viewer) -> Recovery:
    """Send the link to begin anew once more, after a day in which it was not used."""

    def send(fresh: Recovery) -> None:
        _hold_open(fresh)
        try:
            fresh.grant = invite(user=fresh.person.user, purpose=Purpose.RECOVERY, by=by).grant
        except EnrolmentRefused as refusal:
            raise ConditionFailed("A device has been set up since. Nothing was changed.") from refusal

    return door.perform(thing=recovery, verb="renew", by=by, effect=send)


def refuse(*, recovery: Recovery, by: Viewer, reason: str) -> Recovery:
    """End a request with a reason that the person reads."""
    if not reason.strip():
        raise ConditionFailed("Say in a sentence why.")

    def close(fresh: Recovery) -> None:
        fresh.closed_at = clock.now()
        fresh.reason = reason
        letters.closed(fresh)

    return door.perform(thing=recovery, verb="refuse", by=by, reason=reason, effect=close)


def stop(*, recovery: Recovery) -> Recovery:
    """End a request in the name of the person concerned, who came by the link in a letter; so does a link to enrol.

    Those who had it before them are warned. After a release the account stays without a way in: the owner asks anew.
    """

    def close(fresh: Recovery) -> None:
        # The account first, as everybody who sets up a device does: a link is either used or ended, never both.
        User.objects.select_for_update(no_key=True).get(pk=fresh.person.user_id)
        if fresh.grant_id is not None:
            # Read again behind the lock: the condition looked before it.
            fresh.grant = EnrolmentGrant.objects.get(pk=fresh.grant_id)
            if problem := grant_unused(fresh):
                raise ConditionFailed(problem)
            EnrolmentGrant.objects.filter(pk=fresh.grant_id, expires_at__gt=clock.now()).update(expires_at=clock.now())
        fresh.closed_at = clock.now()
        letters.stopped(fresh)

    return door.perform(thing=recovery, verb="stop", by=_owner(recovery), effect=close)


def may_stop(recovery: Recovery) -> bool:
    """Return whether its owner can stop a request now."""
    return may(recovery, "stop", _owner(recovery)) and grant_unused(recovery) is None


def _owner(recovery: Recovery) -> Viewer:
    return viewer_for(user=recovery.person.user, verified=False)


def lapse_old() -> int:
    """End the open requests that are older than 14 days or whose account was closed; returns how many."""
    over = Q(asked_at__lte=clock.now() - LIFETIME) | Q(person__active=False) | Q(person__user__is_active=False)
    rows = list(Recovery.objects.open().filter(over))

    def close(fresh: Recovery) -> None:
        fresh.closed_at = clock.now()
        if fresh.person.active and fresh.person.user.is_active:
            letters.closed(fresh)

    lapsed = 0
    for row in rows:
        # Released, refused or stopped in the meantime: then that is how it stands.
        with contextlib.suppress(IllegalTransition):
            door.perform(thing=row, verb="lapse", by=SYSTEM, effect=close)
            lapsed += 1
    return lapsed


def _locked(user_id: int) -> Person | None:
    """Return the person behind an account, both locked: the account first, as whoever closes one does.

    Rows that point to them can be written meanwhile.
    """
    User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    rows = Person.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    return rows.filter(user_id=user_id).first()


def _is_open(person: Person | None) -> TypeGuard[Person]:
    return person is not None and person.active and person.user.is_active


def _hold_open(recovery: Recovery) -> None:
    """Lock the person and look once more: somebody may be deactivating them at this moment."""
    person = _locked(recovery.person.user_id)
    if not _is_open(person):
        raise ConditionFailed(CLOSED)
    recovery.person = person
