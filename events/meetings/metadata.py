"""What pages of meetings say of themselves to machines, and which of them stand in the feed of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from events.meetings.models import MeetingForm, MeetingPage, MeetingState
from portal.access.viewer import ANONYMOUS
from portal.web.feeds import RESULTS, Entry, add_entries, page_entry
from portal.web.metadata import Thing, absolute, describe, organisation

_SCHEMA = "https://schema.org/"
_MODES = {
    MeetingForm.IN_PERSON: "OfflineEventAttendanceMode",
    MeetingForm.ONLINE: "OnlineEventAttendanceMode",
    MeetingForm.HYBRID: "MixedEventAttendanceMode",
}


def _event(page: MeetingPage, context: Mapping[str, Any]) -> Thing | None:
    # A made-up meeting must not turn up in anybody's list of events.
    if page.is_sample:
        return None
    here = {"@type": "Place", "name": page.venue, "address": page.venue}
    there = {"@type": "VirtualLocation", "url": absolute(page.get_url(context["request"]) or "")}
    places = {MeetingForm.IN_PERSON: here, MeetingForm.ONLINE: there, MeetingForm.HYBRID: [here, there]}
    cancelled = page.status == MeetingState.CANCELLED
    return {
        "@type": "Event",
        "startDate": page.starts_on.isoformat(),
        "endDate": page.ends_on.isoformat(),
        "eventStatus": f"{_SCHEMA}{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"{_SCHEMA}{_MODES[MeetingForm(page.form)]}",
        "location": places[MeetingForm(page.form)],
        "organizer": organisation(),
    }


def _reports(limit: int) -> Iterable[Entry]:
    """Return the newest public meeting reports as entries; a report is as old as the page's last change. One query."""
    reported = MeetingPage.objects.visible_to(ANONYMOUS).filter(
        status=MeetingState.REPORTED, locale__language_code=settings.LANGUAGE_CODE
    )
    return [
        page_entry(
            meeting,
            key=f"meeting-report/{meeting.pk}",
            summary=meeting.search_description or meeting.lead,
            kind="Meeting report",
            **({"published": meeting.last_published_at} if meeting.last_published_at else {}),
        )
        for meeting in reported.order_by("-last_published_at", "-pk")[:limit]
    ]


describe(MeetingPage, _event)
add_entries(RESULTS, "meetings", _reports)
