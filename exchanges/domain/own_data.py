"""What the exchanges keep about a member, copied out for its owner. For `portal.accounts.personal`.

Each record says what a page says to the same person, and no more: an applicant never sees who reviewed, what they
wrote or the national rank; a reviewer's points and words are about somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from exchanges.domain import decisions, forgetting
from exchanges.domain.conditions import OPEN_PLACEMENTS
from exchanges.domain.queries import MATCHED
from exchanges.domain.sections import SECTIONS
from exchanges.models import (
    Application,
    Attendance,
    Confirmation,
    Conflict,
    HostOffer,
    MatchRun,
    Placement,
    Report,
    Review,
    Signature,
)
from portal.accounts.models import User
from portal.accounts.personal import CopiedFile, Copy, PersonalData, chosen, register
from portal.files.models import Attachment
from portal.privacy.rules import Outcome, Rule, add

A = Application.State
#: States in which the applicant's page shows the result, with place and reasons.
WITH_RESULT = (*MATCHED, A.WAITLISTED, A.NOT_SELECTED, A.BELOW_THRESHOLD)
#: States in which an application waits for somebody.
UNDER_WAY = (A.SUBMITTED, A.RETURNED, A.ENDORSED, A.ELIGIBLE, A.WAITLISTED, A.OFFERED)
ANSWERS = tuple(name for section in SECTIONS for name in section.fields)


def _applications(user: User) -> Copy:
    rows = (
        Application.objects.filter(applicant__user=user)
        .select_related("call", "offered_week__offer__centre")
        .prefetch_related("languages__language", "unavailable", "wishes__week__offer__centre", "eligibility")
        .order_by("pk")
    )
    return Copy([_application(row) for row in rows])


def _application(row: Application) -> dict[str, Any]:
    found: dict[str, Any] = {
        "application": str(row),
        "call": str(row.call),
        "state": row.get_state_display(),
        "saved": row.saved_at,
        "sent": row.submitted_at,
        **{name: getattr(row, name) for name in ANSWERS},
        "languages": [chosen(it, "language", "level") for it in row.languages.all()],
        "not_available": [chosen(it, "starts_on", "ends_on") for it in row.unavailable.all()],
        "host_weeks": [
            {"week": str(it.week), "rank": it.rank, "left_out": it.left_out, "reason": it.reason}
            for it in row.wishes.all()
        ],
        "eligibility": [chosen(it, "rule", "passed", "words") for it in row.eligibility.all()],
        "what_your_contact_point_wrote": row.comment if row.state != A.DRAFT else "",
    }
    if row.state in WITH_RESULT:
        run = MatchRun.objects.filter(call=row.call_id, state=MatchRun.State.SIGNED).order_by("-number").first()
        found |= {
            "offered_week": str(row.offered_week) if row.offered_week else "",
            "answer_by": row.answer_by,
            "place_by_merit": None if row.position is None else row.position + 1,
            "why_not_an_earlier_wish": [
                {"wish": it["rank"], "why": it["words"]} for it in decisions.reasons_for(application=row, run=run)
            ]
            if run
            else [],
        }
    return found


def _placements(user: User) -> Copy:
    rows = (
        Placement.objects.filter(application__applicant__user=user)
        .select_related("application__call", "week__offer__centre", "report")
        .prefetch_related("agreements__confirmations", "attendance")
        .order_by("pk")
    )
    records, files = [], []
    for row in rows:
        records.append(_placement(row))
        if report := getattr(row, "report", None):
            # Two files may bear one name: each lies in a place of its own.
            files += [
                CopiedFile(f"report-{report.pk}-{number}-{stored.name}", stored.path)
                for number, stored in enumerate(Attachment.objects.of(report), start=1)
            ]
    return Copy(records, files)


def _placement(row: Placement) -> dict[str, Any]:
    report: Report | None = getattr(row, "report", None)
    found: dict[str, Any] = {
        "application": str(row.application),
        "week": str(row.week),
        "starts_on": row.week.starts_on,
        "state": row.get_state_display(),
        "arrived": row.arrived_at,
        "days": [{"day": it.day, "confirmed": it.confirmed_at} for it in row.attendance.all()],
        "agreement": [
            chosen(it, "version", "objectives", "agenda", "language", "outcome", "written_at")
            | {"confirmed": [chosen(yes, "party", "confirmed_at") for yes in it.confirmations.all()]}
            for it in row.agreements.all()
        ],
    }
    if report is not None:
        names = ("state", "seen", "differently", "conditions", "lesson_title", "lesson", "lesson_public")
        found["report"] = chosen(report, *names, "saved_at", "submitted_at")
        if report.state == Report.State.RETURNED:
            found["report"]["what_the_office_asks"] = report.comment
    return found


def _tasks(user: User) -> Copy:
    """What the person did for the applications of others: that they did it, never what it says of somebody."""
    reviews = Review.objects.filter(reviewer__user=user).select_related("application__call").order_by("pk")
    conflicts = Conflict.objects.filter(reviewer__user=user).select_related("application__call").order_by("pk")
    endorsed = Application.objects.filter(endorsed_by__user=user).select_related("call").order_by("pk")
    signed = Signature.objects.filter(person__user=user).select_related("run__call").order_by("pk")
    confirmed = Confirmation.objects.filter(person__user=user).exclude(party=Confirmation.Party.PARTICIPANT)
    days = Attendance.objects.filter(confirmed_by__user=user).select_related("placement__application__call")
    offers = HostOffer.objects.filter(coordinator__user=user).select_related("call", "centre").order_by("pk")
    found: dict[str, Any] = {
        "reviews": [
            {"application": str(row.application)} | chosen(row, "state", "assigned_at", "submitted_at")
            for row in reviews
        ],
        "conflicts_of_interest_declared": [str(row.application) for row in conflicts],
        "endorsed": [str(row) for row in endorsed],
        "signed": [
            {"call": str(row.run.call), "run": row.run.number, "digest": row.digest, "at": row.signed_at}
            for row in signed
        ],
        "agreements_confirmed": [
            {"application": str(row.agreement.placement.application)} | chosen(row, "party", "confirmed_at")
            for row in confirmed.select_related("agreement__placement__application__call").order_by("pk")
        ],
        "days_confirmed": [
            {"application": str(row.placement.application), "day": row.day, "at": row.confirmed_at}
            for row in days.order_by("pk")
        ],
        "host_offers": [chosen(row, "call", "centre", "state", "summary", "themes", "accommodation") for row in offers],
    }
    return Copy([found] if any(found.values()) else [])


def _own_rows(user: User) -> Iterable[models.Model]:
    yield from Application.objects.filter(applicant__user=user).select_related("call")


def _own_stays(user: User) -> Iterable[models.Model]:
    yield from Placement.objects.filter(application__applicant__user=user)
    yield from Report.objects.filter(placement__application__applicant__user=user)


def _application_under_way(user: User) -> list[str]:
    rows = Application.objects.filter(applicant__user=user, state__in=UNDER_WAY).select_related("call")
    return [f"Application {row} is under way. It has to be withdrawn or decided first." for row in rows]


def _stay_under_way(user: User) -> list[str]:
    rows = Placement.objects.filter(application__applicant__user=user, state__in=OPEN_PLACEMENTS)
    return [
        f"The exchange week of application {row.application} is not closed. Cancel or complete it first."
        for row in rows.select_related("application__call")
    ]


def _task_under_way(user: User) -> list[str]:
    reviews = Review.objects.filter(reviewer__user=user, state=Review.State.ASSIGNED).select_related(
        "application__call"
    )
    guests = Placement.objects.filter(week__offer__coordinator__user=user, state__in=OPEN_PLACEMENTS)
    found = [f"A review of application {row.application} is to be written. Give it to another." for row in reviews]
    if guests.exists():
        found.append("Guests are still expected at a centre that this person coordinates.")
    return found


def hand_in() -> None:
    """Register the parts of the exchanges, and their rule of retention; called once, when the apps are ready."""
    register(
        PersonalData(
            "applications",
            "Applications",
            50,
            _applications,
            forgetting.forget_applications,
            keeps="Number, state, points and place of what was sent, and who endorsed it: the funding has to prove "
            "how seats were given. Nothing that you wrote.",
            withholds="Who reviewed it, what they wrote and gave, who declared a conflict, and the national rank: the "
            "review is blind, and the rank is about others too.",
            tables=("exchanges.Application", "exchanges.Conflict", "exchanges.Review"),
            about=_own_rows,
            hinders=_application_under_way,
        )
    )
    register(
        PersonalData(
            "stays",
            "Exchange weeks and reports",
            52,
            _placements,
            forgetting.forget_stays,
            keeps="Week, days and the agreement that three confirmed, and the text of a report that was accepted: the "
            "funding asks for them. Its files go.",
            withholds="Names of those who confirmed.",
            tables=("exchanges.Agreement", "exchanges.Confirmation", "exchanges.Attendance"),
            about=_own_stays,
            hinders=_stay_under_way,
        )
    )
    register(
        PersonalData(
            "tasks",
            "What you did for exchanges",
            54,
            _tasks,
            forgetting.forget_tasks,
            keeps="Reviews, endorsements, signatures, confirmations and offers, under a name that says nothing: "
            "others were decided upon by them.",
            withholds="Points and words of your reviews, why you declared a conflict and what you wrote to applicants: "
            "they are about other people.",
            tables=("exchanges.HostOffer", "exchanges.Signature"),
            hinders=_task_under_way,
        )
    )
    add(
        Rule(
            "applications",
            "Applications",
            "an application that ended without a week loses all that was written in it, counted from the decision; "
            "after a week, telephone numbers, needs, line manager and emergency contact go",
            20,
            lambda before: Outcome(forgetting.forget_old(before)),
            setting="NOC_KEEP_APPLICATION_DAYS",
        )
    )
