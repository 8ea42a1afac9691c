"""Search without an index: the database alone, over what the viewer may see. Slower and plainer, never wider."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from portal.access.viewer import Viewer
from portal.search import registry
from portal.search.documents import load, record_of
from portal.search.models import ItemText
from portal.search.plan import FACETS, Clause, Found, Hit, Plan
from portal.search.registry import Document
from portal.search.text import fold

#: Documents that are looked at closely for one question; the newest come first.
MOST = 500


class DatabaseEngine:
    """Answers plans for one viewer from `ItemText` and the types' own querysets."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer

    def find(self, plan: Plan) -> Found:
        """Return hits, total and facet counts of `plan`."""
        found = self._documents(plan)
        matched = [one for one in found if _fits(one, plan.filters)]
        facets = {facet: self._counts(facet, found, plan.filters) for facet in FACETS}
        if plan.sort == "title":
            matched.sort(key=lambda one: fold(one.title))
        else:
            matched.sort(key=lambda one: one.date or dt.date.min, reverse=True)
        page = matched[plan.offset : plan.offset + plan.limit]
        return Found(len(matched), tuple(Hit(one.id, record_of(one)) for one in page), facets)

    def count(self, plan: Plan) -> int:
        """Return how many documents match `plan`."""
        return sum(_fits(one, plan.filters) for one in self._documents(plan))

    def spelling(self, word: str, plan: Plan) -> list[str]:
        """Return nothing: spelling needs the index."""
        return []

    def languages(self) -> frozenset[str]:
        """Return the language whose stems serve to mark found words."""
        return frozenset({"en"})

    def _documents(self, plan: Plan) -> list[Document]:
        ids = self._visible() - plan.hidden
        for clause in plan.clauses:
            having = self._having(clause)
            ids = ids - having if clause.negative else ids & having
        return list(load(sorted(ids, reverse=True)[:MOST]).values())

    def _visible(self) -> frozenset[str]:
        return frozenset(
            f"{entry.prefix}:{pk}"
            for entry in registry.types()
            for pk in entry.queryset_for(self._viewer).values_list("pk", flat=True)
        )

    @staticmethod
    def _having(clause: Clause) -> frozenset[str]:
        text = fold(" ".join(clause.words))
        rows = ItemText.objects.filter(folded__contains=text).values_list("document", flat=True).distinct()
        return frozenset(rows)

    @staticmethod
    def _counts(facet: str, found: Iterable[Document], filters: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
        others = {name: values for name, values in filters.items() if name != facet}
        return dict(Counter(value for one in found if _fits(one, others) for value in _values(one, facet)))


def _values(document: Document, facet: str) -> tuple[str, ...]:
    values: dict[str, tuple[str, ...]] = {
        "kind": (document.kind,),
        "scenario": document.scenarios,
        "topic": document.topics,
        "group": (document.group,),
        "country": (document.country,),
        "year": (str(document.date.year),) if document.date else (),
        "tlp": (str(document.tlp),),
        "language": (document.language[:2].lower(),),
    }
    return tuple(value for value in values[facet] if value)


def _fits(document: Document, filters: Mapping[str, tuple[str, ...]]) -> bool:
    for facet, wanted in filters.items():
        folded = {fold(value) for value in wanted}
        if not any(fold(value) in folded for value in _values(document, facet)):
            return False
    return True
