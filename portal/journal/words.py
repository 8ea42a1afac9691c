"""A thing's history as sentences: what the office, an auditor and the person concerned read."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models

from portal.journal.door import PORTAL, VISITOR, history
from portal.journal.machine import machines
from portal.journal.models import Entry

#: Where the name has been erased.
ERASED = "Somebody whose name has been erased"


@dataclass(frozen=True)
class Line:
    """One row in words: when (aware, UTC), who, what ("endorse"), from which state to which, and why."""

    at: dt.datetime
    who: str
    verb: str
    change: str
    reason: str

    def __str__(self) -> str:
        parts = [f"{self.who}: {self.verb}", *([self.change] if self.change else [])]
        return ", ".join(parts) + (f". Reason: {self.reason}" if self.reason else "")


def line_of(entry: Entry) -> Line:
    """Return one row in words; its `detail` should have been selected with it."""
    detail = getattr(entry, "detail", None)
    who = {PORTAL: "The portal", VISITOR: "A visitor"}.get(entry.actor) or (detail.actor_name if detail else "")
    return Line(
        at=entry.at,
        who=who or ERASED,
        verb=entry.verb.replace("_", " ").replace(".", " "),
        change=_change(entry),
        reason=detail.reason if detail else "",
    )


def history_in_words(thing: models.Model) -> list[Line]:
    """Return a thing's history, oldest first, in one query."""
    return [line_of(entry) for entry in history(thing)]


def _change(entry: Entry) -> str:
    if not entry.to_state:
        return ""
    machine = machines.get(entry.thing_type)

    def label(state: str) -> str:
        # A state that has left the table since is told by its own name.
        return machine.label(state) if machine and state in machine.states.values else state

    return f"from “{label(entry.from_state)}” to “{label(entry.to_state)}”"
