"""A wish to be forgotten, from asking to the answer."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.urls import reverse

from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import Viewer
from portal.accounts.domain import letters
from portal.accounts.models import User
from portal.community.domain.standing import people_with
from portal.community.models import Role
from portal.journal import door
from portal.journal.errors import ConditionFailed
from portal.outbox.post import link, post
from portal.privacy.domain import people, states  # noqa: F401 - the table has to be known
from portal.privacy.models import Erasure, Why

#: Template of the letter that is written when its reader is forgotten already.
LAST_LETTER = "privacy_erasure_done"
OPEN = (Erasure.State.ASKED, Erasure.State.LOOKED_AT)


def of(*, user_id: int) -> Erasure | None:
    """Return somebody's newest wish, or None."""
    return Erasure.objects.filter(user_id=user_id).first()


@transaction.atomic
def ask(*, user: User, words: str, by: Viewer) -> Erasure:
    """Write down the wish; the office and the data protection officer are told, and the owner at every address.

    Asking twice is asking once.
    """
    if found := Erasure.objects.filter(user=user, state__in=OPEN).first():
        return found
    try:
        with transaction.atomic():
            erasure = Erasure.objects.create(user=user, words=words.strip())
    except IntegrityError:
        # Another tab was quicker.
        return Erasure.objects.get(user=user, state__in=OPEN)
    door.record(thing=erasure, verb="asked", by=by, to_state=erasure.state)
    letters.tell_owner(user=user, template="privacy_erasure_asked", context={"erasure": erasure})
    told = {person.pk: person for role in (Role.OFFICE, Role.DATA_PROTECTION) for person in people_with(role=role)}
    for person in told.values():
        if person.user_id != user.pk:
            post(
                to=person.user.email,
                user_id=person.user_id,
                template="privacy_erasure_waits",
                # No name: a letter is read by more people than the page.
                context={"erasure": erasure, "person": person, "link": link(erasure.get_absolute_url())},
                about=erasure,
                tlp=TLP.AMBER,
                until=erasure.answer_by,
            )
    return erasure


def take_back(*, erasure: Erasure, by: Viewer) -> Erasure:
    """Take one's wish back."""

    def stamp(fresh: Erasure) -> None:
        fresh.answered_at = clock.now()

    return door.perform(thing=erasure, verb="take_back", by=by, effect=stamp)


def look_at(*, erasure: Erasure, by: Viewer) -> Erasure:
    """Take the wish on: the owner sees that somebody looks at it."""
    return door.perform(thing=erasure, verb="look_at", by=by)


def refuse(*, erasure: Erasure, reason: str, by: Viewer) -> Erasure:
    """Refuse with a reason, which the owner is told, with the way to complain. Raises `ConditionFailed` without one."""
    if not reason.strip():
        raise ConditionFailed("Say why. The person reads it, and may complain.")

    def tell(fresh: Erasure) -> None:
        fresh.reason, fresh.answered_at = reason.strip(), clock.now()
        context = {"erasure": fresh, "link": link(reverse("privacy:data"))}
        letters.tell_owner(user=fresh.user, template="privacy_erasure_refused", context=context)

    return door.perform(thing=erasure, verb="refuse", by=by, reason=reason.strip(), effect=tell)


def carry_out(*, erasure: Erasure, by: Viewer) -> Erasure:
    """Forget the person: one last letter to every address, then nothing is left but an empty name.

    Raises `NotAllowed`, `IllegalTransition`, or `ConditionFailed` while something is under way that needs them.
    """

    def forget(fresh: Erasure) -> None:
        addresses = letters.known_addresses(user=fresh.user)
        departure = people.forget(user=fresh.user, by=by, why=Why.ASKED)
        # Forgetting empties this row too, and what is set here is what is saved.
        fresh.words, fresh.answered_at = "", clock.now()
        for address in addresses:
            # Not tied to the account, which is forgotten; a rule of its own erases it soon.
            post(to=address, template=LAST_LETTER, context={"alias": departure.alias})

    return door.perform(thing=erasure, verb="carry_out", by=by, effect=forget)


def forget_words(*, before: dt.datetime) -> int:
    """Forget what was written in wishes that were answered before then; returns in how many."""
    old = Erasure.objects.filter(answered_at__lt=before).exclude(words="", reason="")
    return old.update(words="", reason="")
