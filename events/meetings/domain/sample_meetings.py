"""Loads the sample meetings: London in October 2023, and a coming one for members of the group alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from events.meetings.models import AgendaItem, Decision, MeetingIndexPage, MeetingPage
from library.models import RecordPage
from portal.access.labels import Audience
from portal.access.pages import set_page_rule
from portal.community.domain.samples import Progress, read
from portal.community.models import Group
from portal.pages.domain.sample_body import body_of
from portal.pages.domain.sample_pages import add_page, home_page

ITEM = ("day", "starts_at", "minutes", "kind", "short", "title", "presenter", "text", "outcome")


def load_meetings(progress: Progress) -> None:
    """Load the list of meetings and the meetings in it."""
    index = add_page(
        home_page(),
        MeetingIndexPage(
            title="Meetings",
            slug="meetings",
            lead="Where the groups met, what they decided, and where they meet next.",
            search_description="Reports of the meetings of Europe’s operational centres.",
        ),
    )
    group = Group.objects.get(slug="operational-centres")
    for entry in read("events.meetings", "meetings"):
        _meeting(index, group, entry)
    progress(f"  {MeetingPage.objects.count()} meetings")


def _meeting(index: MeetingIndexPage, group: Group, entry: dict[str, Any]) -> None:
    tlp, audience = entry.pop("tlp")
    agenda, decisions, materials = entry.pop("agenda"), entry.pop("decisions"), entry.pop("materials")
    meeting = MeetingPage(group=group, report=body_of(entry.pop("report")), **entry)
    meeting.agenda = [_item(order, row) for order, row in enumerate(agenda)]
    meeting.decisions = [Decision(sort_order=order, **decision) for order, decision in enumerate(decisions)]
    meeting.materials = RecordPage.objects.filter(identifier__in=materials)
    # The rule stands before the page is live, so that no moment shows it to everybody.
    meeting.live = False
    add_page(index, meeting)
    set_page_rule(page=meeting, tlp=tlp, audience=audience, keys=[str(group.pk)] if audience == Audience.GROUP else [])
    meeting.live = True
    meeting.save()


def _item(order: int, row: list[Any]) -> AgendaItem:
    fields = dict(zip(ITEM, row, strict=True))
    return AgendaItem(sort_order=order, **{**fields, "starts_at": dt.time.fromisoformat(fields["starts_at"])})
