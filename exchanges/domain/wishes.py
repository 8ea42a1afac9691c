"""Which host weeks an applicant wants, in which order, and which are possible at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from exchanges.domain import money
from exchanges.domain.drafts import editing
from exchanges.domain.matching.eligibility import (
    ApplicantFacts,
    Cefr,
    Obstacle,
    Skill,
    Unavailability,
    WeekFacts,
    obstacles,
)
from exchanges.models import Application, Call, HostOffer, HostWeek, Wish
from portal.access.viewer import Viewer
from portal.journal.errors import ConditionFailed

#: The levels of the models as the rules compare them.
LEVELS = {
    "A1": Cefr.A1,
    "A2": Cefr.A2,
    "B1": Cefr.B1,
    "B2": Cefr.B2,
    "C1": Cefr.C1,
    "C2": Cefr.C2,
    "native": Cefr.NATIVE,
}
REASON_LENGTH = 300


@dataclass(frozen=True)
class WeekRow:
    """A host week as the applicant sees it. `rank` counts from 1; `is_new` means it was appended, not yet ranked."""

    week: HostWeek
    estimate: money.Estimate | None
    obstacles: tuple[Obstacle, ...] = ()
    rank: int | None = None
    is_new: bool = False
    reason: str = ""
    language: str = ""

    @property
    def name(self) -> str:
        """The week in words, "Helsinki, week 17"."""
        return f"{self.week.offer.centre.city}, week {self.week.number}"


@dataclass(frozen=True)
class Board:
    """All weeks of a call before one applicant: wanted in order, left out, and not possible."""

    wanted: list[WeekRow]
    left_out: list[WeekRow]
    impossible: list[WeekRow]

    @property
    def is_ordered(self) -> bool:
        """Whether the applicant put any of the wanted weeks in order; otherwise they stand by date."""
        return any(not row.is_new for row in self.wanted)


def published_weeks(call: Call) -> list[HostWeek]:
    """Return the weeks of a call's published offers, cancelled ones aside, by date; two queries."""
    return list(
        HostWeek.objects.filter(offer__call=call, offer__state__in=[HostOffer.State.PUBLISHED, HostOffer.State.CLOSED])
        .exclude(state=HostWeek.State.CANCELLED)
        .select_related("offer__centre__country")
        .prefetch_related("offer__languages__language")
        .order_by("starts_on", "pk")
    )


def applicant_facts(application: Application) -> ApplicantFacts:
    """Return what the rules ask about the applicant: from `languages` and `unavailable` of the application."""
    return ApplicantFacts(
        country=application.applicant.country_id,
        languages=tuple(
            Skill(row.language_id, row.language.name, LEVELS[row.level])
            for row in application.languages.all()
            if row.level
        ),
        unavailable=tuple(Unavailability(row.starts_on, row.ends_on) for row in application.unavailable.all()),
    )


def week_facts(week: HostWeek) -> WeekFacts:
    """Return what the rules ask about a week; the host's languages in the alphabet's order."""
    asked = sorted(week.offer.languages.all(), key=lambda row: row.language.name)
    return WeekFacts(
        country=week.offer.centre.country_id,
        monday=week.starts_on,
        languages=tuple(Skill(row.language_id, row.language.name, LEVELS[row.level]) for row in asked),
        is_open=week.state == HostWeek.State.OPEN,
    )


def facts_queryset() -> QuerySet[Application]:
    """Return applications with all that the rules and the list of weeks ask; five queries."""
    return Application.objects.select_related(
        "call__rates", "applicant__country", "applicant__centre__country"
    ).prefetch_related("languages__language", "unavailable", "wishes")


def with_facts(application: Application) -> Application:
    """Return the application again, as `facts_queryset` has it; the same one if it comes from there."""
    asked = getattr(application, "_prefetched_objects_cache", {})
    return application if "unavailable" in asked else facts_queryset().get(pk=application.pk)


def acceptable_set(application: Application, *, weeks: Sequence[HostWeek] | None = None) -> list[HostWeek]:
    """Return the weeks that count as wishes, in order: the ranked ones, then every other possible one by date.

    Left-out and impossible weeks are not among them. `weeks` are the call's published weeks, where the caller has
    them already. Source: design, exchanges, Matching (acceptable set).
    """
    known = published_weeks(application.call) if weeks is None else weeks
    facts = applicant_facts(application)
    wishes = {wish.week_id: wish for wish in application.wishes.all()}
    possible = [
        week
        for week in known
        if not (week.pk in wishes and wishes[week.pk].left_out)
        and not obstacles(applicant=facts, week=week_facts(week))
    ]
    return sorted(possible, key=lambda week: _place(week, wishes))


def board(application: Application, *, weeks: Sequence[HostWeek] | None = None) -> Board:
    """Return every week of the call as the applicant sees it, with estimates and the reasons against."""
    full = with_facts(application)
    weeks = published_weeks(full.call) if weeks is None else weeks
    facts = applicant_facts(full)
    wishes = {wish.week_id: wish for wish in full.wishes.all()}
    wanted = acceptable_set(full, weeks=weeks)
    ranks = {week.pk: rank for rank, week in enumerate(wanted, start=1)}
    rows: dict[int, WeekRow] = {}
    for week in weeks:
        wish = wishes.get(week.pk)
        rows[week.pk] = WeekRow(
            week=week,
            estimate=money.estimate(rates=full.call.rates, person=full.applicant, week=week),
            obstacles=obstacles(applicant=facts, week=week_facts(week)),
            rank=ranks.get(week.pk),
            is_new=wish is None,
            reason=wish.reason if wish else "",
            language=_language_words(facts, week),
        )
    left_out = [rows[week.pk] for week in weeks if week.pk in wishes and wishes[week.pk].left_out]
    gone = {row.week.pk for row in left_out}
    return Board(
        wanted=[rows[week.pk] for week in wanted],
        left_out=left_out,
        impossible=[rows[week.pk] for week in weeks if week.pk not in ranks and week.pk not in gone],
    )


def ranked_rows(application: Application) -> Board:
    """Return the weeks as contact point and office read them: `wanted` in order, `left_out` with the reasons.

    Give an application from `queries.application_for`; asks two queries for the weeks.
    """
    weeks = published_weeks(application.call)
    by_id = {wish.week_id: wish for wish in application.wishes.all()}
    wanted = acceptable_set(application, weeks=weeks)
    return Board(
        wanted=[
            WeekRow(
                week=week,
                estimate=money.estimate(rates=application.call.rates, person=application.applicant, week=week),
                rank=place,
                is_new=week.pk not in by_id,
            )
            for place, week in enumerate(wanted, start=1)
        ],
        left_out=[
            WeekRow(week=week, estimate=None, reason=by_id[week.pk].reason)
            for week in weeks
            if week.pk in by_id and by_id[week.pk].left_out
        ],
        impossible=[],
    )


def rank(*, application: Application, week_ids: Iterable[int], by: Viewer, version: int | None = None) -> Application:
    """Set the order of wishes, first wish first; weeks ranked before and not named now lose their place.

    A week that was left out and is named now counts again. Raises `ConditionFailed` for a week that comes twice, is
    not published or is not possible; `StaleVersion` when `version` is old; `NotAllowed` for anybody but the applicant.
    """
    ids = list(week_ids)
    with transaction.atomic():
        fresh = editing(application=application, by=by, version=version)
        full = with_facts(fresh)
        weeks = {week.pk: week for week in published_weeks(full.call)}
        facts = applicant_facts(full)
        if len(set(ids)) != len(ids):
            raise ConditionFailed("Each week can stand in the list once.")
        for week_id in ids:
            if week_id not in weeks:
                raise ConditionFailed("One of these weeks is not published any more. Your list is as it was.")
            if found := obstacles(applicant=facts, week=week_facts(weeks[week_id])):
                city = weeks[week_id].offer.centre.city
                raise ConditionFailed(f"{city}, week {weeks[week_id].number}, is not possible. {found[0].sentence}")
        fresh.wishes.filter(rank__isnull=False).delete()
        fresh.wishes.filter(week_id__in=ids).delete()
        Wish.objects.bulk_create(
            Wish(application=fresh, week_id=week_id, rank=place) for place, week_id in enumerate(ids, start=1)
        )
        fresh.save()
    return fresh


def leave_out(
    *, application: Application, week: HostWeek, reason: str, by: Viewer, version: int | None = None
) -> Application:
    """Take a week out of the acceptable set. A draft may wait for the reason; it cannot be sent without."""
    if len(reason) > REASON_LENGTH:
        raise ConditionFailed(f"Say it in at most {REASON_LENGTH} characters; these are {len(reason)}.")
    with transaction.atomic():
        fresh = editing(application=application, by=by, version=version)
        if week.offer.call_id != fresh.call_id:
            raise ConditionFailed("This week belongs to another call.")
        Wish.objects.update_or_create(
            application=fresh, week=week, defaults={"rank": None, "left_out": True, "reason": reason.strip()}
        )
        _close_ranks(fresh)
        fresh.save()
    return fresh


def put_back(*, application: Application, week: HostWeek, by: Viewer, version: int | None = None) -> Application:
    """Let a left-out week count again, at the end of the list."""
    with transaction.atomic():
        fresh = editing(application=application, by=by, version=version)
        fresh.wishes.filter(week=week, left_out=True).delete()
        fresh.save()
    return fresh


def _close_ranks(application: Application) -> None:
    ranked = list(application.wishes.filter(rank__isnull=False).order_by("rank"))
    for place, wish in enumerate(ranked, start=1):
        wish.rank = place
    Wish.objects.bulk_update(ranked, ["rank"])


def _place(week: HostWeek, wishes: dict[int, Wish]) -> tuple[bool, int]:
    """Return the sort key: ranked wishes by rank; the others keep the order of dates, because sorting is stable."""
    wish = wishes.get(week.pk)
    ranked = wish is not None and wish.rank is not None
    return (not ranked, wish.rank if wish is not None and wish.rank is not None else 0)


def _language_words(facts: ApplicantFacts, week: HostWeek) -> str:
    """Return "Works in English, B2; yours is C1" for the first language that is enough, or what the host works in."""
    mine = {skill.code: skill for skill in facts.languages}
    asked = week_facts(week).languages
    for want in asked:
        have = mine.get(want.code)
        if have is not None and have.level >= want.level:
            return f"Works in {want.name}, {want.level.label}; yours is {have.level.label}."
    return f"Works in {' or '.join(f'{want.name}, {want.level.label}' for want in asked)}." if asked else ""
