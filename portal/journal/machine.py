"""Transition tables. An area declares one for each model in its `domain/states.py`; `journal.perform` obeys it and
`manage.py state_diagrams` draws it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models

from portal.access.viewer import Viewer

Who = Callable[[Any, Viewer], bool]
Condition = Callable[[Any], "str | None"]


@dataclass(frozen=True)
class Transition:
    """From which states, by which verb, to which state, who may, and on what conditions.

    `who` gets the thing and the viewer; `conditions` get the thing and return a sentence when they are not met.
    `who_words` says in a few words who that is, for the diagram and the refusal.
    """

    verb: str
    source: tuple[str, ...]
    target: str
    who: Who
    who_words: str
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Machine:
    """The transition table of one model. `model` is "app.Model"; `states` its TextChoices; `start` the first state."""

    model: str
    states: type[models.TextChoices]
    start: str
    transitions: tuple[Transition, ...]

    def find(self, verb: str, state: str) -> Transition | None:
        """Return the transition that `verb` means in `state`, or None."""
        return next((t for t in self.transitions if t.verb == verb and state in t.source), None)

    def knows(self, verb: str) -> bool:
        """Return whether any transition has this verb."""
        return any(t.verb == verb for t in self.transitions)

    def label(self, state: str) -> str:
        """Return a state's name in words."""
        return str(self.states(state).label)


machines: dict[str, Machine] = {}


def register(machine: Machine) -> Machine:
    """Make a transition table known.

    Raises `ValueError` on a state that the model does not have, and where a verb means two things in one state.
    """
    if machine.start not in machine.states.values:
        raise ValueError(f"{machine.model} starts in the unknown state {machine.start!r}")
    meant: set[tuple[str, str]] = set()
    for transition in machine.transitions:
        for state in (*transition.source, transition.target):
            if state not in machine.states.values:
                raise ValueError(f"{machine.model}: {transition.verb} names the unknown state {state!r}")
        for source in transition.source:
            if (transition.verb, source) in meant:
                raise ValueError(f"{machine.model}: {transition.verb} means two things in {source!r}")
            meant.add((transition.verb, source))
    machines[machine.model.lower()] = machine
    return machine


def machine_of(thing: models.Model) -> Machine:
    """Return the transition table of a thing's model. Raises `KeyError` if it has none."""
    return machines[thing._meta.label_lower]


def by_system(thing: Any, viewer: Viewer) -> bool:
    """`who` of what the clock or a job does."""
    return viewer.system


def may(thing: Any, verb: str, viewer: Viewer) -> bool:
    """Return whether `viewer` could do `verb` to `thing` in its present state (conditions aside): for buttons."""
    transition = machine_of(thing).find(verb, thing.state)
    return transition is not None and (viewer.system or transition.who(thing, viewer))
