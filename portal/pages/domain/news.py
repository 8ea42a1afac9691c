"""Reads that the pages of news need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext

from portal.access.viewer import Viewer

if TYPE_CHECKING:
    from portal.community.models import Group
    from portal.pages.models import NewsIndexPage, NewsPage

PAGE_SIZE = 10
#: News on the home page, and more news beneath one.
FEW = 3


def news(viewer: Viewer) -> Any:
    """Return the news that the viewer may see, with rule and group, the newest first."""
    from portal.pages.models import NewsPage  # late: the models import this module

    return (
        NewsPage.objects.visible_to(viewer)
        .in_language()
        .select_related("access_rule__rule", "group")
        .order_by("-date", "-path", "pk")
    )


def entry_of(item: NewsPage, *, short: bool = False) -> dict[str, Any]:
    """Return news as a row of a list; `short` leaves out the text. No query where it came from `news`."""
    tlp = item.access_rule.rule.tlp
    return {
        "title": item.title,
        "url": item.url,
        "date": item.date,
        "date_text": item.date_text,
        "text": "" if short else item.lead,
        "kind": ", ".join(filter(None, (item.group.short_name if item.group else "", "sample" * item.is_sample))),
        # News is for everybody as a rule; the label stands where it is not.
        "tlp": tlp if tlp != "TLP:CLEAR" else "",
    }


def newest(*, viewer: Viewer, group: Group | None = None, limit: int = FEW) -> list[dict[str, Any]]:
    """Return the newest news, of a group or of all, without their texts. One query."""
    found = news(viewer) if group is None else news(viewer).filter(group=group)
    return [entry_of(item, short=True) for item in found[:limit]]


def index_context(*, index: NewsIndexPage, viewer: Viewer, query: QueryDict) -> dict[str, Any]:
    """Return a page of the news of the year in the address, or of all. Three queries; a year without news is empty."""
    found = news(viewer).child_of(index)
    years = [str(year) for year in found.order_by("-date__year").values_list("date__year", flat=True).distinct()]
    asked = query.get("year", "")
    # Databases know no year 0, and no reader asks for one before 1000.
    year = asked if asked.isascii() and asked.isdigit() and len(asked) == 4 and asked[0] != "0" else ""
    page = Paginator(found.filter(date__year=int(year)) if year else found, PAGE_SIZE).get_page(query.get("page"))
    here = index.url
    return {
        "page_obj": page,
        "entries": [entry_of(item) for item in page],
        "year": year,
        "years": [
            {"label": gettext("All"), "url": here, "current": not year},
            *({"label": one, "url": f"{here}?year={one}", "current": one == year} for one in years),
        ]
        if years
        else [],
    }


def news_context(*, news: NewsPage, viewer: Viewer) -> dict[str, Any]:
    """Return whose news it is, and the newest others. Two queries; one without a group."""
    from portal.pages.domain.groups import page_of  # late: both modules serve the models

    facts: list[dict[str, str]] = []
    if news.group is not None:
        facts.append(
            {"label": gettext("From"), "value": news.group.name, "url": page_of(group=news.group, viewer=viewer)}
        )
    return {"facts": facts, "more": others(news=news, viewer=viewer)}


def others(*, news: NewsPage, viewer: Viewer) -> list[dict[str, Any]]:
    """Return the newest news besides this one. One query."""
    return [entry for entry in newest(viewer=viewer, limit=FEW + 1) if entry["url"] != news.url][:FEW]
