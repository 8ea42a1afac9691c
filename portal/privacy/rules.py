"""What the portal forgets by itself, and after how many days. Each area hands its rules in from its `apps.py`; the
days stand in `settings.KEEP_DAYS`, which the environment fills.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Outcome:
    """What one rule did: how many rows it forgot, and in a sentence without a name what it had to leave."""

    count: int
    problem: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule: `forget(before)` forgets what is older, and may run any number of times.

    `text` says what goes, as the end of the sentence "After 365 days, …". Its transaction is its own. `setting` is the
    variable that holds its days; empty where they are fixed. What holds times of the machine sets `machine_time`.
    """

    key: str
    label: str
    text: str
    order: int
    forget: Callable[[dt.datetime], Outcome]
    setting: str = ""
    machine_time: bool = False

    @property
    def days(self) -> int:
        """After how many days."""
        return int(settings.KEEP_DAYS[self.key])


_rules: dict[str, Rule] = {}


def add(rule: Rule) -> None:
    """Add a rule; the same key twice keeps the last. Raises `KeyError` where `settings.KEEP_DAYS` lacks its days."""
    if rule.key not in settings.KEEP_DAYS:
        raise KeyError(f"settings.KEEP_DAYS has no days for {rule.key!r}")
    _rules[rule.key] = rule


def rules() -> list[Rule]:
    """Return every rule, in the order in which they run."""
    return sorted(_rules.values(), key=lambda rule: (rule.order, rule.key))


def rule_called(key: str) -> Rule | None:
    """Return a rule by its key, also for a line of the log whose rule has gone."""
    return _rules.get(key)
