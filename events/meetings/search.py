"""What the site search knows of meetings."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext_noop

from events.meetings.domain.queries import day_range
from events.meetings.models import MeetingPage
from portal.pages.search import parts_of, stream_text
from portal.search import registry
from portal.search.pages import page_type
from portal.search.registry import Document, Part


def _meeting(page: MeetingPage, base: Document) -> Document:
    items = [
        Part(f"{it.title}. {it.presenter} {it.text} {it.outcome}", f"Item {n}")
        for n, it in enumerate(page.agenda.all(), 1)
    ]
    decisions = [Part(it.title, it.get_kind_display()) for it in page.decisions.all()]
    return dataclasses.replace(
        base,
        summary=page.search_description or page.lead,
        parts=(*parts_of(page.lead, stream_text(page.report)), *items, *decisions),
        group=page.group.short_name,
        date=page.starts_on,
        date_text=day_range(page.starts_on, page.ends_on),
    )


registry.register(page_type(model=MeetingPage, key="meeting", label=gettext_noop("Meeting"), document=_meeting))
