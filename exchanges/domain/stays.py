"""The week: arrival, days, end."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.urls import reverse

from exchanges.domain import agreements, states
from exchanges.domain.once import perform_once
from exchanges.models import Attendance, Placement, Report
from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import Viewer
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.outbox.post import link, post

DAYS = 5
#: How a week can end before its time: verb and what people choose.
STOPS = {
    "no_show": "The guest did not arrive",
    "interrupt": "The week was broken off before three days were confirmed",
    "cancel": "The week is cancelled",
}


def arrive(*, placement: Placement, by: Viewer) -> Placement:
    """The host confirms that the guest has arrived."""

    def stamp(fresh: Placement) -> None:
        fresh.arrived_at = clock.now()

    return perform_once(thing=placement, verb="arrive", by=by, effect=stamp)


def confirm_day(*, placement: Placement, day: int, by: Viewer) -> Attendance:
    """The host confirms one day, 1 Monday to 5 Friday; twice is once. Raises `NotAllowed` or `ConditionFailed`."""
    with transaction.atomic():
        fresh = Placement.objects.select_for_update().get(pk=placement.pk)
        if not states.host_of(fresh, by):
            raise NotAllowed("Only the host coordinator confirms days.")
        if not 1 <= day <= DAYS:
            raise ConditionFailed("A week has five days.")
        if before := fresh.attendance.filter(day=day).first():
            return before
        if fresh.state != Placement.State.UNDER_WAY:
            raise ConditionFailed("Days are confirmed while the week is under way.")
        if fresh.week.starts_on + dt.timedelta(days=day - 1) > clock.today():
            raise ConditionFailed("This day is still to come.")
        row = Attendance.objects.create(
            placement=fresh, day=day, confirmed_by_id=states.person_of(by), confirmed_at=clock.now()
        )
        door.record(thing=fresh, verb="confirm_day", by=by, data={"day": day})
    return row


def end(*, placement: Placement, by: Viewer) -> Placement:
    """End the week: the report is due, and its participant is told until when."""

    def due(fresh: Placement) -> None:
        fresh.report_due_on = clock.today() + dt.timedelta(days=fresh.application.call.report_days)
        Report.objects.get_or_create(placement=fresh)
        user = fresh.application.applicant.user
        post(
            to=user.email,
            user_id=user.pk,
            template="exchanges_report_due",
            context={
                "person": fresh.application.applicant,
                "placement": fresh,
                "link": link(reverse("exchanges:report", args=[fresh.pk])),
            },
            about=fresh,
            tlp=TLP.AMBER,
            until=fresh.report_due_on,
        )

    return perform_once(thing=placement, verb="end", by=by, effect=due)


def stop(*, placement: Placement, verb: str, reason: str, by: Viewer) -> Placement:
    """Close a placement that does not come to its end: `verb` is "cancel", "no_show" or "interrupt".

    The reason is kept in the journal, and everybody who has a part in the week is told. Raises `NotAllowed`,
    `IllegalTransition` or `ConditionFailed`.
    """
    if verb not in STOPS:
        raise ConditionFailed("Choose what has happened.")
    if not reason.strip():
        raise ConditionFailed("Say in a sentence what has happened.")

    def tell(fresh: Placement) -> None:
        for person in agreements.everybody(fresh):
            post(
                to=person.user.email,
                user_id=person.user_id,
                template="exchanges_stopped",
                context={"person": person, "placement": fresh, "link": link(fresh.get_absolute_url())},
                about=fresh,
                tlp=TLP.AMBER,
            )

    return perform_once(thing=placement, verb=verb, by=by, reason=reason, effect=tell)
