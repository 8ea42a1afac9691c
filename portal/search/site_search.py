"""The search of the portal, independent of the engine: what the search page calls.

Nothing a viewer may not see takes part: the engine applies the viewer's principals before it counts; documents with a
change still waiting are asked of the database; and every hit that is shown is asked of the database once more. A hit
that falls out there is taken out of the counts too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import structlog
from django.core.cache import cache
from django.utils.translation import gettext_lazy

from portal.access.viewer import Viewer
from portal.search import documents, registry, state
from portal.search.domain.changes import ask_for_rebuild
from portal.search.fallback import DatabaseEngine
from portal.search.highlight import Passage, Piece, Wanted, mark, passages
from portal.search.models import IndexChange
from portal.search.plan import FACETS, SORTS, Clause, Engine, Found, Hit, IndexUnavailable, Plan
from portal.search.query import Query, parse
from portal.search.text import fold, normalise

log = structlog.get_logger(__name__)

PAGE_SIZE = 10
#: Values of one facet that are shown; those in use always are.
MOST_OPTIONS = 12
#: A page number beyond this is no reader's.
MOST_PAGES = 100
#: Values of one filter, and letters of each, that an address may carry.
MOST_VALUES, LONGEST_VALUE = 20, 80
_ASKED = "search.rebuild.asked"
TITLES = {
    "kind": gettext_lazy("Kind"),
    "scenario": gettext_lazy("Scenario"),
    "topic": gettext_lazy("Topic"),
    "group": gettext_lazy("Group"),
    "country": gettext_lazy("Country"),
    "year": gettext_lazy("Year"),
    "tlp": gettext_lazy("TLP"),
    "language": gettext_lazy("Language"),
}
#: Facets that say nothing while all results have the same value.
_NEED_A_CHOICE = ("tlp", "language")
_STRICTNESS = ("tlp:clear", "tlp:green", "tlp:amber", "tlp:amber+strict", "tlp:red")


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet: what the address carries, its name, how many results it gives, whether it is in use."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its options."""

    name: str
    title: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One hit as the page shows it."""

    id: str
    kind: str
    title: tuple[Piece, ...]
    url: str
    summary: str
    date: dt.date | None
    tlp: str
    language: str
    passages: tuple[Passage, ...] = ()
    #: Words in place of the day: "February 2024".
    date_text: str = ""


@dataclass(frozen=True, slots=True)
class Advice:
    """A question that would find something, and how many: other words, one word less, or no filters.

    `dropped` is the word that is left out; `unfiltered` says that the filters have to go.
    """

    text: str
    count: int
    dropped: str = ""
    unfiltered: bool = False


@dataclass(frozen=True)
class Results:
    """All that the search page shows.

    `filters` are those of the address; filters typed into the question stand in `query.filters`. `plain` says that the
    index is being rebuilt and the database answered.
    """

    query: Query
    filters: Mapping[str, tuple[str, ...]]
    total: int
    page: int
    sort: str
    hits: tuple[Result, ...] = ()
    facets: tuple[Facet, ...] = ()
    mean: Advice | None = None
    fewer: tuple[Advice, ...] = ()
    unfiltered: int = 0
    plain: bool = False
    size: int = field(default=PAGE_SIZE)

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, min(MOST_PAGES, -(-self.total // self.size)))

    @property
    def first(self) -> int:
        """The number of the first result shown."""
        return (self.page - 1) * self.size + 1

    @property
    def last(self) -> int:
        """The number of the last result shown."""
        return self.first + len(self.hits) - 1


def search(
    *,
    query: str,
    filters: Mapping[str, list[str] | tuple[str, ...]],
    viewer: Viewer,
    page: int = 1,
    sort: str = "relevance",
) -> Results:
    """Return what `viewer` finds.

    `filters` are facet -> values as in the address; unknown facets are left out, unknown values find nothing. `page`
    counts from 1 and is moved into the range there is; an unknown `sort` means relevance.
    """
    parsed = parse(query)
    chosen = _clean(filters)
    sort = sort if sort in SORTS else "relevance"
    both = {name: (*chosen.get(name, ()), *parsed.filters.get(name, ())) for name in {*chosen, *parsed.filters}}
    page = min(max(1, page), MOST_PAGES)
    plan = Plan(
        clauses=parsed.clauses,
        filters={name: _canonical(name, values) for name, values in sorted(both.items())},
        principals=frozenset(viewer.principals),
        sort=sort,
        offset=(page - 1) * PAGE_SIZE,
        limit=PAGE_SIZE,
    )
    blank = Results(query=parsed, filters=chosen, total=0, page=page, sort=sort)
    if parsed.text and parsed.is_empty:
        # Signs alone ask for nothing; they must not list everything.
        return replace(blank, page=1)

    def answer(engine: Engine, hidden: frozenset[str]) -> Results:
        return _answer(engine, replace(plan, hidden=hidden), blank, viewer)

    return _with_engine(viewer, answer)


def _with_engine(viewer: Viewer, ask: Callable[[Engine, frozenset[str]], Results]) -> Results:
    """Ask the index; opened anew if a writer moved it meanwhile; or the database, and have the index rebuilt."""
    for _ in range(2):
        try:
            return ask(state.finder(), _hidden(viewer))
        except IndexUnavailable as error:
            state.forget()
            problem = error
    log.warning("search_index_unavailable", problem=str(problem))
    if cache.add(_ASKED, value=True, timeout=30):
        ask_for_rebuild()
    return replace(ask(DatabaseEngine(viewer), frozenset()), plain=True)


def _hidden(viewer: Viewer) -> frozenset[str]:
    """Return the documents with a waiting change that `viewer` may not see now, whatever the index says."""
    waiting = frozenset(IndexChange.objects.values_list("document", flat=True).distinct())
    return waiting - documents.visible(waiting, viewer) if waiting else waiting


def _answer(engine: Engine, plan: Plan, blank: Results, viewer: Viewer) -> Results:
    plan, found = _checked(engine, plan, viewer)
    last = max(1, min(MOST_PAGES, -(-found.total // PAGE_SIZE)))
    if blank.page > last:
        blank = replace(blank, page=last)
        plan, found = _checked(engine, replace(plan, offset=(last - 1) * PAGE_SIZE), viewer)
    wanted = Wanted(plan.clauses, engine.languages())
    results = replace(
        blank,
        total=found.total,
        hits=_shown(found.hits, wanted),
        facets=_facets(found, plan.filters),
        mean=_mean(engine, plan, found.total),
    )
    if found.total:
        return results
    return replace(results, fewer=_fewer(engine, plan), unfiltered=_unfiltered(engine, plan))


def _checked(engine: Engine, plan: Plan, viewer: Viewer) -> tuple[Plan, Found]:
    """Ask until every hit of the page is confirmed by the database; what is not takes no part in the counts either."""
    for _ in range(3):
        found = engine.find(plan)
        stale = {hit.id for hit in found.hits} - documents.visible([hit.id for hit in found.hits], viewer)
        if not stale:
            return plan, found
        log.warning("search_hits_refused", documents=sorted(stale))
        plan = replace(plan, hidden=plan.hidden | stale)
    return plan, replace(found, total=0, hits=(), facets={})


def _clean(filters: Mapping[str, list[str] | tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    cleaned = {}
    for name in FACETS:
        values = (normalise(value[:LONGEST_VALUE]).strip() for value in list(filters.get(name, ()))[:MOST_VALUES])
        if kept := tuple(dict.fromkeys(value for value in values if value)):
            cleaned[name] = kept
    return cleaned


def _canonical(facet: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values as the index writes them; names ("Poland", "amber") stand for their values ("PL")."""
    if facet == "tlp":
        return tuple(value if fold(value).startswith("tlp:") else f"TLP:{value}" for value in values)
    names = {fold(name): value for value, name in registry.value_names(facet).items()}
    return tuple(names.get(fold(value), value) for value in values)


def _shown(hits: tuple[Hit, ...], wanted: Wanted) -> tuple[Result, ...]:
    places = passages([(hit.id, hit.record["language"]) for hit in hits], wanted)
    kinds = registry.kind_labels()
    return tuple(
        Result(
            id=hit.id,
            kind=kinds.get(hit.record["kind"], hit.record["kind"].capitalize()),
            title=mark(hit.record["title"], wanted, hit.record["language"]),
            url=hit.record["url"],
            summary=hit.record["summary"],
            date=dt.date.fromisoformat(hit.record["date"]) if hit.record["date"] else None,
            tlp=hit.record["tlp"],
            language=hit.record["language"],
            passages=places.get(hit.id, ()),
            # An index made before records had these words gives the day.
            date_text=hit.record.get("date_text", ""),
        )
        for hit in hits
    )


def _facets(found: Found, filters: Mapping[str, tuple[str, ...]]) -> tuple[Facet, ...]:
    facets = []
    for name in FACETS:
        counts = found.facets.get(name, {})
        used = {fold(value) for value in filters.get(name, ())}
        names = registry.value_names(name)
        options = [
            Option(value, names.get(value, value), count, fold(value) in used) for value, count in counts.items()
        ]
        # A value in use that finds nothing here is shown as it was typed: how it is written may be somebody's secret.
        seen = {fold(option.value) for option in options}
        absent = (value for value in dict.fromkeys(filters.get(name, ())) if fold(value) not in seen)
        options += [Option(value, names.get(value, value), 0, checked=True) for value in absent]
        if name in _NEED_A_CHOICE and len(options) < 2 and not used:
            continue
        if options:
            facets.append(Facet(name, str(TITLES[name]), _arranged(name, options)))
    return tuple(facets)


def _arranged(name: str, options: list[Option]) -> tuple[Option, ...]:
    if name == "year":
        options.sort(key=lambda option: option.value, reverse=True)
    elif name == "tlp":
        order = {value: place for place, value in enumerate(_STRICTNESS)}
        options.sort(key=lambda option: order.get(fold(option.value), len(order)))
    else:
        options.sort(key=lambda option: (-option.count, fold(option.label)))
    return tuple(option for place, option in enumerate(options) if place < MOST_OPTIONS or option.checked)


def _mean(engine: Engine, plan: Plan, total: int) -> Advice | None:
    """Return the question with its unknown words replaced by known ones, if that finds more, if need be unfiltered."""
    clauses, corrected = list(plan.clauses), False
    for place, clause in enumerate(clauses):
        if clause.negative or clause.prefix or len(clause.words) > 1:
            continue
        if engine.count(replace(plan, clauses=(clause,), filters={})):
            continue
        if like := engine.spelling(clause.words[0], plan):
            clauses[place], corrected = Clause((like[0],)), True
    if not corrected:
        return None
    text = " ".join(clause.text for clause in clauses)
    count = engine.count(replace(plan, clauses=tuple(clauses)))
    if count > total:
        return Advice(text, count)
    count = engine.count(replace(plan, clauses=tuple(clauses), filters={}))
    return Advice(text, count, unfiltered=True) if count and not total else None


def _fewer(engine: Engine, plan: Plan) -> tuple[Advice, ...]:
    """Return up to three questions with one word less that find something, the richest first."""
    if len(plan.clauses) < 2:
        return ()
    advice = []
    for place, clause in enumerate(plan.clauses):
        rest = plan.clauses[:place] + plan.clauses[place + 1 :]
        if all(other.negative for other in rest):
            continue
        if count := engine.count(replace(plan, clauses=rest)):
            advice.append(Advice(" ".join(other.text for other in rest), count, clause.text))
    return tuple(sorted(advice, key=lambda one: -one.count)[:3])


def _unfiltered(engine: Engine, plan: Plan) -> int:
    return engine.count(replace(plan, filters={})) if plan.filters else 0
