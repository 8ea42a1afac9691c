"""Atom feeds (RFC 4287): what is new, for readers who do not want to come and look.

An area hands in what it has published with `add_entries`. A source names only what `visible_to(ANONYMOUS)` gives it:
a feed has no reader to ask about, and every entry says TLP:CLEAR, because nothing else may be public.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator
from wagtail.models import Page

from portal.access.labels import TLP

#: Entries of a feed, the newest; readers that come once a week miss none.
MOST = 30
#: What an empty feed says of its last change; it must say something, and always the same.
NEVER = dt.datetime(2023, 10, 1, tzinfo=dt.UTC)
AUTHOR = "NOC Community"
#: What XML 1.0 cannot say; a vertical tab, for one, comes along when text is pasted from a word processor.
_UNSAYABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed of the portal: `slug` names its address."""

    slug: str
    title: str
    subtitle: str

    @property
    def url(self) -> str:
        """The feed's address on the portal."""
        return f"/feeds/{self.slug}.atom"


NEWS = Feed("news", "News of the NOC Community", "What happens in the community of Europe’s police control rooms.")
RESULTS = Feed(
    "results",
    "Results of the NOC Community",
    "Documents, films, procedures, lessons and meeting reports that anyone may read.",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was published. `key` never changes, whatever happens to title and address: "record/12".

    `published` and `updated` are aware; `language` is an ISO 639-1 code.
    """

    key: str
    title: str
    url: str
    published: dt.datetime
    updated: dt.datetime
    summary: str = ""
    author: str = ""
    kind: str = ""
    language: str = "en"
    is_sample: bool = False


_sources: dict[str, dict[str, Callable[[int], Iterable[Entry]]]] = {NEWS.slug: {}, RESULTS.slug: {}}


def add_entries(feed: Feed, key: str, source: Callable[[int], Iterable[Entry]]) -> None:
    """Add a source of a feed: `source(limit)` returns its newest entries, those that a visitor may see."""
    _sources[feed.slug][key] = source


def feeds() -> list[Feed]:
    """Return the feeds that something can stand in."""
    return [feed for feed in (NEWS, RESULTS) if _sources[feed.slug]]


def page_entry(page: Page, *, key: str, summary: str, kind: str, **more: Any) -> Entry:
    """Return the entry of a page of the CMS; the other fields of `Entry` may be given too."""
    published = page.first_published_at or page.latest_revision_created_at or NEVER
    fields = {
        "published": published,
        "updated": max(published, page.last_published_at or published),
        "is_sample": getattr(page, "is_sample", False),
        **more,
    }
    return Entry(key=key, title=page.title, url=page.url, summary=summary, kind=kind, **fields)


def entries_of(feed: Feed) -> list[Entry]:
    """Return the newest entries of a feed over all its sources."""
    found = [entry for source in _sources[feed.slug].values() for entry in source(MOST)]
    return sorted(found, key=lambda entry: (entry.published, entry.key), reverse=True)[:MOST]


def atom(feed: Feed) -> bytes:
    """Return the feed as an Atom document."""
    site = settings.SITE_URL.rstrip("/")
    host = urlsplit(site).hostname or "localhost"
    entries = entries_of(feed)
    document = _Atom(
        title=feed.title,
        subtitle=feed.subtitle,
        description=feed.subtitle,
        link=f"{site}/",
        feed_url=f"{site}{feed.url}",
        feed_guid=f"tag:{host},2023-10-01:feed/{feed.slug}",
        author_name=AUTHOR,
        author_link=f"{site}/",
        language="en",
        feed_copyright=TLP.CLEAR.value,
    )
    for entry in entries:
        document.add_item(
            title=_said(entry.title),
            link=entry.url if "://" in entry.url else f"{site}{entry.url}",
            description=_said(f"Sample content. {entry.summary}" if entry.is_sample else entry.summary),
            author_name=_said(entry.author) or AUTHOR,
            pubdate=entry.published,
            updateddate=entry.updated,
            # RFC 4151: a name that stays, also when the page moves or is renamed.
            unique_id=f"tag:{host},2023-10-01:{entry.key}",
            categories=[word for word in (entry.kind, TLP.CLEAR.value) if word],
            item_copyright=TLP.CLEAR.value,
            language=entry.language,
        )
    return document.writeString("utf-8").encode()


def _said(text: str) -> str:
    """Return text with a space for each character that an XML document may not hold."""
    return _UNSAYABLE.sub(" ", text)


class _Atom(Atom1Feed):
    """Django's Atom with plain text summaries, the language of each entry, and an end of time for an empty feed."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Say the language of an entry where it is not the feed's."""
        return {} if item["language"] == self.feed["language"] else {"xml:lang": item["language"]}

    def latest_post_date(self) -> dt.datetime:
        """Return when the feed changed last."""
        return max((item["updateddate"] for item in self.items), default=NEVER)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write the summary as text: Django says it is HTML, and then "A < B" would be a tag."""
        summary, item["description"] = item["description"], None
        super().add_item_elements(handler, item)
        handler.addQuickElement("summary", summary, {"type": "text"})
