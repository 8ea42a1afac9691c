"""Which mails belong together: the groups for which a person chooses, and the kinds of mail in each.

A kind is the name of a mail's template. Areas hand their groups and kinds in from their `apps.py`. A kind that nobody
handed in goes at once, so that nothing is lost; a test finds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.access.viewer import Viewer
from portal.outbox.models import Choice


@dataclass(frozen=True)
class MailGroup:
    """Mails of one sort. `label` and `text` say in plain words which they are.

    With `always`, they go at once and nobody can choose; `text` says why. With `url_name`, they are chosen on another
    page, and here they go at once. With `roles`, the choice is offered to those alone who hold one of them.
    """

    key: str
    label: str
    text: str
    order: int
    always: bool = False
    url_name: str = ""
    default: str = Choice.NOW
    roles: frozenset[str] = frozenset()

    @property
    def chosen_here(self) -> bool:
        """Whether the account page asks for a choice."""
        return not self.always and not self.url_name


#: What concerns the account itself; every app may put kinds here.
SECURITY = MailGroup(
    "security",
    "Your account and its security",
    "New devices and passwords, wrong codes, links that you asked for. They always come at once: you have to hear of "
    "it if it was not you.",
    0,
    always=True,
)

_groups: dict[str, MailGroup] = {SECURITY.key: SECURITY}
_kinds: dict[str, str] = {}
_urgent: set[str] = set()


def add_group(group: MailGroup) -> None:
    """Add a group; the same key twice keeps the last."""
    _groups[group.key] = group


def add_kinds(group: str, kinds: Iterable[str], *, urgent: Iterable[str] = ()) -> None:
    """Put kinds into a group. Those of them that are `urgent` are never kept for the daily mail.

    Raises `KeyError` for a group that nobody added, `ValueError` for a kind that is in another group.
    """
    if group not in _groups:
        raise KeyError(f"there is no group of mails called {group!r}")
    hasty = frozenset(urgent)
    for kind in {*kinds, *hasty}:
        if _kinds.setdefault(kind, group) != group:
            raise ValueError(f"{kind!r} belongs to {_kinds[kind]!r} already")
    _urgent.update(hasty)


def groups() -> list[MailGroup]:
    """Return the groups that hold a kind, in their order."""
    used = set(_kinds.values())
    return sorted((group for group in _groups.values() if group.key in used), key=lambda group: group.order)


def groups_for(viewer: Viewer) -> list[MailGroup]:
    """Return the groups that `viewer` can get mails of, in their order."""
    return [group for group in groups() if not group.roles or any(viewer.holds(role) for role in group.roles)]


def group_of(kind: str) -> MailGroup | None:
    """Return the group of a kind; None for a kind that nobody handed in."""
    key = _kinds.get(kind)
    return _groups[key] if key else None


def is_urgent(kind: str) -> bool:
    """Return whether mails of this kind are never kept for the daily mail."""
    return kind in _urgent
