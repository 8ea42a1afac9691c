"""What the clock does. Every step may run any number of times, late or twice, with the same result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db import models
from django.db.models import Count
from django.urls import reverse

from exchanges.domain import answers, matches, stays
from exchanges.domain.conditions import RETURN_GRACE
from exchanges.domain.letters_apply import contact_points_for
from exchanges.models import Application, Call, MatchRun, Placement, Report
from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import SYSTEM
from portal.community.domain.standing import people_with
from portal.community.models import Person, Role
from portal.jobs.models import Job, JobState
from portal.journal import door
from portal.journal.errors import JournalError
from portal.journal.models import Entry
from portal.outbox.post import link, post

log = structlog.get_logger(__name__)

#: Days after which a contact point is reminded of an application that waits.
ENDORSE_REMINDERS = (3, 7)
#: Days after the end of the week at which a missing report is asked for, besides the last one. The contact point is
#: told a day after that.
REPORT_REMINDERS = (7, 21)
LAST_CALL = dt.timedelta(hours=24)
#: How long after the Friday a host may still confirm days before a week of three or four ends by itself.
DAYS_GRACE = dt.timedelta(days=7)


def tick() -> None:
    """Close calls, remind, lapse, expire, end weeks. One thing that fails does not stop the others."""
    for step in (close_calls, mind_endorsements, mind_runs, mind_offers, end_weeks, mind_reports):
        try:
            step()
        except Exception:
            log.exception("exchanges_tick_failed", step=step.__name__)


def close_calls() -> None:
    """Close every open call whose deadline has passed, and tell the office."""

    def tell(call: Call) -> None:
        path = reverse("exchanges:desk", args=[call.slug])
        for person in people_with(role=Role.OFFICE):
            _post(person=person, template="exchanges_call_closed", thing=call, path=path)

    due = Call.objects.filter(state=Call.State.OPEN, closes_at__lt=clock.now())
    _each(due, lambda call: door.perform(thing=call, verb="close", by=SYSTEM, effect=tell))


def mind_endorsements() -> None:
    """Remind contact points on day 3 and 7, lapse on day 10; lapse what was returned and not sent again in time."""
    now = clock.now()
    waiting = Application.objects.filter(state=Application.State.SUBMITTED, submitted_at__isnull=False)
    _each(waiting.select_related("call", "applicant__user"), _mind_endorsement)
    returned = Application.objects.filter(
        state=Application.State.RETURNED, returned_at__lt=now - RETURN_GRACE, call__closes_at__lt=now
    )
    _each(returned.select_related("call", "applicant__user"), _lapse)


def _mind_endorsement(application: Application) -> None:
    sent = application.submitted_at
    if sent is None:
        return
    days = (clock.now() - sent).days
    if days >= application.call.endorse_days:
        _lapse(application)
        return
    passed = [mark for mark in ENDORSE_REMINDERS if days >= mark]
    if not passed:
        return
    applicant = application.applicant
    for person in contact_points_for(applicant.country_id, without=applicant.pk):
        _post(
            person=person,
            template="exchanges_endorse_reminder",
            thing=application,
            path=reverse("exchanges:endorsement", args=[application.pk]),
            # The latest mark only: a clock that was down for days sends no stale reminders.
            key=f"endorse:{application.pk}:{sent:%Y%m%d%H%M%S}:{passed[-1]}:{person.pk}",
            until=sent + dt.timedelta(days=application.call.endorse_days),
        )


def _lapse(application: Application) -> None:
    def tell(fresh: Application) -> None:
        for person in [fresh.applicant, *people_with(role=Role.OFFICE)]:
            _post(person=person, template="exchanges_lapsed", thing=fresh, path=fresh.get_absolute_url())

    door.perform(thing=application, verb="lapse", by=SYSTEM, effect=tell)


def mind_runs() -> None:
    """Say of a run whose job was given up that it failed, so that the office can compute another."""
    given_up = Job.objects.filter(state=JobState.FAILED).values("pk")
    lost = MatchRun.objects.filter(state=MatchRun.State.QUEUED, job_id__in=given_up)
    _each(lost, lambda run: matches.fail(run=run, error="The computation did not come to its end."))


def mind_offers() -> None:
    """Remind of an open offer at half time and a day before its end; let it expire afterwards."""
    offered = list(
        Application.objects.filter(state=Application.State.OFFERED, answer_by__isnull=False).select_related(
            "call", "applicant__user"
        )
    )
    made = _offered_at(offered)
    _each(offered, lambda application: _mind_offer(application, made.get(str(application.pk))))


def _offered_at(applications: list[Application]) -> dict[str, dt.datetime]:
    """Return when each was offered last, from the journal."""
    entries = Entry.objects.filter(
        thing_type=Application._meta.label_lower, thing_id__in=[str(row.pk) for row in applications], verb="offer"
    )
    return dict(entries.order_by("pk").values_list("thing_id", "at"))


def _mind_offer(application: Application, offered_at: dt.datetime | None) -> None:
    now, answer_by = clock.now(), application.answer_by
    if answer_by is None:
        return
    if now > answer_by:
        answers.expire(application=application)
        return
    half = offered_at + (answer_by - offered_at) / 2 if offered_at else answer_by
    mark = "last" if answer_by - now <= LAST_CALL else "half" if now >= half else ""
    if mark:
        _post(
            person=application.applicant,
            template="exchanges_offer_reminder",
            thing=application,
            path=application.get_absolute_url(),
            key=f"offer:{application.pk}:{answer_by:%Y%m%d}:{mark}",
            until=answer_by,
        )


def end_weeks() -> None:
    """End the weeks whose Friday has passed: with five confirmed days at once, with three or four after a week more."""
    today = clock.today()
    over = (
        Placement.objects.filter(state=Placement.State.UNDER_WAY, week__starts_on__lt=today - dt.timedelta(days=4))
        .select_related("week")
        .annotate(days=Count("attendance"))
        .filter(days__gte=3)
    )
    due = [row for row in over if row.days == stays.DAYS or row.week.ends_on + DAYS_GRACE < today]
    _each(due, lambda placement: stays.end(placement=placement, by=SYSTEM))


def mind_reports() -> None:
    """Ask for missing reports on day 7, 21 and the last day; the contact point is told a day later."""
    late = Placement.objects.filter(
        state=Placement.State.REPORT_DUE,
        report__state__in=[Report.State.DRAFT, Report.State.RETURNED],
        report_due_on__isnull=False,
    ).select_related("application__applicant__user", "application__call", "week__offer__centre")
    _each(late, _mind_report)


def _mind_report(placement: Placement) -> None:
    due_on = placement.report_due_on
    if due_on is None:
        return
    applicant, last = placement.application.applicant, placement.application.call.report_days
    days = last - (due_on - clock.today()).days
    if passed := [mark for mark in (*REPORT_REMINDERS, last) if last >= mark and days >= mark]:
        _post(
            person=applicant,
            template="exchanges_report_reminder",
            thing=placement,
            path=reverse("exchanges:report", args=[placement.pk]),
            key=f"report:{placement.pk}:{passed[-1]}",
            until=due_on,
        )
    if days > last:
        for person in contact_points_for(applicant.country_id, without=applicant.pk):
            _post(
                person=person,
                template="exchanges_report_late",
                thing=placement,
                path=placement.get_absolute_url(),
                key=f"report:{placement.pk}:late:{person.pk}",
            )


def _post(
    *,
    person: Person,
    template: str,
    thing: models.Model,
    path: str,
    key: str | None = None,
    until: dt.datetime | dt.date | None = None,
) -> None:
    post(
        to=person.user.email,
        user_id=person.user_id,
        template=template,
        context={"person": person, "thing": thing, "link": link(path)},
        about=thing,
        tlp=TLP.AMBER,
        key=key,
        until=until,
    )


def _each(things: Iterable[Any], change: Callable[[Any], Any]) -> None:
    """Change things one by one. A refusal means that somebody was faster; a fault is logged, and the rest goes on."""
    for thing in things:
        try:
            change(thing)
        except JournalError as refusal:
            log.info("exchanges_tick_refused", thing=str(thing.pk), problems=refusal.problems)
        except Exception:
            log.exception("exchanges_tick_stumbled", thing=str(thing.pk))
