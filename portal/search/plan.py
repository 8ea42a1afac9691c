"""What an engine is asked and what it answers. Every engine (Whoosh, the database) takes the same plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

#: The facets, in the order of the page.
FACETS = ("kind", "scenario", "topic", "group", "country", "year", "tlp", "language")
SORTS = ("relevance", "newest", "title")


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing asked for: a word, a phrase of several, or the beginning of a word (`prefix`); `negative` excludes."""

    words: tuple[str, ...]
    prefix: bool = False
    negative: bool = False

    @property
    def text(self) -> str:
        """The clause as one would type it."""
        body = " ".join(self.words) + ("*" if self.prefix else "")
        return ("-" if self.negative else "") + (f'"{body}"' if len(self.words) > 1 else body)


@dataclass(frozen=True, slots=True)
class Plan:
    """A question to an engine.

    `filters` are facet -> values; values of one facet are alternatives, facets narrow each other. `principals` are the
    viewer's: what none of them may read takes no part in hits, counts or facets, nor does what `hidden` names.
    """

    clauses: tuple[Clause, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    principals: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    sort: str = "relevance"
    offset: int = 0
    limit: int = 10

    @property
    def key(self) -> tuple[Clause, ...]:
        """The clauses that find something, without those that exclude."""
        return tuple(clause for clause in self.clauses if not clause.negative)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document as the index shows it: id, kind, title, summary, url, tlp, date (ISO), country, language."""

    id: str
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: how many documents match, those of the page asked for, and for each facet value -> count."""

    total: int
    hits: tuple[Hit, ...] = ()
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


class Engine(Protocol):
    """What the site search needs of an engine."""

    def find(self, plan: Plan) -> Found:
        """Return hits, total and facet counts."""

    def count(self, plan: Plan) -> int:
        """Return how many documents match."""

    def spelling(self, word: str, plan: Plan) -> list[str]:
        """Return words like `word` that stand in documents of the plan's viewer, the best first."""

    def languages(self) -> frozenset[str]:
        """Return the languages of the documents."""


class IndexUnavailable(Exception):
    """The index is missing, damaged or of an older shape."""
