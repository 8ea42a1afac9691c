"""What follows from a signed run: every applicant told at once what, why and what next."""

from __future__ import annotations

import datetime as dt
from typing import Any

from exchanges.models import Application, Call, HostOffer, HostWeek, MatchRun
from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import SYSTEM
from portal.community.domain.standing import contact_points
from portal.journal import door
from portal.outbox.post import link, post

#: Offers of weeks that start within this time are answered in three days.
NEAR = dt.timedelta(days=45)
SHORT_ANSWER_DAYS = 3


def answer_deadline(*, call: Call, week: HostWeek) -> dt.datetime:
    """Return until when an offer can be answered: the end of the last day in Brussels, in UTC."""
    days = SHORT_ANSWER_DAYS if week.starts_on - clock.today() <= NEAR else call.answer_days
    return clock.end_of_day(clock.today() + dt.timedelta(days=days))


def decide(*, call: Call, run: MatchRun) -> Call:
    """Decide a call by a signed run, in the caller's transaction: offers, waiting list, letters to everybody."""
    decided = door.perform(thing=call, verb="decide", by=SYSTEM, data={"run": run.number, "digest": run.digest})
    given = dict(run.assignment)
    weeks = HostWeek.objects.select_related("offer__centre__country").in_bulk([int(pk) for pk in given.values()])
    for application in call.applications.filter(state=Application.State.ELIGIBLE).select_related(
        "applicant__user", "applicant__country"
    ):
        week_id = given.get(str(application))
        if week_id is not None:
            _offer(application=application, week=weeks[int(week_id)], call=decided, run=run)
        elif application.merit is not None and application.merit < call.threshold:
            done = door.perform(thing=application, verb="place_below", by=SYSTEM)
            _letter(application=done, run=run, outcome="below")
        else:
            done = door.perform(thing=application, verb="waitlist", by=SYSTEM)
            _letter(application=done, run=run, outcome="waitlisted")
    for offer in HostOffer.objects.filter(call=call, state=HostOffer.State.PUBLISHED):
        door.perform(thing=offer, verb="close", by=SYSTEM)
    return decided


def _offer(*, application: Application, week: HostWeek, call: Call, run: MatchRun) -> None:
    def fill(fresh: Application) -> None:
        fresh.offered_week = week
        fresh.answer_by = answer_deadline(call=call, week=week)

    done = door.perform(thing=application, verb="offer", by=SYSTEM, data={"week": week.pk}, effect=fill)
    _letter(application=done, run=run, outcome="offered", week=week)
    for person in contact_points(application.applicant.country_id):
        post(
            to=person.user.email,
            user_id=person.user_id,
            template="exchanges_offer_told",
            context={"person": person, "application": done, "week": week, "link": link(done.get_absolute_url())},
            about=done,
            tlp=TLP.AMBER,
        )


def dissolve_waiting_list(*, call: Call) -> int:
    """Tell those who still wait when a call is completed that no seat came; returns how many.

    Runs in the caller's transaction.
    """
    waiting = call.applications.filter(state=Application.State.WAITLISTED).select_related("applicant__user", "call")
    for application in waiting:
        done = door.perform(thing=application, verb="not_select", by=SYSTEM)
        post(
            to=application.applicant.user.email,
            user_id=application.applicant.user_id,
            template="exchanges_decision_not_selected",
            context={"person": application.applicant, "call": call, "link": link(done.get_absolute_url())},
            about=done,
            tlp=TLP.AMBER,
        )
    return len(waiting)


def reasons_for(*, application: Application, run: MatchRun) -> list[dict[str, Any]]:
    """Return why each better wish was refused, in the applicant's order: {"rank", "week", "words"}, week as a row."""
    rows = [row for row in run.reasons if row["applicant"] == str(application)]
    weeks = HostWeek.objects.select_related("offer__centre__country").in_bulk([int(row["week"]) for row in rows])
    return [
        {"rank": row["rank"] + 1, "week": weeks[int(row["week"])], "words": row["words"]}
        for row in sorted(rows, key=lambda row: row["rank"])
        if int(row["week"]) in weeks
    ]


def _letter(*, application: Application, run: MatchRun, outcome: str, week: HostWeek | None = None) -> None:
    user = application.applicant.user
    post(
        to=user.email,
        user_id=user.pk,
        template=f"exchanges_decision_{outcome}",
        context={
            "person": application.applicant,
            "application": application,
            "call": application.call,
            "week": week,
            "reasons": reasons_for(application=application, run=run),
            "taking_part": len(run.problem.get("applicants", [])),
            "position": None if application.position is None else application.position + 1,
            "link": link(application.get_absolute_url()),
        },
        about=application,
        tlp=TLP.AMBER,
        until=application.answer_by if outcome == "offered" else None,
    )
