"""What waits for people between the call and eligibility. One query for each role that the viewer holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Q
from django.urls import reverse

from exchanges.domain.conditions import RETURN_GRACE
from exchanges.domain.queries import centres_of, countries_of
from exchanges.models import Application, Call, HostOffer
from portal.access import clock
from portal.access.viewer import Viewer
from portal.web.registries import WaitingItem

A = Application.State


def waiting(viewer: Viewer) -> Iterator[WaitingItem]:
    """Yield all that waits for `viewer`."""
    yield from _applicant(viewer)
    if countries := countries_of(viewer):
        yield from _contact_point(viewer, countries)
    if centres := centres_of(viewer):
        yield from _coordinator(centres)
    if viewer.holds("office"):
        yield from _office()


def _applicant(viewer: Viewer) -> Iterator[WaitingItem]:
    rows = Application.objects.filter(applicant_id=viewer.person_id, state__in=[A.DRAFT, A.RETURNED]).select_related(
        "call"
    )
    for row in rows:
        url = reverse("exchanges:application", args=[row.pk])
        if row.state == A.RETURNED and row.returned_at:
            until = max(row.call.closes_at, row.returned_at + RETURN_GRACE)
            yield WaitingItem(
                f"Your application {row} came back to you",
                url,
                since=row.returned_at,
                until=until,
                note="Your contact point left a comment. Change what is needed and send it again.",
            )
        elif row.call.state == Call.State.OPEN and clock.now() <= row.call.closes_at:
            yield WaitingItem(
                f"Your application to {row.call} is a draft", url, until=row.call.closes_at, note="It is not sent yet."
            )


def _contact_point(viewer: Viewer, countries: frozenset[str]) -> Iterator[WaitingItem]:
    due = (
        Application.objects.filter(state=A.SUBMITTED, applicant__country_id__in=countries)
        .exclude(applicant_id=viewer.person_id)
        .select_related("call", "applicant")
    )
    for row in due:
        if row.submitted_at is None:
            continue
        yield WaitingItem(
            f"{row.applicant.name} waits for your endorsement",
            reverse("exchanges:endorsement", args=[row.pk]),
            since=row.submitted_at,
            until=row.submitted_at + dt.timedelta(days=row.call.endorse_days),
            note=f"{row.call}, number {row}.",
        )
    offers = (
        HostOffer.objects.filter(state=HostOffer.State.SUBMITTED, centre__country_id__in=countries)
        .exclude(coordinator_id=viewer.person_id)
        .select_related("call", "centre")
        .annotate(week_count=Count("weeks"))
    )
    for offer in offers:
        yield WaitingItem(
            f"{offer.centre.name} offers host weeks",
            offer.get_absolute_url(),
            since=offer.submitted_at,
            until=offer.call.closes_at,
            note=f"{offer.call}: {offer.week_count} week{'' if offer.week_count == 1 else 's'}, "
            "visible abroad once you publish them.",
        )


def _coordinator(centres: list[int]) -> Iterator[WaitingItem]:
    returned = HostOffer.objects.filter(state=HostOffer.State.RETURNED, centre_id__in=centres).select_related(
        "call", "centre"
    )
    for offer in returned:
        yield WaitingItem(
            f"Your offer for {offer.call} came back to you",
            offer.get_absolute_url(),
            until=offer.call.closes_at,
            note="Your contact point left a comment.",
        )


def _office() -> Iterator[WaitingItem]:
    rows = (
        Call.objects.filter(state__in=[Call.State.OPEN, Call.State.SCREENING])
        .annotate(
            endorsed=Count("applications", filter=Q(applications__state=A.ENDORSED)),
            waiting=Count("applications", filter=Q(applications__state__in=[A.SUBMITTED, A.RETURNED])),
            eligible=Count("applications", filter=Q(applications__state=A.ELIGIBLE)),
        )
        .order_by("closes_at")
    )
    for call in rows:
        desk = reverse("exchanges:desk", args=[call.slug])
        if call.endorsed:
            yield WaitingItem(
                f"{call}: confirm eligibility",
                reverse("exchanges:eligible", args=[call.slug]),
                note=f"{call.endorsed} endorsed application{'' if call.endorsed == 1 else 's'}.",
            )
        elif call.state == Call.State.SCREENING and not call.waiting and call.eligible:
            yield WaitingItem(f"{call}: begin the review", desk, note="Every application is screened.")
