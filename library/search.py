"""What the site search knows of records."""

from __future__ import annotations

import dataclasses

from django.utils.translation import gettext_noop

from library.models import DocumentPage, Kind, LessonPage, RecordPage, SOPPage, VideoPage
from portal.pages.search import parts_of, stream_text
from portal.search import registry
from portal.search.pages import page_type
from portal.search.registry import Document, Part


def _described(record: RecordPage, base: Document, *, parts: tuple[Part, ...]) -> Document:
    """Return the document of any record: its own parts, and what all records have."""
    return dataclasses.replace(
        base,
        kind=record.kind,
        summary=record.search_description or record.abstract,
        parts=(*parts_of(record.abstract), *parts, *parts_of(f"{record.identifier} {record.creators}")),
        topics=tuple(record.topics.values_list("name", flat=True)),
        scenarios=tuple(record.scenarios.values_list("name", flat=True)),
        group=record.group.short_name if record.group else "",
        language=record.language,
        date=record.dated_on,
        date_text=record.date_text,
    )


def _document(page: DocumentPage, base: Document) -> Document:
    return _described(page, base, parts=parts_of(stream_text(page.body)))


def _video(page: VideoPage, base: Document) -> Document:
    said = tuple(Part(cue.text, cue.at, f"#t{cue.seconds}") for cue in page.cues)
    return _described(page, base, parts=(*parts_of(stream_text(page.body)), *said))


def _sop(page: SOPPage, base: Document) -> Document:
    steps = sorted(page.steps.all(), key=lambda step: (step.minute, step.sort_order or 0))
    said = tuple(
        Part(f"{step.action}. {step.text}", f"Step {number}", f"#step-{number}")
        for number, step in enumerate(steps, start=1)
    )
    factors = tuple(Part(f"{it.title}. {it.text}", "Critical factor", "#h-f") for it in page.factors.all())
    return _described(page, base, parts=(*said, *factors))


def _lesson(page: LessonPage, base: Document) -> Document:
    made = _described(page, base, parts=parts_of(page.seen, page.differently, page.takeaway))
    return dataclasses.replace(made, country=page.centre.country_id if page.centre else "")


#: A document page has one of several kinds; films, procedures and lessons have their own page type.
DOCUMENT_KINDS = {str(kind.value): str(kind.label) for kind in Kind if kind not in (Kind.SOP, Kind.VIDEO, Kind.LESSON)}

registry.register(page_type(model=SOPPage, key="sop", label=str(Kind.SOP.label), document=_sop))
registry.register(
    page_type(
        model=DocumentPage,
        key="document",
        label=gettext_noop("Document"),
        document=_document,
        kinds=DOCUMENT_KINDS,
    )
)
registry.register(page_type(model=VideoPage, key="video", label=str(Kind.VIDEO.label), document=_video))
registry.register(page_type(model=LessonPage, key="lesson", label=str(Kind.LESSON.label), document=_lesson))
