"""Reads of the first half, each with all that its page shows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, Prefetch, Q, QuerySet

from exchanges.domain.conditions import LIVE
from exchanges.models import Application, Call, HostOffer, HostWeek, Placement, Review, Wish
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
