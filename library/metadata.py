"""What the library's pages say of themselves to machines, and what of it stands in the feed of results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from library.models import DatePrecision, DocumentPage, LessonPage, RecordPage, SOPPage, VideoPage
from portal.access.viewer import ANONYMOUS
from portal.web.feeds import RESULTS, Entry, add_entries, page_entry
from portal.web.metadata import SHARE_IMAGE, Thing, absolute, describe, organisation
from portal.web.templatetags.noc import asset

#: How much of an ISO 8601 date is known.
_KNOWN = {DatePrecision.YEAR: 4, DatePrecision.MONTH: 7, DatePrecision.DAY: 10}


def _date(record: RecordPage) -> str:
    return record.dated_on.isoformat()[: _KNOWN[DatePrecision(record.date_precision)]]


def _record(record: RecordPage, kind: str, author: Thing | None = None) -> Thing:
    """Return what all records say; made-up ones say that they are."""
    thing: Thing = {
        "@type": kind,
        "headline": record.title,
        "identifier": record.identifier,
        "datePublished": _date(record),
        "inLanguage": record.language,
        "publisher": organisation(),
    }
    if record.last_published_at:
        thing["dateModified"] = record.last_published_at.isoformat()
    if author:
        thing["author"] = author
    if record.is_sample:
        thing["creativeWorkStatus"] = "Sample content"
    return thing


def _document(page: DocumentPage, context: Mapping[str, Any]) -> Thing:
    author = {"@type": "Organization", "name": page.creators} if page.creators else None
    return _record(page, "Report", author)


def _lesson(page: LessonPage, context: Mapping[str, Any]) -> Thing:
    # The name is for members; everybody else reads function and country.
    return _record(page, "Article", {"@type": "Person", "name": page.author_credit} if page.author_credit else None)


def _film(page: VideoPage, context: Mapping[str, Any]) -> Thing:
    thing = _record(page, "VideoObject") | {
        "uploadDate": page.dated_on.isoformat(),
        "thumbnailUrl": absolute(asset(SHARE_IMAGE)),
    }
    if page.duration_seconds:
        minutes, seconds = divmod(page.duration_seconds, 60)
        thing["duration"] = f"PT{minutes}M{seconds}S"
    return thing


def _procedure(page: SOPPage, context: Mapping[str, Any]) -> Thing:
    address = absolute(page.get_url(context["request"]) or "")
    steps = [
        {
            "@type": "HowToStep",
            "position": number,
            "name": step.action,
            "text": step.text or step.action,
            "url": f"{address}#step-{number}",
        }
        for number, step in enumerate(context["face"].steps, start=1)
    ]
    return _record(page, "HowTo") | {"version": page.version, "step": steps}


def _results(limit: int) -> Iterable[Entry]:
    """Return the newest public records as entries. One query."""
    public = RecordPage.objects.visible_to(ANONYMOUS).filter(locale__language_code=settings.LANGUAGE_CODE)
    return [
        page_entry(
            record,
            key=f"record/{record.pk}",
            summary=record.search_description or record.abstract,
            kind=record.kind_text,
            author=record.creators,
            language=record.language,
        )
        for record in public.order_by("-first_published_at", "-pk")[:limit]
    ]


describe(DocumentPage, _document)
describe(LessonPage, _lesson)
describe(VideoPage, _film)
describe(SOPPage, _procedure)
add_entries(RESULTS, "library", _results)
