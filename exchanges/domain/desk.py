"""The office's desk in words and figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse

from exchanges.domain.queries import ELIGIBLE_ON, MATCHED
from exchanges.models import Application, Call, HostOffer, HostWeek, Wish
from portal.access import clock
from portal.access.viewer import Viewer
from portal.web.charts import Bands, Pipeline, bands, pipeline
from portal.web.tables import Cell, Column, Table
from portal.web.words import counted, in_words

A = Application.State


def pipeline_of(counts: dict[str, int]) -> Pipeline:
    """Return where the applications are, with the losses in words; later stages once somebody is there."""
    reviewed, above, matched = counts["reviewed"], counts["above"], counts["matched"]
    return pipeline(
        [
            (counts["sent"], "Submitted", _losses((counts["is_draft"], "still a draft", "still drafts"))),
            (
                counts["endorsed_in_all"],
                "Endorsed",
                _losses(
                    (counts["is_submitted"], "with a contact point", ""),
                    (counts["is_returned"], "returned", ""),
                    (counts["is_not_endorsed"], "not endorsed", ""),
                    (counts["is_withdrawn"], "withdrawn", ""),
                    (counts["is_lapsed"], "lapsed", ""),
                ),
            ),
            (counts["eligible_in_all"], "Eligible", _losses((counts["is_ineligible"], "not eligible", ""))),
            (reviewed, "Reviewed", ""),
            (above, "Above threshold", _losses((counts["below"], "below", ""))),
            (matched, "Matched", _losses((counts["is_waitlisted"], "on the waiting list", ""))),
        ]
    )


def _losses(*parts: tuple[int, str, str]) -> str:
    return ", ".join(f"{count} {many if many and count != 1 else one}" for count, one, many in parts if count)


def lead(call: Call, counts: dict[str, int]) -> str:
    """Return in a sentence or two where a call stands."""
    S = Call.State  # noqa: N806 - a class by its usual letter
    closes = call.closes_at.astimezone(clock.BRUSSELS)
    day = f"{closes.day} {closes:%B %Y}"
    match call.state:
        case S.DRAFT:
            return "A draft. Only the office and the hosts see it."
        case S.OPEN:
            return f"Open until {day}, {closes:%H:%M} Brussels time. {counted(counts['sent'], 'application')} so far."
        case S.SCREENING:
            left = counts["is_submitted"] + counts["is_returned"] + counts["is_endorsed"]
            return (
                f"Closed on {day}. {counted(left, 'application')} still to be screened."
                if left
                else f"Closed on {day}. Everything is screened."
            )
        case S.REVIEW:
            return f"Review. {counts['reviewed']} of {counts['eligible_in_all']} have their reviews."
        case _:
            return f"{call.get_state_display()}."


def waits(call: Call, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return what of this call waits for the office, for `components/plain.html`."""
    items = []
    if counts["is_endorsed"]:
        items.append(
            {
                "title": "Confirm eligibility",
                "url": reverse("exchanges:eligible", args=[call.slug]),
                "note": f"{counted(counts['is_endorsed'], 'endorsed application')}",
            }
        )
    if counts["is_submitted"]:
        items.append(
            {
                "title": f"{counted(counts['is_submitted'], 'application')} with contact points",
                "url": f"?{urlencode({'state': A.SUBMITTED})}#applications-h",
                "note": f"They have {call.endorse_days} days each; then they lapse",
            }
        )
    if counts["is_returned"]:
        items.append(
            {
                "title": f"{counted(counts['is_returned'], 'application')} back with the applicant",
                "url": f"?{urlencode({'state': A.RETURNED})}#applications-h",
                "note": "Five days to send it again",
            }
        )
    return items


def state_views(counts: dict[str, int], *, state: str, country: str) -> list[dict[str, Any]]:
    """Return the filters by state as chips: all, then every state that somebody is in."""
    keep = {"country": country} if country else {}
    views = [
        {"label": "All", "url": f"?{urlencode(keep)}#applications-h", "current": not state, "count": counts["sent"]}
    ]
    for value, label in A.choices:
        if value != A.DRAFT and (counts[f"is_{value}"] or value == state):
            views.append(
                {
                    "label": "Returned" if value == A.RETURNED else label,
                    "url": f"?{urlencode({'state': value, **keep})}#applications-h",
                    "current": value == state,
                    "count": counts[f"is_{value}"],
                }
            )
    return views


def mark_of(state: str) -> str:
    """Return the square of a state: full for a seat, half for under way, empty for out."""
    if state in (A.OFFERED, A.ACCEPTED):
        return "full"
    under_way = (A.SUBMITTED, A.RETURNED, A.ENDORSED, A.ELIGIBLE, A.WAITLISTED)
    return "half" if state in under_way else "empty"


#: What the address may sort a call's applications by, and what the query orders by then.
SORTS = {
    "number": "number",
    "applicant": "applicant__name",
    "from": "applicant__country__name",
    "rank": "national_rank",
    "merit": "merit",
}


def in_order(rows: QuerySet[Application], sort: str) -> QuerySet[Application]:
    """Return the applications in the order that ``?sort=`` asks for, empty values last; unknown words ask nothing."""
    field = SORTS.get(sort.removeprefix("-"))
    if field is None:
        return rows
    order = F(field).desc(nulls_last=True) if sort.startswith("-") else F(field).asc(nulls_last=True)
    return rows.order_by(order, "number")


def applications_table(call: Call, rows: Iterable[Application], *, state: str = "", sort: str = "") -> Table:
    """Return the table of a call's applications; rows from `queries.desk_applications`, filtered by `state` and put
    `in_order` by `sort`.

    A country leads to its applications alone. Merit stands there once it is frozen; the week is the first wish
    until one is offered.
    """
    scored = call.state in (Call.State.MATCHING, Call.State.DECIDED, Call.State.COMPLETED)
    columns = [
        Column("Number", hide=True, sort="number"),
        Column("Applicant", heads=True, sort="applicant"),
        Column("From", end=True, sort="from"),
        Column("National rank", number=True, hide=True, sort="rank"),
        *([Column("Merit", number=True, small_label="Merit", sort="merit", falling=True)] if scored else []),
        Column("Week" if scored else "First wish", end=True),
        Column("State"),
    ]
    cells = [_row(row, scored=scored, state=state) for row in rows]
    return Table("Applications", columns, cells, sort=sort, ordered=True, id="applications")


def _row(row: Application, *, scored: bool, state: str) -> list[Any]:
    first = next(iter(row.wishes.all()), None)
    only = {"country": row.applicant.country_id, **({"state": state} if state else {})}
    week = row.offered_week or (first.week if first and not scored else None)
    return [
        f"{row.number:03}" if row.number else "",
        Cell(row.applicant.name, url=reverse("exchanges:eligibility", args=[row.pk])),
        Cell(row.applicant.country.name, url=f"?{urlencode(only)}#applications-h"),
        row.national_rank,
        *([f"{row.merit:.0f}" if row.merit is not None else None] if scored else []),
        f"{week.offer.centre.city}, week {week.number}" if week else "none yet",
        Cell(row.state_words, mark=mark_of(row.state)),
    ]


def first_wishes(call: Call) -> Bands | None:
    """Return whose first wish is where, as bands from sending to host country; None while nobody has applied."""
    rows = (
        Wish.objects.filter(application__call=call, application__submitted_at__isnull=False, rank=1)
        .exclude(application__state=A.WITHDRAWN)
        .values_list("application__applicant__country__name", "week__offer__centre__country__name")
        .annotate(count=Count("pk"))
        .order_by()
    )
    flows = sorted((sender, host, count) for sender, host, count in rows)
    return bands(flows) if flows else None


def calls_table() -> Table:
    """Return all calls but drafts with how many applied and how many seats they have; one query."""
    rows = (
        Call.objects.exclude(state=Call.State.DRAFT)
        .annotate(
            sent=Count("applications", filter=Q(applications__submitted_at__isnull=False)),
            eligible=Count("applications", filter=Q(applications__state__in=ELIGIBLE_ON)),
            matched=Count("applications", filter=Q(applications__state__in=MATCHED)),
        )
        .order_by("-opens_on")
    )
    columns = [
        Column("Call", heads=True),
        Column("State", end=True),
        Column("Deadline"),
        Column("Applications", number=True, small_label="Applications"),
        Column("Eligible", number=True, small_label="Eligible"),
        Column("Matched", number=True, small_label="Matched"),
        Column("Seats", number=True, small_label="Seats"),
    ]
    return Table(
        "Calls",
        columns,
        [
            [
                Cell(str(row), url=reverse("exchanges:desk", args=[row.slug])),
                row.get_state_display(),
                _day(row),
                row.sent,
                row.eligible,
                row.matched,
                row.seats,
            ]
            for row in rows
        ],
    )


def _day(call: Call) -> str:
    closes = call.closes_at.astimezone(clock.BRUSSELS)
    return f"{closes.day} {closes:%B %Y}"


def drafts() -> list[Call]:
    """Return the drafts."""
    return list(Call.objects.filter(state=Call.State.DRAFT))


def seats_offered(call: Call) -> int:
    """Return how many seats the published open weeks of a call have."""
    open_weeks = HostWeek.objects.filter(
        offer__call=call,
        offer__state__in=[HostOffer.State.PUBLISHED, HostOffer.State.CLOSED],
        state=HostWeek.State.OPEN,
    )
    return open_weeks.aggregate(seats=Sum("capacity"))["seats"] or 0


def next_steps(application: Application) -> list[dict[str, str]]:
    """Return what happens next and when, for the applicant; empty once nothing more is to come before the decision."""
    call = application.call
    decision = {
        "when": f"By {call.decision_on.day} {call.decision_on:%B %Y}",
        "text": f"At least {in_words(call.min_reviews)} reviewers have read it, none from your country. "
        "You hear the result and the reason for every wish.",
    }
    checks = {
        "when": f"After {_day(call)}",
        "text": "The office checks eligibility, rule by rule, and shows you each result.",
    }
    endorses = {
        "when": f"Within {in_words(call.endorse_days)} days",
        "text": "Your National Contact Point endorses it, or sends it back with a comment.",
    }
    match application.state:
        case A.DRAFT | A.RETURNED | A.SUBMITTED:
            return [endorses, checks, decision]
        case A.ENDORSED:
            return [checks, decision]
        case A.ELIGIBLE:
            return [decision]
        case _:
            return []


def answers(application: Application, viewer: Viewer) -> list[tuple[str, list[dict[str, str]]]]:
    """Return what was answered, section by section: (title, answers). Reviewers get no personal sections.

    Give an application from `queries.application_for`.
    """
    person = application.applicant
    own = viewer.person_id == person.pk
    speaks = {("ncp", f"country:{person.country_id}"), ("ncp_deputy", f"country:{person.country_id}")} & viewer.roles
    full = own or bool(speaks) or viewer.holds("office")
    languages = sorted(application.languages.all(), key=lambda row: row.pk)
    sections: list[tuple[str, list[dict[str, str]]]] = [
        (
            "About you" if own else "About",
            [
                _answer("Function", application.function),
                _answer(
                    "Years of leading shifts",
                    "" if application.years_leading is None else str(application.years_leading),
                ),
                *([_answer("Telephone", application.phone)] if full else []),
            ],
        ),
        (
            "Centre and shift",
            [
                _answer("Centre", f"{person.centre}, {person.country}" if person.centre else ""),
                _answer("Shift", application.shift),
            ],
        ),
        (
            "Languages and aim",
            [
                _answer(
                    "Languages",
                    ", ".join(f"{row.language.name} {row.get_level_display()}".strip() for row in languages),
                ),
                _answer("What to see", application.aim),
                _answer("What to bring home", application.bring_home),
            ],
        ),
    ]
    if full:
        consents = "Agrees" if application.manager_consents else ""
        sections += [
            (
                "Line manager’s consent",
                [
                    _answer("Line manager", application.manager_name),
                    _answer("E-mail address", application.manager_email),
                    _answer("Consent", consents),
                ],
            ),
            (
                "Needs and emergency contact",
                [
                    _answer("Needs", application.needs or "None named"),
                    _answer("Emergency contact", application.emergency_name),
                    _answer("Emergency telephone", application.emergency_phone),
                ],
            ),
        ]
    return sections


def _answer(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}
