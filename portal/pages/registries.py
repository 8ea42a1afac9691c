"""What the areas hand in for pages of the portal: coming dates for the home page, results for objectives.

Panels of the home and group pages come through `portal.web.registries.add_panel`:

| slot | where it stands |
|---|---|
| `home_hero` | data only: face, title, url, is_sample; the home page draws the clock and its steps |
| `home` | over the full width, beneath the steps (the open call) |
| `home_results` | the newest results |
| `home_side` | under what comes next, in its column (the films) |
| `home_map` | beside what comes next (who has been where) |
| `home_figures` | data only: {"figure": {"value", "label"}} |
| `group` | beneath a group's work, called with `group=` |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.access.viewer import Viewer


@dataclass(frozen=True)
class Upcoming:
    """Something that comes: a meeting, a deadline. `date` is None while it is open."""

    title: str
    url: str
    date: dt.date | None
    text: str = ""
    is_sample: bool = False
    date_text: str = ""


_upcoming: dict[str, Callable[[Viewer], Iterable[Upcoming]]] = {}


def add_upcoming(key: str, source: Callable[[Viewer], Iterable[Upcoming]]) -> None:
    """Add a source of what comes next, each item already held against `visible_to(viewer)`."""
    _upcoming[key] = source


def coming(viewer: Viewer, *, limit: int = 5) -> list[Upcoming]:
    """Return what comes next for `viewer`, the nearest first, open dates last."""
    found = [item for source in _upcoming.values() for item in source(viewer)]
    return sorted(found, key=lambda item: (item.date is None, item.date or dt.date.max, item.title))[:limit]


@dataclass(frozen=True)
class Answer:
    """A thing that answers to an objective. `kind` is "document", "film", "pilot", "lesson" or "meeting"."""

    kind: str
    title: str
    url: str
    tlp: str
    note: str = ""


_answers: dict[str, Callable[[Viewer, Sequence[int]], Mapping[int, Sequence[Answer]]]] = {}


def add_answers(key: str, source: Callable[[Viewer, Sequence[int]], Mapping[int, Sequence[Answer]]]) -> None:
    """Add a source that names, for objectives by primary key, what the viewer may see of their results."""
    _answers[key] = source


def answers_for(viewer: Viewer, objective_ids: Sequence[int]) -> dict[int, list[Answer]]:
    """Return for each objective all that answers to it, in the order of the sources."""
    found: dict[int, list[Answer]] = {objective_id: [] for objective_id in objective_ids}
    for source in _answers.values():
        for objective_id, answers in source(viewer, objective_ids).items():
            found[objective_id].extend(answers)
    return found


_page_kinds: dict[str, list[str]] = {}


def add_page_kind(kind: str, *models: str) -> None:
    """Let editors choose pages of these types ("app.Model") where a block asks for a "film" or a "document"."""
    known = _page_kinds.setdefault(kind, [])
    known.extend(model for model in models if model not in known)


def page_types(kind: str) -> list[str]:
    """Return the page types of a kind, as "app.Model"."""
    return list(_page_kinds.get(kind, []))
