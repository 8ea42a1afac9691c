"""What the library shows on the home page and on pages of groups."""

from __future__ import annotations

from typing import Any

from library.domain import queries
from library.domain.procedures import home_clock
from portal.access.viewer import Viewer
from portal.community.models import Group
from portal.pages.registries import add_answers
from portal.web.registries import Panel, add_panel


def _results(viewer: Viewer) -> dict[str, Any] | None:
    entries = queries.newest(viewer=viewer)
    return {"entries": entries, "url": "/library/"} if entries else None


def _films(viewer: Viewer) -> dict[str, Any] | None:
    films = queries.films(viewer=viewer)
    return {"films": films} if films else None


def _group_results(viewer: Viewer, group: Group) -> dict[str, Any] | None:
    entries = queries.group_results(group=group, viewer=viewer)
    return {"entries": entries, "url": "/library/"} if entries else None


add_panel(Panel("home_hero", "library-clock", 10, "", lambda viewer: home_clock(viewer=viewer)))
add_panel(Panel("home_results", "library-newest", 10, "library/panels/results.html", _results))
add_panel(Panel("home_side", "library-films", 10, "library/panels/films.html", _films))
add_panel(Panel("group", "library-results", 10, "library/panels/group_results.html", _group_results))
add_answers("library", queries.answers)
