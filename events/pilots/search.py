"""What the site search knows of pilots."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext_noop

from events.pilots.domain.queries import period
from events.pilots.models import PilotPage
from portal.pages.search import parts_of, stream_text
from portal.search import registry
from portal.search.pages import page_type
from portal.search.registry import Document, Part


def _pilot(page: PilotPage, base: Document) -> Document:
    needs = [Part(need.text, need.code) for need in page.needs.all()]
    return dataclasses.replace(
        base,
        summary=page.search_description or page.question,
        parts=(*parts_of(page.question, page.solution, page.finding, stream_text(page.result)), *needs),
        scenarios=tuple(page.scenarios.values_list("name", flat=True)),
        group=page.group.short_name,
        date=page.starts_on,
        date_text=period(page),
    )


registry.register(page_type(model=PilotPage, key="pilot", label=gettext_noop("Pilot"), document=_pilot))
