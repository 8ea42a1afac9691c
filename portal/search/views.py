"""The search page: everything in the address, nothing needed but HTML."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from portal.access.labels import TLP
from portal.search.plan import FACETS
from portal.search.site_search import MOST_PAGES, PAGE_SIZE, TITLES, Advice, Results, search
from portal.web.languages import local
from portal.web.public import public_page

_SORTS = (
    ("relevance", gettext_lazy("Best match")),
    ("newest", gettext_lazy("Newest")),
    ("title", gettext_lazy("Title")),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the page; `count` is what it finds, `current` whether it is where the reader is."""

    label: str
    url: str
    count: int = 0
    current: bool = False


@require_safe
@public_page
def results(request: HttpRequest) -> HttpResponse:
    """Show what the viewer finds for the question and the filters in the address."""
    asked = request.GET
    found = search(
        query=asked.get("q", ""),
        filters={name: asked.getlist(name) for name in FACETS if name in asked},
        viewer=request.viewer,  # type: ignore[attr-defined]
        page=_number(asked.get("page", "")),
        sort=asked.get("sort", ""),
    )
    return render(request, "search/results.html", _context(request, found))


def _number(text: str) -> int:
    # int() of a long run of digits raises; no reader is on page 1000.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 1


def _context(request: HttpRequest, found: Results) -> dict[str, Any]:
    address = _Address(found)
    shown = min(found.total, MOST_PAGES * PAGE_SIZE)
    chips = address.chips()
    return {
        "found": found,
        "page_obj": Paginator(range(shown), PAGE_SIZE).page(found.page),
        "asked": bool(found.query.text or found.filters),
        "sorts": [Link(str(label), address.url(sort=name), current=name == found.sort) for name, label in _SORTS],
        "facets": found.facets,
        # Filters typed into the question are boxes of the form now, so that they can be unticked.
        "hidden": [(name, value) for name, value in (("q", address.words), ("sort", address.sort)) if value],
        "chips": chips,
        "clear_url": address.url(filters={}, typed=False) if len(chips) > 1 else "",
        "unfiltered_url": address.url(filters={}, typed=False),
        "mean": address.advised(found.mean) if found.mean else None,
        "fewer": [(one.dropped, address.advised(one)) for one in found.fewer],
        "zone": _zone(request, found),
        "crumbs": [(gettext("Home"), local("/"))],
    }


def _zone(request: HttpRequest, found: Results) -> dict[str, str] | None:
    if not request.viewer.is_member:  # type: ignore[attr-defined]
        return None
    labels = {hit.tlp for hit in found.hits}
    strictest = next((label for label in TLP.values if label in labels), TLP.GREEN.value)
    return {
        "tlp": strictest,
        "title": gettext("Your results."),
        "text": gettext("Only what your groups and your country let you see."),
    }


class _Address:
    """Makes the addresses of the page's links from what was asked."""

    def __init__(self, found: Results) -> None:
        self._found = found
        self.sort = found.sort if found.sort != "relevance" else ""
        self.words = " ".join(clause.text for clause in found.query.clauses)
        self._labels = {
            (facet.name, option.value.casefold()): option.label for facet in found.facets for option in facet.options
        }

    def url(
        self,
        *,
        words: str | None = None,
        filters: dict[str, tuple[str, ...]] | None = None,
        typed: dict[str, tuple[str, ...]] | bool = True,
        sort: str | None = None,
    ) -> str:
        """Return the address with these parts changed; filters typed into the question stay in it unless told."""
        kept = self._found.query.filters if typed is True else typed or {}
        pairs = [f'{name}:"{value}"' for name, values in kept.items() for value in values]
        query = QueryDict(mutable=True)
        if question := " ".join(filter(None, (self.words if words is None else words, *pairs))):
            query["q"] = question
        for name, values in (self._found.filters if filters is None else filters).items():
            query.setlist(name, list(values))
        if (chosen := sort or self._found.sort) != "relevance":
            query["sort"] = chosen
        path = reverse("search:results")
        return f"{path}?{query.urlencode()}" if query else path

    def advised(self, advice: Advice) -> Link:
        """Return the link to a question that would find something."""
        if advice.unfiltered:
            return Link(advice.text, self.url(words=advice.text, filters={}, typed=False), advice.count)
        return Link(advice.text, self.url(words=advice.text), advice.count)

    def chips(self) -> list[Link]:
        """Return the filters in use, each with the address without it."""
        chips = []
        for typed, filters in ((False, self._found.filters), (True, self._found.query.filters)):
            for name, values in filters.items():
                for value in values:
                    rest = {**filters, name: tuple(other for other in values if other != value)}
                    kept = {facet: left for facet, left in rest.items() if left}
                    url = self.url(typed=kept) if typed else self.url(filters=kept)
                    title = "TLP" if name == "tlp" else str(TITLES.get(name, name.capitalize()))
                    chips.append(Link(f"{title}: {self._labels.get((name, value.casefold()), value)}", url))
        return chips
