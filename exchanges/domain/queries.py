"""Reads of the first half, each with all that its page shows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, Prefetch, Q, QuerySet

from exchanges.domain.conditions import LIVE
from exchanges.models import Application, Call, HostOffer, HostWeek, Placement, Review, Wish
from library.models import LessonPage
from portal.access import clock
from portal.access.viewer import Viewer

A = Application.State
#: States after which a contact point's word is in.
ENDORSED_ON = (
    A.ENDORSED,
    A.INELIGIBLE,
    A.ELIGIBLE,
    A.BELOW_THRESHOLD,
    A.WAITLISTED,
    A.NOT_SELECTED,
    A.OFFERED,
    A.ACCEPTED,
    A.DECLINED,
    A.EXPIRED,
)
#: States that only an eligible application reaches.
ELIGIBLE_ON = tuple(state for state in ENDORSED_ON if state not in (A.ENDORSED, A.INELIGIBLE))
#: States of an application that got a seat offered.
MATCHED = (A.OFFERED, A.ACCEPTED, A.DECLINED, A.EXPIRED)


def open_calls(viewer: Viewer) -> list[Call]:
    """Return the calls that take applications now, the nearest deadline first."""
    return list(
        Call.objects.visible_to(viewer).filter(state=Call.State.OPEN, closes_at__gte=clock.now()).order_by("closes_at")
    )


def public_calls() -> QuerySet[Call]:
    """Return every call that was ever announced, newest first; cancelled ones stay away from the list."""
    return Call.objects.exclude(state__in=[Call.State.DRAFT, Call.State.CANCELLED]).order_by("-opens_on")


def flows() -> list[tuple[str, str, int]]:
    """Return (sending country, host country, completed weeks): counts between countries, which name nobody."""
    rows = (
        Placement.objects.filter(state=Placement.State.COMPLETED)
        .values_list("application__applicant__country_id", "week__offer__centre__country_id")
        .annotate(count=Count("pk"))
        .order_by("application__applicant__country_id", "week__offer__centre__country_id")
    )
    return [(sender, host, count) for sender, host, count in rows]


def flows_are_sample() -> bool:
    """Return whether the completed weeks are sample content."""
    return Placement.objects.filter(state=Placement.State.COMPLETED, application__call__is_sample=True).exists()


def lessons(viewer: Viewer, *, limit: int = 5) -> list[LessonPage]:
    """Return the newest lessons from exchanges that the viewer may read."""
    return list(
        LessonPage.objects.visible_to(viewer)
        .filter(exchange_report__isnull=False)
        .order_by("-first_published_at", "-pk")[:limit]
    )


def call_weeks(call: Call) -> list[HostWeek]:
    """Return a call's open published weeks by date, with place, languages and who has booked; three queries."""
    return list(
        HostWeek.objects.filter(
            offer__call=call,
            offer__state__in=[HostOffer.State.PUBLISHED, HostOffer.State.CLOSED],
            state=HostWeek.State.OPEN,
        )
        .select_related("offer__centre__country")
        .prefetch_related("offer__languages__language")
        .order_by("starts_on", "offer__centre__country__name", "pk")
    )


def applications_of(viewer: Viewer) -> QuerySet[Application]:
    """Return the viewer's own applications, the newest call first."""
    return (
        Application.objects.filter(applicant_id=viewer.person_id)
        .select_related("call", "placement")
        .order_by("-call__opens_on")
    )


def application_for(viewer: Viewer) -> QuerySet[Application]:
    """Return what the viewer may see, with all that a read view shows."""
    return (
        Application.objects.visible_to(viewer)
        .select_related(
            "call__rates", "applicant__country", "applicant__centre__country", "applicant__organisation", "endorsed_by"
        )
        .prefetch_related(
            "languages__language",
            "unavailable",
            "eligibility",
            Prefetch("wishes", Wish.objects.select_related("week__offer__centre__country")),
        )
    )


def pipeline_counts(call: Call) -> dict[str, int]:
    """Return how many applications of a call have come how far; two queries."""
    states = {state: Count("pk", filter=Q(state=state)) for state in A.values}
    counts = call.applications.aggregate(
        sent=Count("pk", filter=Q(submitted_at__isnull=False)),
        endorsed_in_all=Count("pk", filter=Q(endorsed_by__isnull=False)),
        eligible_in_all=Count("pk", filter=Q(state__in=ELIGIBLE_ON)),
        above=Count("pk", filter=Q(state__in=ELIGIBLE_ON, merit__gte=call.threshold)),
        below=Count("pk", filter=Q(merit__lt=call.threshold)),
        matched=Count("pk", filter=Q(state__in=MATCHED)),
        **{f"is_{state}": count for state, count in states.items()},
    )
    written = (
        call.applications.filter(state__in=ELIGIBLE_ON)
        .annotate(written=Count("reviews", filter=Q(reviews__state=Review.State.SUBMITTED)))
        .filter(written__gte=call.min_reviews)
    )
    return {**counts, "reviewed": written.count() if counts["eligible_in_all"] else 0}


def desk_applications(call: Call, *, state: str = "", country: str = "") -> QuerySet[Application]:
    """Return a call's sent applications for the office's table: by merit where there is one, else by number."""
    found = (
        call.applications.filter(submitted_at__isnull=False)
        .select_related("call", "applicant__country", "offered_week__offer__centre")
        .prefetch_related(Prefetch("wishes", Wish.objects.filter(rank=1).select_related("week__offer__centre")))
        .order_by(F("position").asc(nulls_last=True), "number")
    )
    if state:
        found = found.filter(state=state)
    if country:
        found = found.filter(applicant__country_id=country)
    return found


def to_confirm(call: Call) -> list[Application]:
    """Return the endorsed applications whose eligibility is open, with all that the rules ask."""
    return list(
        call.applications.filter(state=A.ENDORSED)
        .select_related("call", "applicant__country", "applicant__centre__country")
        .prefetch_related("languages__language", "unavailable", "wishes")
        .order_by("number")
    )


def endorsements(countries: Iterable[str]) -> QuerySet[Application]:
    """Return the applications of some countries that were sent, those that wait first."""
    return (
        Application.objects.filter(applicant__country_id__in=list(countries), submitted_at__isnull=False)
        .select_related("call", "applicant__country", "applicant__centre")
        .prefetch_related(
            Prefetch("wishes", Wish.objects.filter(rank__isnull=False).select_related("week__offer__centre"))
        )
        .order_by("submitted_at")
    )


def countries_of(viewer: Viewer) -> frozenset[str]:
    """Return the countries for which the viewer speaks, as contact point or deputy."""
    return viewer.scopes("ncp", "country") | viewer.scopes("ncp_deputy", "country")


def centres_of(viewer: Viewer) -> list[int]:
    """Return the ids of the centres whose host coordinator the viewer is."""
    return [int(pk) for pk in viewer.scopes("host_coordinator", "centre")]


def offers_for(viewer: Viewer) -> QuerySet[HostOffer]:
    """Return the offers that the viewer has to do with: own centres, own countries, all for the office."""
    found = HostOffer.objects.visible_to(viewer)
    if not viewer.holds("office"):
        found = found.filter(Q(centre_id__in=centres_of(viewer)) | Q(centre__country_id__in=countries_of(viewer)))
    return (
        found.select_related("call", "centre__country", "coordinator")
        .annotate(week_count=Count("weeks", distinct=True))
        .order_by("-call__opens_on", "centre__country__name", "centre__name")
    )


def offer_for(viewer: Viewer) -> QuerySet[HostOffer]:
    """Return what the viewer may see, with weeks, languages and who comes."""
    live = Placement.objects.filter(state__in=LIVE).select_related(
        "application__applicant__country", "application__applicant__centre", "application__call"
    )
    weeks = HostWeek.objects.prefetch_related(Prefetch("placements", live, to_attr="guests"))
    return (
        HostOffer.objects.visible_to(viewer)
        .select_related("call", "centre__country", "coordinator__user")
        .prefetch_related("languages__language", Prefetch("weeks", weeks))
    )
