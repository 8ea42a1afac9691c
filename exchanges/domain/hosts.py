"""What centres offer: made by the host coordinator, published by the host country's contact point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from exchanges.domain import conditions, letters_apply, states
from exchanges.models import Application, Call, HostLanguage, HostOffer, HostWeek
from portal.access import clock
from portal.access.viewer import Viewer
from portal.community.models import Centre, Person
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed

#: States in which the coordinator may still change what an offer says.
EDITABLE = (HostOffer.State.DRAFT, HostOffer.State.RETURNED)


def create_offer(
    *,
    call: Call,
    centre: Centre,
    coordinator: Person,
    by: Viewer,
    summary: str,
    themes: str = "",
    accommodation: str = "",
    languages: Mapping[str, str],
) -> HostOffer:
    """Return a new draft of a centre's offer; `languages` maps ISO 639 codes to the least CEFR level, {"en": "B2"}.

    Raises `NotAllowed` for anybody but the centre's coordinator, `ConditionFailed` when the call takes no more weeks
    or the centre has an offer for it already.
    """
    offer = HostOffer(
        call=call, centre=centre, coordinator=coordinator, summary=summary, themes=themes, accommodation=accommodation
    )
    _require_coordinator(offer, by)
    if problem := conditions.offer_in_time(offer):
        raise ConditionFailed(problem)
    try:
        with transaction.atomic():
            offer.save()
            _write_languages(offer, languages)
            door.record(thing=offer, verb="create", by=by, to_state=offer.state)
    except IntegrityError as error:
        raise ConditionFailed(f"{centre} has an offer for this call already. Open it and change it there.") from error
    return offer


def update_offer(*, offer: HostOffer, by: Viewer, languages: Mapping[str, str], **fields: Any) -> HostOffer:
    """Change what a draft or returned offer says."""
    with transaction.atomic():
        fresh = _editable(offer, by)
        for name, value in fields.items():
            setattr(fresh, name, value)
        fresh.save()
        fresh.languages.all().delete()
        _write_languages(fresh, languages)
        door.record(thing=fresh, verb="update", by=by)
    return fresh


def add_week(*, offer: HostOffer, starts_on: dt.date, capacity: int, by: Viewer) -> HostWeek:
    """Return a new week of a draft or returned offer.

    Raises `ConditionFailed` when `starts_on` is no Monday, lies outside the call's weeks or is offered already, or
    when `capacity` is not 1 to 5.
    """
    if starts_on.weekday() != 0:
        raise ConditionFailed(f"A week starts on a Monday; {starts_on:%d %B %Y} is a {starts_on:%A}.")
    call = offer.call
    if not call.weeks_from <= starts_on <= call.weeks_until - dt.timedelta(days=4):
        raise ConditionFailed(
            f"The weeks of this call lie between {call.weeks_from:%d %B %Y} and {call.weeks_until:%d %B %Y}."
        )
    if not 1 <= capacity <= 5:
        raise ConditionFailed("A week has one to five seats.")
    with transaction.atomic():
        fresh = _editable(offer, by)
        if fresh.weeks.filter(starts_on=starts_on).exists():
            raise ConditionFailed("This week is offered already.")
        week = HostWeek.objects.create(offer=fresh, starts_on=starts_on, capacity=capacity)
        door.record(thing=fresh, verb="add_week", by=by, data={"starts_on": starts_on, "capacity": capacity})
    return week


def remove_week(*, week: HostWeek, by: Viewer) -> None:
    """Take a week out of a draft or returned offer, together with the wishes for it."""
    with transaction.atomic():
        fresh = _editable(week.offer, by)
        week.wishes.all().delete()
        week.delete()
        door.record(thing=fresh, verb="remove_week", by=by, data={"starts_on": week.starts_on})


def set_capacity(*, week: HostWeek, capacity: int, by: Viewer) -> HostWeek:
    """Change a week's seats. Raising is free; below what is booked only the programme office can go, by cancelling."""
    if not 1 <= capacity <= 5:
        raise ConditionFailed("A week has one to five seats.")
    _require_coordinator(week.offer, by)
    with transaction.atomic():
        fresh = HostWeek.objects.select_for_update().get(pk=week.pk)
        # An offer that waits for its answer holds a seat too.
        offered = fresh.offered_to.filter(state=Application.State.OFFERED).count()
        booked = fresh.placements.filter(state__in=conditions.LIVE).count() + offered
        if capacity < booked:
            raise ConditionFailed(
                f"{booked} seats of this week are booked or offered. "
                "Ask the programme office to cancel a placement first."
            )
        door.record(thing=fresh, verb="set_capacity", by=by, data={"from": fresh.capacity, "to": capacity})
        fresh.capacity = capacity
        fresh.save()
    return fresh


def submit_offer(*, offer: HostOffer, by: Viewer) -> HostOffer:
    """Send an offer to the host country's contact points."""

    def stamp(fresh: HostOffer) -> None:
        fresh.submitted_at = clock.now()
        letters_apply.offer_to_publish(fresh)

    return door.perform(thing=offer, verb="submit", by=by, effect=stamp)


def publish_offer(*, offer: HostOffer, by: Viewer, comment: str = "") -> HostOffer:
    """Publish an offer: its weeks can be wished for. Never by its own coordinator."""

    def tell(fresh: HostOffer) -> None:
        fresh.comment = comment
        letters_apply.offer_answered(fresh, verb="published")

    return door.perform(thing=offer, verb="publish", by=by, reason=comment, effect=tell)


def return_offer(*, offer: HostOffer, by: Viewer, comment: str = "") -> HostOffer:
    """Send an offer back to its coordinator, saying why."""
    if not comment.strip():
        raise ConditionFailed("Say in a sentence what should be different.")

    def tell(fresh: HostOffer) -> None:
        fresh.comment = comment
        letters_apply.offer_answered(fresh, verb="returned")

    return door.perform(thing=offer, verb="return", by=by, reason=comment, effect=tell)


def withdraw_offer(*, offer: HostOffer, by: Viewer) -> HostOffer:
    """Take an offer back while nobody is booked."""
    return door.perform(thing=offer, verb="withdraw", by=by)


def block_week(*, week: HostWeek, by: Viewer) -> HostWeek:
    """Take a week out of the matching for now."""
    return door.perform(thing=week, verb="block", by=by)


def unblock_week(*, week: HostWeek, by: Viewer) -> HostWeek:
    """Put a blocked week back."""
    return door.perform(thing=week, verb="unblock", by=by)


def _editable(offer: HostOffer, by: Viewer) -> HostOffer:
    """Return the locked row of an offer that `by` may change now."""
    fresh = HostOffer.objects.select_for_update().get(pk=offer.pk)
    _require_coordinator(fresh, by)
    if fresh.state not in EDITABLE:
        raise ConditionFailed(
            f"This offer is “{fresh.get_state_display()}” and stays as it is. The contact point can return it to you."
        )
    return fresh


def _require_coordinator(offer: HostOffer, by: Viewer) -> None:
    if not (by.system or states.coordinator(offer, by)):
        raise NotAllowed("Only the centre’s host coordinator can do this. Nothing was changed.")


def _write_languages(offer: HostOffer, languages: Mapping[str, str]) -> None:
    HostLanguage.objects.bulk_create(
        HostLanguage(offer=offer, language_id=code, level=level) for code, level in languages.items()
    )
