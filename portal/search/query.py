"""The query language: words, "phrases", -not, begin*, and filters such as kind:sop topic:"golden hour" country:PL.

All words must be found. There are no ranges and no wildcards inside words; whatever does not fit the language is read
as words, so that no input is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.search.plan import FACETS, Clause
from portal.search.text import fold, normalise, words

#: More is cut off, and the page says so.
LONGEST_QUERY = 500
MOST_TERMS = 16
SHORTEST_PREFIX = 3
#: Further ones are read as whole words: each may stand for a thousand.
MOST_PREFIXES = 2
#: Words that carry nothing in a question; they are left out where others remain.
_SMALL = frozenset(
    "a an and are as at be by do does for from how i in is it of on or that the to was what when where "
    "which who why will with".split()
)
_TOKEN = re.compile(r'(?P<minus>-)?(?:(?P<field>[a-zA-Z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+))')


@dataclass(frozen=True, slots=True)
class Query:
    """A question as read: clauses, filters typed into it, and whether the end of it was left out."""

    text: str
    clauses: tuple[Clause, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cut: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked."""
        return not self.clauses and not self.filters


def parse(raw: str) -> Query:
    """Return the question in `raw`. Never raises; input beyond LONGEST_QUERY characters or MOST_TERMS is left out."""
    cut = len(raw) > LONGEST_QUERY
    text = " ".join(normalise(raw[:LONGEST_QUERY]).split())
    clauses: list[Clause] = []
    filters: dict[str, list[str]] = {}
    for match in _TOKEN.finditer(text):
        name = (match["field"] or "").lower()
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        if name in FACETS and not match["minus"]:
            if value.strip() and value not in filters.setdefault(name, []):
                filters[name].append(value.strip())
            continue
        beginning = bool(match["bare"]) and value.endswith("*") and sum(c.prefix for c in clauses) < MOST_PREFIXES
        clause = _clause(f"{name} {value}" if name else value, negative=bool(match["minus"]), beginning=beginning)
        if clause and clause not in clauses:
            clauses.append(clause)
    clauses = _without_small_words(clauses)
    kept = {name: tuple(values[:MOST_TERMS]) for name, values in filters.items() if values}
    return Query(text, tuple(clauses[:MOST_TERMS]), kept, cut or len(clauses) > MOST_TERMS)


def _clause(value: str, *, negative: bool, beginning: bool) -> Clause | None:
    found = words(value)
    if not found:
        return None
    prefix = beginning and len(found) == 1 and len(found[0]) >= SHORTEST_PREFIX
    # "C-UAS" is one thing to who types it: its words stand side by side.
    return Clause(tuple(found[:MOST_TERMS]), prefix=prefix, negative=negative)


def _without_small_words(clauses: list[Clause]) -> list[Clause]:
    kept = [clause for clause in clauses if len(clause.words) > 1 or fold(clause.words[0]) not in _SMALL]
    return kept if any(not clause.negative for clause in kept) else clauses
