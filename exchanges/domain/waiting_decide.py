"""What waits for people between the review and the report. Every page of a member counts it, so each role costs one
query, and the office three.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, Subquery, Sum
from django.urls import reverse

from exchanges.domain import stays
from exchanges.domain.conditions import OPEN_PLACEMENTS
from exchanges.domain.queries import centres_of, countries_of
from exchanges.domain.reviews import DIVERGENCE
from exchanges.models import Agreement, Application, Call, Confirmation, MatchRun, Placement, Report, Review, Signature
from portal.access import clock
from portal.access.viewer import Viewer
from portal.web.registries import WaitingItem
from portal.web.words import counted

P = Placement.State
Party = Confirmation.Party


def waiting(viewer: Viewer) -> Iterator[WaitingItem]:
    """Yield all that waits for `viewer`."""
    yield from _offers(viewer)
    yield from _placements(viewer)
    if viewer.holds("reviewer"):
        yield from _reviews(viewer)
    if viewer.holds("committee"):
        yield from _runs(viewer)
    if viewer.holds("office"):
        yield from _calls()
        yield from _reports(viewer)


def _offers(viewer: Viewer) -> Iterator[WaitingItem]:
    """The applicant: a week to accept or decline."""
    rows = Application.objects.filter(
        applicant_id=viewer.person_id, state=Application.State.OFFERED, answer_by__gte=clock.now()
    ).select_related("call", "offered_week__offer__centre")
    for row in rows:
        if row.offered_week is not None:
            yield WaitingItem(
                f"A week in {row.offered_week.offer.centre.city} is offered to you",
                row.get_absolute_url(),
                until=row.answer_by,
                note=f"{row.call}: accept or decline it.",
            )


def _placements(viewer: Viewer) -> Iterator[WaitingItem]:
    """Participant, sending contact point and host: the agreement, the arrival, the days, the report."""
    countries, centres = countries_of(viewer), centres_of(viewer)
    newest = Agreement.objects.filter(placement=OuterRef("pk")).order_by("-version")
    given = {
        f"given_{party}": Exists(Confirmation.objects.filter(agreement=OuterRef("agreement_pk"), party=party))
        for party in Party.values
    }
    rows = (
        Placement.objects.filter(state__in=OPEN_PLACEMENTS)
        .filter(
            Q(application__applicant_id=viewer.person_id)
            | Q(application__applicant__country_id__in=countries)
            | Q(week__offer__centre_id__in=centres)
        )
        .select_related("application__applicant", "week__offer__centre", "report")
        .annotate(
            agreement_pk=Subquery(newest.values("pk")[:1]),
            agreement_at=Subquery(newest.values("written_at")[:1]),
            days=Count("attendance", distinct=True),
            **given,
        )
        .order_by("week__starts_on", "pk")
    )
    for row in rows:
        applicant = row.application.applicant
        parties = {
            Party.PARTICIPANT: applicant.pk == viewer.person_id,
            Party.SENDER: applicant.country_id in countries and applicant.pk != viewer.person_id,
            Party.HOST: row.week.offer.centre_id in centres,
        }
        mine = [party for party, speaks in parties.items() if speaks]
        yield from _agreement(row, mine)
        if Party.HOST in mine:
            yield from _week(row)
        if Party.PARTICIPANT in mine:
            yield from _own_report(row)


def _agreement(row: Any, mine: list[Party]) -> Iterator[WaitingItem]:
    if row.state != P.PLANNED:
        return
    who = f"{row.application.applicant.name} in {row.week.offer.centre.city}"
    until = clock.end_of_day(row.week.starts_on - dt.timedelta(days=1))
    if row.agreement_pk is None:
        if Party.PARTICIPANT in mine:
            yield WaitingItem(
                f"Write the agreement: your week in {row.week.offer.centre.city}",
                row.get_absolute_url(),
                until=until,
                note="What the week is for, and what happens on each of the five days.",
            )
    elif any(not getattr(row, f"given_{party}") for party in mine):
        yield WaitingItem(f"Confirm the agreement: {who}", row.get_absolute_url(), since=row.agreement_at, until=until)


def _week(row: Any) -> Iterator[WaitingItem]:
    name, today, monday = row.application.applicant.name, clock.today(), row.week.starts_on
    if row.state == P.AGREED and today >= monday:
        yield WaitingItem(f"Confirm the arrival of {name}", row.get_absolute_url(), since=_noon(monday))
    if row.state == P.UNDER_WAY:
        so_far = min((today - monday).days + 1, stays.DAYS)
        if row.days < so_far:
            yield WaitingItem(
                f"Confirm the days of {name}",
                row.get_absolute_url(),
                since=_noon(monday),
                note=f"{row.days} of {counted(so_far, 'day')} so far confirmed. That is the scholarship’s proof.",
            )


def _own_report(row: Any) -> Iterator[WaitingItem]:
    report = getattr(row, "report", None)
    if row.state != P.REPORT_DUE or report is None or report.state not in (Report.State.DRAFT, Report.State.RETURNED):
        return
    came_back = report.state == Report.State.RETURNED
    yield WaitingItem(
        f"{'Your report came back' if came_back else 'Write your report'}: {row.week.offer.centre.city}",
        report.get_absolute_url(),
        until=clock.end_of_day(row.report_due_on),
        note="The office asks something." if came_back else "What you saw, and the one lesson you bring home.",
    )


def _reviews(viewer: Viewer) -> Iterator[WaitingItem]:
    """A reviewer: how many applications are still to be read, by call."""
    rows = (
        Call.objects.filter(
            state=Call.State.REVIEW,
            applications__reviews__reviewer_id=viewer.person_id,
            applications__reviews__state=Review.State.ASSIGNED,
        )
        .annotate(open_reviews=Count("applications__reviews"), first=Min("applications__reviews__assigned_at"))
        .order_by("decision_on")
    )
    for call in rows:
        yield WaitingItem(
            f"{call}: {counted(call.open_reviews, 'application')} to review",
            reverse("exchanges:reviews"),
            since=call.first,
            until=clock.end_of_day(call.decision_on),
        )


def _runs(viewer: Viewer) -> Iterator[WaitingItem]:
    """A committee member: a run to sign, unless the own country signed already or the own application is in it."""
    signed = Signature.objects.filter(run=OuterRef("pk"), country_id=viewer.country)
    applied = Application.objects.filter(call=OuterRef("call_id"), applicant_id=viewer.person_id)
    rows = (
        MatchRun.objects.visible_to(viewer)
        .filter(state=MatchRun.State.PROPOSED, call__state=Call.State.MATCHING)
        .filter(~Exists(signed), ~Exists(applied))
        .select_related("call")
        .defer("problem", "assignment", "reasons", "certificate")
    )
    for run in rows:
        if viewer.holds("committee", f"call:{run.call_id}"):
            yield WaitingItem(
                f"{run.call}: read and sign run {run.number}",
                run.get_absolute_url(),
                since=run.verified_at,
                until=clock.end_of_day(run.call.decision_on),
            )


def _calls() -> Iterator[WaitingItem]:
    """The office: the next step of each call after its screening, and what has lapsed."""
    applications = Application.objects.filter(call=OuterRef("pk"))
    placements = Placement.objects.filter(application__call=OuterRef("pk"))
    rows = list(
        Call.objects.exclude(state__in=[Call.State.DRAFT, Call.State.COMPLETED, Call.State.CANCELLED])
        .annotate(
            lapsed=Count("applications", filter=Q(applications__state=Application.State.LAPSED)),
            has_run=Exists(
                MatchRun.objects.filter(call=OuterRef("pk"), state__in=[MatchRun.State.QUEUED, MatchRun.State.PROPOSED])
            ),
            has_offer=Exists(applications.filter(state=Application.State.OFFERED)),
            has_open=Exists(placements.filter(state__in=OPEN_PLACEMENTS)),
        )
        .order_by("decision_on")
    )
    in_review = [call for call in rows if call.state == Call.State.REVIEW]
    missing = _reviews_missing(in_review) if in_review else {}
    for call in rows:
        desk = reverse("exchanges:desk", args=[call.slug])
        decision = clock.end_of_day(call.decision_on)
        if call.lapsed and call.state in (Call.State.OPEN, Call.State.SCREENING):
            yield WaitingItem(
                f"{call}: {counted(call.lapsed, 'application')} lapsed",
                f"{desk}?state=lapsed#applications-h",
                note="No contact point answered in time, or nothing was sent again.",
            )
        if call.state == Call.State.REVIEW and missing.get(call.pk):
            note = ", ".join(missing[call.pk][:6])
            yield WaitingItem(f"{call}: assign reviewers", desk, until=decision, note=f"More are needed for {note}.")
        elif call.state == Call.State.REVIEW and call.pk in missing:
            yield WaitingItem(f"{call}: begin the matching", desk, until=decision, note="Every review is in.")
        elif call.state == Call.State.MATCHING and not call.has_run:
            yield WaitingItem(f"{call}: compute a match run", desk, until=decision)
        elif call.state == Call.State.DECIDED and not call.has_offer and not call.has_open:
            yield WaitingItem(f"{call}: complete the call", desk, note="Every placement is closed.")


def _reviews_missing(calls: list[Any]) -> dict[int, list[str]]:
    """Return the applications that need more reviewers, by call; a call still being written about is left out."""
    rows = (
        Application.objects.filter(call__in=calls, state=Application.State.ELIGIBLE)
        .values_list("call_id", "number", "reviews__pk", "reviews__state", "call__min_reviews")
        .annotate(total=Sum(F("reviews__scores__points") * F("reviews__scores__criterion__weight")))
        .order_by("call_id", "number")
    )
    by_application: dict[tuple[int, int, int], list[tuple[str, int]]] = defaultdict(list)
    for call_id, number, review, state, least, total in rows:
        kept = by_application[(call_id, number, least)]
        if review is not None and state != Review.State.DECLINED:
            kept.append((state, total or 0))
    found: dict[int, list[str]] = {}
    unfinished = set()
    for (call_id, number, least), kept in by_application.items():
        points = [total for state, total in kept if state == Review.State.SUBMITTED]
        # Totals are ten times the points of 100.
        diverges = len(points) >= 2 and max(points) - min(points) > DIVERGENCE * 10
        needed = least + (1 if diverges else 0)
        short = found.setdefault(call_id, [])
        if len(kept) < needed:
            short.append(f"{number:03}")
        elif len(points) < needed:
            unfinished.add(call_id)
    return {call_id: short for call_id, short in found.items() if short or call_id not in unfinished}


def _reports(viewer: Viewer) -> Iterator[WaitingItem]:
    """The office: reports to read, never the own one."""
    rows = (
        Report.objects.filter(state=Report.State.SUBMITTED)
        .exclude(placement__application__applicant_id=viewer.person_id)
        .select_related("placement__application__applicant", "placement__week__offer__centre")
        .order_by("submitted_at")
    )
    for row in rows:
        placement = row.placement
        yield WaitingItem(
            f"Read the report of {placement.application.applicant.name}",
            row.get_absolute_url(),
            since=row.submitted_at,
            note=f"{placement.week.offer.centre.city}. Accepting it puts its lesson into the library.",
        )


def _noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), clock.BRUSSELS)
