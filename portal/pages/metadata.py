"""What news say of themselves to machines, and the feed of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from portal.access.viewer import ANONYMOUS
from portal.pages.models import NewsPage
from portal.web.feeds import NEWS, Entry, add_entries, page_entry
from portal.web.metadata import Thing, describe, organisation


def _article(page: NewsPage, context: Mapping[str, Any]) -> Thing:
    day = page.date.isoformat()
    thing: Thing = {
        "@type": "NewsArticle",
        "headline": page.title,
        "datePublished": day[:7] if page.month_only else day,
        "author": organisation(),
        "publisher": organisation(),
    }
    if page.last_published_at:
        thing["dateModified"] = page.last_published_at.isoformat()
    if page.is_sample:
        thing["creativeWorkStatus"] = "Sample content"
    return thing


def _news(limit: int) -> Iterable[Entry]:
    """Return the newest public news as entries. One query."""
    public = NewsPage.objects.visible_to(ANONYMOUS).filter(locale__language_code=settings.LANGUAGE_CODE)
    return [
        page_entry(item, key=f"news/{item.pk}", summary=item.search_description or item.lead, kind="News")
        for item in public.order_by("-first_published_at", "-pk")[:limit]
    ]


describe(NewsPage, _article)
add_entries(NEWS, "pages", _news)
