"""Where areas hand in what the shared pages show. `portal` never imports an area; each area registers itself
from its `apps.py`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from portal.access.viewer import Viewer


@dataclass(frozen=True)
class NavEntry:
    """One entry of the main navigation. `section` is the first segment of the paths beneath it."""

    label: str
    url: str
    order: int
    section: str


class Navigation:
    """The main navigation, in its order; adding the same section twice keeps the last."""

    def __init__(self) -> None:
        self._entries: dict[str, NavEntry] = {}

    def add(self, entry: NavEntry) -> None:
        """Add an entry."""
        self._entries[entry.section] = entry

    def __iter__(self) -> Iterator[NavEntry]:
        return iter(sorted(self._entries.values(), key=lambda entry: entry.order))


navigation = Navigation()


@dataclass(frozen=True)
class WaitingItem:
    """Something that waits for one person: what, where to do it, since when, until when."""

    title: str
    url: str
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    note: str = ""


waiting: list[Callable[[Viewer], Iterable[WaitingItem]]] = []


def waiting_for(viewer: Viewer) -> list[WaitingItem]:
    """Return all that waits for `viewer`, the nearest deadline first; empty without a second factor."""
    if not viewer.is_member:
        return []
    items = [item for source in waiting for item in source(viewer)]
    far = dt.datetime.max.replace(tzinfo=dt.UTC)
    return sorted(items, key=lambda item: (item.until or far, item.since or far))


@dataclass(frozen=True)
class Panel:
    """A part of a shared page. `slot` names the place ("home", "group", "waiting"); `load` returns the template's
    context, or None when there is nothing to show.
    """

    slot: str
    key: str
    order: int
    template: str
    load: Callable[..., dict[str, Any] | None]


_panels: dict[tuple[str, str], Panel] = {}


def add_panel(panel: Panel) -> None:
    """Add a panel; the same slot and key twice keeps the last."""
    _panels[(panel.slot, panel.key)] = panel


def panels_for(slot: str, viewer: Viewer, **context: Any) -> list[tuple[Panel, dict[str, Any]]]:
    """Return the panels of `slot` that have something to show `viewer`, in their order, each with its context."""
    ordered = sorted((p for p in _panels.values() if p.slot == slot), key=lambda panel: panel.order)
    loaded = ((panel, panel.load(viewer=viewer, **context)) for panel in ordered)
    return [(panel, data) for panel, data in loaded if data is not None]


def _nothing(viewer: Viewer) -> str:
    return ""


def _everybody(viewer: Viewer) -> bool:
    return True


@dataclass(frozen=True)
class AccountSection:
    """A page of the account area, which its tabs and its overview lead to.

    `url_name` is an address without arguments beneath /account/. `note(viewer)` says in a few words how things stand
    ("2 devices, 8 backup codes left"); the overview prints it. `shown` is false for those whom the page is not for.
    """

    key: str
    label: str
    url_name: str
    order: int
    note: Callable[[Viewer], str] = _nothing
    shown: Callable[[Viewer], bool] = _everybody


class AccountSections:
    """The pages of the account area, in their order; adding the same key twice keeps the last."""

    def __init__(self) -> None:
        self._sections: dict[str, AccountSection] = {}

    def add(self, section: AccountSection) -> None:
        """Add a section."""
        self._sections[section.key] = section

    def __iter__(self) -> Iterator[AccountSection]:
        return iter(sorted(self._sections.values(), key=lambda section: section.order))

    def for_viewer(self, viewer: Viewer) -> list[AccountSection]:
        """Return the sections that are for `viewer`, in their order."""
        return [section for section in self if section.shown(viewer)]


account_sections = AccountSections()


@dataclass(frozen=True)
class LeakProbe:
    """How the leak matrix makes and asks for one protected kind: `make()` returns (thing, url, words that must not
    leak, an allowed viewer's user).
    """

    key: str
    make: Callable[[], Any]
    channels: tuple[str, ...] = field(default=("page",))


leak_probes: dict[str, LeakProbe] = {}
