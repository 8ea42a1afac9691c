"""What the home page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils.translation import gettext

from portal.access.viewer import Viewer
from portal.community.domain.places import countries_and_centres
from portal.community.models import Group
from portal.pages.domain.news import newest
from portal.pages.registries import coming
from portal.web.charts import centre_map
from portal.web.once import one_page
from portal.web.registries import panels_for
from portal.web.words import numbered

if TYPE_CHECKING:
    from portal.pages.models import HomePage

SLOTS = ("home_hero", "home", "home_results", "home_side", "home_map")


def home_context(*, page: HomePage, viewer: Viewer) -> dict[str, Any]:
    """Return panels by slot, what comes next, the newest news, and the figures; what several of them read, once."""
    with one_page():
        dates = coming(viewer)
        return {
            "panels": {slot: panels_for(slot, viewer) for slot in SLOTS},
            "dates": dates,
            "dates_are_sample": any(item.is_sample for item in dates),
            "news": newest(viewer=viewer),
            "figures": figures(page=page, viewer=viewer),
            "centres": centres(),
        }


def centres() -> dict[str, Any] | None:
    """Return the map of the countries that take part and of their centres; None while there is none. One query."""
    found, sample = countries_and_centres()
    if not found:
        return None
    caption = gettext("%(countries)s, %(centres)s. Choose a country to read where its centres are.") % {
        "countries": numbered(len(found), "%(n)s country", "%(n)s countries"),
        "centres": numbered(sum(map(len, found.values())), "%(n)s centre", "%(n)s centres"),
    }
    return {"chart": centre_map(list(found.items())), "caption": caption, "sample": sample}


def figures(*, page: HomePage, viewer: Viewer) -> list[dict[str, Any]]:
    """Return the figures of the community: those a report states, then those counted here. One query of its own."""
    quoted = [{"value": block.value["value"], "label": block.value["label"]} for block in page.quoted_figures]
    counts = Group.objects.aggregate(
        groups=Count("pk", filter=Q(kind=Group.Kind.TIG), distinct=True),
        objectives=Count("objectives", filter=Q(slug="operational-centres"), distinct=True),
    )
    counted = [
        {"value": counts["objectives"], "label": gettext("objectives of the Operational Centres group")},
        {"value": counts["groups"], "label": gettext("Technology Interest Groups, this one among them")},
    ]
    handed_in = [data["figure"] for _, data in panels_for("home_figures", viewer)]
    return [*quoted, *(figure for figure in counted if figure["value"]), *handed_in]
