"""Finding in the Whoosh index: sets of documents as bits of one integer, so that permission, filters and every count of
every facet are an AND and a count of ones.

What a viewer may read is one such set, made once for each state of the index and each set of principals, and applied
before anything is counted or ranked.
"""

from __future__ import annotations

import heapq
import math
import threading
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from portal.search.engine import TEXT_FIELDS, Reader, translated
from portal.search.plan import FACETS, Clause, Found, Hit, Plan
from portal.search.spelling import Vocabulary
from portal.search.text import fold, stems

#: A word in the title says more of a document than one in its text.
WEIGHTS = {"title": 6.0, "summary": 2.5, "body": 1.0}
#: BM25 with its usual constants.
K1, B = 1.2, 0.75
#: What a word found as it was typed adds, besides its stem; all that the beginning of a word scores.
AS_TYPED = 0.1
#: Words that a beginning such as "bord*" may stand for.
MOST_EXPANSIONS = 1024
#: Words offered for one that is not found.
MOST_LIKE = 5
#: Postings kept in memory, as a floor; the ceiling is a part of the documents' number.
KEPT_POSTINGS = 100_000
#: Records kept in memory: those of the hits shown last.
KEPT_RECORDS = 1_000


@dataclass(slots=True)
class Postings:
    """The documents of one term in one field, with weights: BM25's factor and length norm are applied when ranking."""

    field: str
    numbers: array[int]
    weights: array[float]


@dataclass(slots=True)
class Matches:
    """The documents of a clause as bits, what their scores are made from, and all of them ranked, once asked for."""

    bits: int
    postings: list[Postings]
    ranked: array[int] | None = None

    @property
    def size(self) -> int:
        """How many numbers are kept in memory."""
        return sum(len(one.numbers) for one in self.postings) + len(self.ranked or ())


def to_bits(numbers: Iterable[int], size: int) -> int:
    """Return the set of document numbers as an integer with those bits set."""
    mask = bytearray((size >> 3) + 1)
    for number in numbers:
        mask[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(mask, "little")


def to_numbers(bits: int) -> Iterator[int]:
    """Yield the document numbers of a set in rising order."""
    for index, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) >> 3, "little")):
        rest = byte
        while rest:
            low = rest & -rest
            yield (index << 3) + low.bit_length() - 1
            rest ^= low


class Finder:
    """An engine over one state of the index. Threads may share it: whatever reads the files holds a lock."""

    def __init__(self, reader: Reader) -> None:
        self.reader = self._reader = reader
        self._lock = threading.RLock()
        self._allowed: OrderedDict[frozenset[str], int] = OrderedDict()
        self._clauses: OrderedDict[Clause, Matches] = OrderedDict()
        self._kept = 0
        self._facets: dict[str, dict[str, int]] = {}
        self._orders: dict[str, array[int]] = {}
        self._norms: dict[str, tuple[float, float]] = {}
        self._records: OrderedDict[int, Hit] = OrderedDict()
        self._vocabulary: Vocabulary | None = None
        self._live = ((1 << reader.size) - 1) & ~to_bits(reader.deleted(), reader.size)
        self._languages = frozenset(reader.terms("language"))

    # ── What the site search asks ────────────────────────────────────────────────────────────

    def find(self, plan: Plan) -> Found:
        """Return hits, total and facet counts of `plan`."""
        with self._lock, translated():
            base = self._matching(plan)
            chosen = {facet: self._values(facet, values) for facet, values in plan.filters.items()}
            matched = base
            for bits in chosen.values():
                matched &= bits
            facets = {facet: self._counts(facet, base, chosen) for facet in FACETS}
            numbers = self._ordered(plan, matched)[plan.offset : plan.offset + plan.limit] if plan.limit else []
            hits = tuple(self._hit(number) for number in numbers)
            return Found(matched.bit_count(), hits, facets)

    def count(self, plan: Plan) -> int:
        """Return how many documents match `plan`."""
        with self._lock, translated():
            matched = self._matching(plan)
            for facet, values in plan.filters.items():
                matched &= self._values(facet, values)
            return matched.bit_count()

    def spelling(self, word: str, plan: Plan) -> list[str]:
        """Return words like `word` that stand in documents the plan's viewer may read, the best first."""
        with self._lock, translated():
            if self._vocabulary is None:
                self._vocabulary = Vocabulary(self._reader.terms("words"))
            visible = self._visible(plan)
            ranked = []
            for distance, like in self._vocabulary.near(fold(word)):
                seen = (self._bits("words", like) & visible).bit_count()
                if seen:
                    ranked.append((distance, -seen, like))
            return [like for _, _, like in sorted(ranked)[:MOST_LIKE]]

    def languages(self) -> frozenset[str]:
        """Return the languages of the documents."""
        return self._languages

    # ── Sets of documents ────────────────────────────────────────────────────────────────────

    def _visible(self, plan: Plan) -> int:
        allowed = self._allowed.get(plan.principals)
        if allowed is None:
            allowed = 0
            for principal in plan.principals:
                allowed |= self._bits("acl", principal)
            allowed &= self._live
            self._allowed[plan.principals] = allowed
            if len(self._allowed) > 256:
                self._allowed.popitem(last=False)
        if plan.hidden:
            allowed &= ~to_bits(self._numbered(plan.hidden), self._reader.size)
        return allowed

    def _numbered(self, documents: Iterable[str]) -> Iterator[int]:
        return chain.from_iterable(self._reader.postings("id", document)[0] for document in documents)

    def _bits(self, field: str, term: str) -> int:
        return to_bits(self._reader.postings(field, term)[0], self._reader.size)

    def _facet(self, facet: str) -> dict[str, int]:
        if facet not in self._facets:
            self._facets[facet] = {value: self._bits(facet, value) for value in self._reader.terms(facet)}
        return self._facets[facet]

    def _values(self, facet: str, values: Iterable[str]) -> int:
        wanted = {fold(value) for value in values}
        found = 0
        for value, bits in self._facet(facet).items():
            if fold(value) in wanted:
                found |= bits
        return found

    def _counts(self, facet: str, base: int, chosen: Mapping[str, int]) -> dict[str, int]:
        # A facet is counted as if it had no filter of its own: its values are alternatives.
        for other, bits in chosen.items():
            if other != facet:
                base &= bits
        if not base:
            return {}
        counts = {value: (bits & base).bit_count() for value, bits in self._facet(facet).items()}
        return {value: count for value, count in counts.items() if count}

    def _matching(self, plan: Plan) -> int:
        found = self._visible(plan)
        for clause in plan.clauses:
            bits = self._matches(clause).bits
            found &= ~bits if clause.negative else bits
        return found

    # ── Clauses ──────────────────────────────────────────────────────────────────────────────

    def _matches(self, clause: Clause) -> Matches:
        known = self._clauses.get(clause)
        if known is not None:
            self._clauses.move_to_end(clause)
            return known
        if clause.prefix:
            postings = list(self._beginning(fold(clause.words[0])))
        elif len(clause.words) > 1:
            postings = list(self._phrase(clause.words))
        else:
            postings = list(self._word(clause.words[0]))
        numbers = chain.from_iterable(one.numbers for one in postings)
        found = self._clauses[clause] = Matches(to_bits(numbers, self._reader.size), postings)
        self._keep(found.size)
        return found

    def _keep(self, more: int) -> None:
        self._kept += more
        while self._kept > max(KEPT_POSTINGS, 4 * self._reader.size) and len(self._clauses) > 1:
            _, dropped = self._clauses.popitem(last=False)
            self._kept -= dropped.size

    def _word(self, word: str) -> Iterator[Postings]:
        for term in stems(word, self._languages):
            for field in TEXT_FIELDS:
                yield Postings(field, *self._reader.postings(field, term))
        # The word as typed, without its accents: found, if less surely meant.
        yield Postings("words", *self._reader.postings("words", fold(word)))

    def _beginning(self, start: str) -> Iterator[Postings]:
        for term in islice(self._reader.terms("words", start), MOST_EXPANSIONS):
            yield Postings("words", *self._reader.postings("words", term))

    def _phrase(self, words: tuple[str, ...]) -> Iterator[Postings]:
        choices = [stems(word, self._languages) for word in words]
        for field in TEXT_FIELDS:
            held = [
                to_bits(chain.from_iterable(self._reader.postings(field, term)[0] for term in terms), self._reader.size)
                for terms in choices
            ]
            both = self._live
            for bits in held:
                both &= bits
            # The rarest first, so that few documents are left for the frequent ones.
            steps = sorted(range(len(choices)), key=lambda step: held[step].bit_count())
            starts: dict[int, set[int]] = {number: set() for number in to_numbers(both)}
            for index, step in enumerate(steps):
                places: dict[int, set[int]] = {}
                for term in choices[step] if starts else ():
                    for number, positions in self._reader.positions(field, term, sorted(starts)):
                        places.setdefault(number, set()).update(place - step for place in positions)
                if index:
                    places = {number: found & starts[number] for number, found in places.items()}
                starts = {number: found for number, found in places.items() if found}
            numbers = array("I", sorted(starts))
            yield Postings(field, numbers, array("f", (float(len(starts[number])) for number in numbers)))

    # ── Scores ───────────────────────────────────────────────────────────────────────────────

    def _score(self, found: Matches, matched: int) -> dict[int, float]:
        """Return the scores of a clause for the documents in `matched`."""
        mask = matched.to_bytes((self._reader.size >> 3) + 1, "little")
        scores: dict[int, float] = {}
        known = scores.get
        for one in found.postings:
            if one.field == "words":
                for number in one.numbers:
                    if mask[number >> 3] >> (number & 7) & 1:
                        scores[number] = known(number, 0.0) + AS_TYPED
                continue
            count = len(one.numbers)
            boost = WEIGHTS[one.field] * (K1 + 1) * math.log(1 + (self._reader.size - count + 0.5) / (count + 0.5))
            lengths, (floor, slope) = self._reader.lengths(one.field), self._norm(one.field)
            for number, weight in zip(one.numbers, one.weights, strict=True):
                if mask[number >> 3] >> (number & 7) & 1:
                    score = boost * weight / (weight + floor + slope * lengths[number])
                    scores[number] = known(number, 0.0) + score
        return scores

    def _norm(self, field: str) -> tuple[float, float]:
        """Return BM25's part that depends on the length of a text: a constant, and a factor for each term of it."""
        if field not in self._norms:
            lengths = self._reader.lengths(field)
            mean = sum(lengths) / len(lengths) if lengths else 1.0
            self._norms[field] = (K1 * (1 - B), K1 * B / (mean or 1.0))
        return self._norms[field]

    # ── Order ────────────────────────────────────────────────────────────────────────────────

    def _ordered(self, plan: Plan, matched: int) -> list[int]:
        """Return the best `offset + limit` documents of `matched`."""
        wanted = plan.offset + plan.limit
        newest = self._order("date")
        if plan.sort == "title":
            name = self._order("name")
            return heapq.nsmallest(wanted, to_numbers(matched), key=name.__getitem__)
        if plan.sort == "newest" or not plan.key:
            return heapq.nsmallest(wanted, to_numbers(matched), key=newest.__getitem__)
        clauses = [self._matches(clause) for clause in plan.key]
        if len(clauses) == 1:
            mask = matched.to_bytes((self._reader.size >> 3) + 1, "little")
            best = (number for number in self._all_ranked(clauses[0]) if mask[number >> 3] >> (number & 7) & 1)
            return list(islice(best, wanted))
        scores: dict[int, float] = {}
        for found in clauses:
            for number, score in self._score(found, matched).items():
                scores[number] = scores.get(number, 0.0) + score
        ranked = ((-round(score, 4), newest[number], number) for number, score in scores.items())
        return [number for _, _, number in heapq.nsmallest(wanted, ranked)]

    def _all_ranked(self, found: Matches) -> array[int]:
        """Return all documents of a clause, the best first; most questions are one word, asked again and again."""
        if found.ranked is None:
            newest = self._order("date")
            scores = self._score(found, found.bits).items()
            ranked = sorted((-round(score, 4), newest[number], number) for number, score in scores)
            found.ranked = array("I", (number for _, _, number in ranked))
            self._keep(len(found.ranked))
        return found.ranked

    def _order(self, field: str) -> array[int]:
        """Return the place of each document in the order of a column: dates from the newest, names from A."""
        if field not in self._orders:
            values = self._reader.column(field)
            ranked = sorted(range(len(values)), key=values.__getitem__, reverse=field == "date")
            places = array("I", bytes(4 * len(values)))
            for place, number in enumerate(ranked):
                places[number] = place
            self._orders[field] = places
        return self._orders[field]

    def _hit(self, number: int) -> Hit:
        hit = self._records.get(number)
        if hit is None:
            record = self._reader.record(number)
            hit = self._records[number] = Hit(record["id"], record)
            if len(self._records) > KEPT_RECORDS:
                self._records.popitem(last=False)
        return hit
