"""What search engines may read: the sitemap (sitemaps.org 0.9) and what robots are asked to leave alone.

Pages of the CMS stand in the sitemap by themselves; an area hands in its other public addresses with `add_addresses`,
and the beginnings of paths that lead nowhere without signing in with `leave_alone`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import override
from wagtail.models import Page

from portal.access.pages import visible_pages
from portal.access.viewer import ANONYMOUS
from portal.web import languages

#: The protocol allows no more addresses in one file.
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Address:
    """A public address on the portal, such as "/exchanges/". `modified` is aware, or None where nobody knows.

    `alternates` are (language, address) of its translations, itself among them.
    """

    path: str
    modified: dt.datetime | None = None
    alternates: Sequence[tuple[str, str]] = ()


_sources: dict[str, Callable[[], Iterable[Address]]] = {}
_left_alone: set[str] = set()


def add_addresses(key: str, source: Callable[[], Iterable[Address]]) -> None:
    """Add a source of public addresses: only what `visible_to(ANONYMOUS)` gives."""
    _sources[key] = source


def leave_alone(*prefixes: str) -> None:
    """Ask robots to leave alone what begins so: there is nothing for them without signing in."""
    _left_alone.update(prefixes)


def robots_leave_alone() -> list[str]:
    """Return the beginnings of paths that robots are asked to leave alone."""
    return sorted(_left_alone)


def addresses(request: HttpRequest) -> list[Address]:
    """Return all public addresses: pages of the CMS in the order of their tree, then those of the areas."""
    handed_in = [version for source in _sources.values() for address in source() for version in _versions(address)]
    return [*_pages(request), *handed_in][:MOST]


def _versions(address: Address) -> list[Address]:
    """Return an address outside the CMS in each language that it exists in."""
    paths = {}
    for code, _ in settings.LANGUAGES:
        with override(code):
            path = languages.local(address.path)
        if path not in paths.values():
            paths[languages.tag(code)] = path
    alternates = list(paths.items()) if len(paths) > 1 else []
    return [replace(address, path=path, alternates=alternates) for path in paths.values()]


def _pages(request: HttpRequest) -> list[Address]:
    # `public` is about Wagtail's own restrictions, which stand beside the rule. Aliases repeat what stands elsewhere.
    pages = visible_pages(viewer=ANONYMOUS, pages=Page.objects.public().filter(alias_of=None, depth__gt=1))
    found = [(page, page.get_url(request)) for page in pages.select_related("locale").order_by("path")]
    versions: dict[object, list[tuple[str, str]]] = defaultdict(list)
    for page, path in found:
        if path:
            versions[page.translation_key].append((languages.tag(page.locale.language_code), path))
    return [
        Address(path, page.last_published_at, others if len(others := versions[page.translation_key]) > 1 else ())
        for page, path in found
        if path
    ]


# With the prefix of a language too (RFC 9309, 2.2.3: * stands for anything).
leave_alone("/*/accounts/", "/*/search/?")
leave_alone("/accounts/", "/admin/", "/display/", "/files/", "/jobs/", "/mail/", "/search/?", "/waiting/")
