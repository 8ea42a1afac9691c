"""What anybody may read of calls and weeks: dates, places, counts between countries. Never a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from exchanges.models import Call, HostOffer, HostWeek, Placement
from library.models import LessonPage
from portal.access import clock
from portal.access.viewer import Viewer
from portal.web.once import shared

#: (sending country, host country, completed weeks), countries by ISO 3166 code.
Pair = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """Completed weeks of one call between two countries."""

    call_id: int
    is_sample: bool
    sender: str
    host: str
    weeks: int


def announced() -> QuerySet[Call]:
    """Return every call that was ever announced, newest first; cancelled ones stay away from the list."""
    return Call.objects.exclude(state__in=[Call.State.DRAFT, Call.State.CANCELLED]).order_by("-opens_on", "-pk")


def is_open(call: Call) -> bool:
    """Return whether a call takes applications at this moment."""
    return call.state == Call.State.OPEN and clock.now() <= call.closes_at


@shared
def open_calls(viewer: Viewer) -> list[Call]:
    """Return the calls that take applications now, the nearest deadline first. One query."""
    return list(
        Call.objects.visible_to(viewer).filter(state=Call.State.OPEN, closes_at__gte=clock.now()).order_by("closes_at")
    )


@shared
def flows(call: Call | None = None) -> list[Flow]:
    """Return the completed weeks of all calls, or of one, counted between countries. One query."""
    done = Placement.objects.filter(state=Placement.State.COMPLETED)
    if call is not None:
        done = done.filter(application__call=call)
    rows = (
        done.values_list(
            "application__call_id",
            "application__call__is_sample",
            "application__applicant__country_id",
            "week__offer__centre__country_id",
        )
        .annotate(weeks=Count("pk"))
        .order_by("application__applicant__country_id", "week__offer__centre__country_id")
    )
    return [Flow(*row) for row in rows]


def pairs(found: Iterable[Flow]) -> list[Pair]:
    """Return flows of several calls added up, in the order of their countries."""
    total: Counter[tuple[str, str]] = Counter()
    for flow in found:
        total[flow.sender, flow.host] += flow.weeks
    return [(sender, host, weeks) for (sender, host), weeks in sorted(total.items())]


def _lessons(viewer: Viewer, call: Call | None = None) -> QuerySet[LessonPage]:
    found = LessonPage.objects.visible_to(viewer).filter(exchange_report__isnull=False)
    return found if call is None else found.filter(exchange_report__placement__application__call=call)


def lessons(viewer: Viewer, *, call: Call | None = None, limit: int = 5) -> list[LessonPage]:
    """Return the newest lessons from exchanges, or from one call, that the viewer may read. One query."""
    found = _lessons(viewer, call).select_related("access_rule__rule", "centre")
    return list(found.order_by("-first_published_at", "-pk")[:limit])


def lesson_counts(viewer: Viewer) -> dict[int, int]:
    """Return how many lessons of each call, by its id, the viewer may read. One query."""
    rows = (
        _lessons(viewer)
        .order_by()
        .values_list("exchange_report__placement__application__call_id")
        .annotate(number=Count("pk"))
    )
    return dict(rows)


def published_weeks(call: Call) -> list[HostWeek]:
    """Return a call's open published weeks by date, with place and languages; two queries."""
    return list(
        _published(call)
        .filter(state=HostWeek.State.OPEN)
        .select_related("offer__centre__country")
        .prefetch_related("offer__languages__language")
        .order_by("starts_on", "offer__centre__country__name", "pk")
    )


def weeks_held(call: Call) -> list[HostWeek]:
    """Return the host weeks of a call that took place, by date, each with its number of `guests`; one query.

    City and dates were public with the call. Who came is not told here, not even the country: beside a date it would
    name somebody in a small service. Countries are told by `flows`, without dates.
    """
    return list(
        _published(call)
        .filter(placements__state=Placement.State.COMPLETED)
        .annotate(guests=Count("placements"))
        .select_related("offer__centre__country")
        .order_by("starts_on", "offer__centre__country__name", "pk")
    )


def _published(call: Call) -> QuerySet[HostWeek]:
    shown = [HostOffer.State.PUBLISHED, HostOffer.State.CLOSED]
    return HostWeek.objects.filter(offer__call=call, offer__state__in=shown)
