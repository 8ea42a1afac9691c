"""Reads of the second half, each with all that its page shows."""

from __future__ import annotations

from django.db.models import Count, Prefetch, QuerySet

from exchanges.domain.matches import with_signatures
from exchanges.models import Agreement, Application, Call, Confirmation, HostWeek, MatchRun, Placement, Report, Review
from portal.access.viewer import Viewer

#: What a run carries along and a list of runs does not show.
LARGE = ("problem", "assignment", "reasons", "certificate")


def reviews_of(viewer: Viewer) -> QuerySet[Review]:
    """Return the reviews that wait for the viewer or were written by them, newest call first."""
    return (
        Review.objects.visible_to(viewer)
        .filter(reviewer_id=viewer.person_id)
        .exclude(state=Review.State.DECLINED)
        .select_related("application__call", "application__applicant__country", "application__applicant__centre")
        .order_by("-application__call__opens_on", "application__number")
    )


def review_for(viewer: Viewer, pk: int) -> QuerySet[Review]:
    """Return the one review with the application as a reviewer reads it."""
    return (
        Review.objects.visible_to(viewer)
        .filter(pk=pk)
        .select_related(
            "reviewer", "application__call", "application__applicant__country", "application__applicant__centre"
        )
        .prefetch_related(
            "scores",
            "application__languages__language",
            "application__wishes__week__offer__centre__country",
            "application__call__criteria",
        )
    )


def runs_for(viewer: Viewer) -> QuerySet[MatchRun]:
    """Return the runs that the viewer may see, the newest of a call first, with call and signatures."""
    return MatchRun.objects.visible_to(viewer).select_related("call").prefetch_related(with_signatures())


def weeks_by_id(ids: list[int]) -> dict[int, HostWeek]:
    """Return host weeks with place and country, by id."""
    return HostWeek.objects.select_related("offer__centre__country").in_bulk(ids)


def applications_by_number(call: Call) -> dict[str, Application]:
    """Return a call's sent applications by their printed number, with applicant and country."""
    rows = call.applications.filter(number__isnull=False).select_related("call", "applicant__country")
    return {str(row): row for row in rows}


def placements_of(viewer: Viewer) -> QuerySet[Placement]:
    """Return the placements that the viewer may see, with people, places and how far they are."""
    return (
        Placement.objects.visible_to(viewer)
        .select_related(
            "application__call",
            "application__applicant__country",
            "application__applicant__user",
            "week__offer__call",
            "week__offer__centre__country",
            "week__offer__coordinator__user",
            "report",
        )
        .annotate(days=Count("attendance", distinct=True))
        .order_by("-week__starts_on", "pk")
    )


def placement_for(viewer: Viewer, pk: int) -> QuerySet[Placement]:
    """Return one placement with its agreements, confirmations and days."""
    confirmations = Confirmation.objects.select_related("person")
    agreements = Agreement.objects.select_related("written_by").prefetch_related(
        Prefetch("confirmations", queryset=confirmations)
    )
    return (
        placements_of(viewer).filter(pk=pk).prefetch_related(Prefetch("agreements", queryset=agreements), "attendance")
    )


def report_for(viewer: Viewer, placement_pk: int) -> QuerySet[Report]:
    """Return the report on a placement."""
    return (
        Report.objects.visible_to(viewer)
        .filter(placement_id=placement_pk)
        .select_related(
            "lesson_page",
            "placement__application__call",
            "placement__application__applicant__user",
            "placement__week__offer__centre__country",
        )
    )
