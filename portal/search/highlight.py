"""Passages: where the found words stand in an item, cut from its stored text, with the words marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from portal.search.models import ItemText
from portal.search.plan import Clause
from portal.search.text import fold, spans, stem, stems

#: Letters of a passage, about two lines on a wide page.
LENGTH = 170
PASSAGES = 2
#: Parts of one item that are looked at closely.
_CLOSE = 4
#: How far around the first likely place words are compared; folding may have shifted the place a little.
_REACH = 400


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; `found` says whether the reader asked for it."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage: where it stands, what opens it there, and its pieces."""

    label: str
    anchor: str
    pieces: tuple[Piece, ...]


class Wanted:
    """The words of a question, ready to be recognised in a text."""

    def __init__(self, clauses: Iterable[Clause], languages: frozenset[str]) -> None:
        self.languages = languages
        self.terms: set[str] = set()
        self.starts: set[str] = set()
        positive = [clause for clause in clauses if not clause.negative]
        for clause in positive:
            if clause.prefix:
                self.starts.add(fold(clause.words[0]))
            else:
                for word in clause.words:
                    self.terms |= stems(word, languages)
        #: Beginnings by which the database preselects parts: a stem may end otherwise than the word in the text.
        self.probes = {_probe(fold(word)) for clause in positive for word in clause.words}

    def has(self, word: str, language: str) -> bool:
        """Return whether a word of a text in `language` was asked for."""
        folded = fold(word)
        if stem(word, language) in self.terms or folded in self.terms:
            return True
        return any(folded.startswith(start) for start in self.starts)


def _probe(word: str) -> str:
    return word[: max(3, len(word) * 2 // 3)]


def mark(text: str, wanted: Wanted, language: str) -> tuple[Piece, ...]:
    """Return `text` in pieces, the words asked for marked."""
    pieces: list[Piece] = []
    at = 0
    for start, end, word in spans(text):
        if wanted.has(word, language):
            if start > at:
                pieces.append(Piece(text[at:start]))
            pieces.append(Piece(text[start:end], found=True))
            at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)


def passages(hits: Sequence[tuple[str, str]], wanted: Wanted) -> dict[str, tuple[Passage, ...]]:
    """Return the best passages of each (document id, language), in the order of the text; one query for all."""
    if not hits or not wanted.probes:
        return {}
    likely = Q()
    for probe in wanted.probes:
        likely |= Q(folded__contains=probe)
    rows = ItemText.objects.filter(likely, document__in=[document for document, _ in hits], part__gt=0)
    parts: dict[str, list[ItemText]] = {}
    for row in rows.order_by("document", "part"):
        parts.setdefault(row.document, []).append(row)
    return {document: _best(parts[document], wanted, language) for document, language in hits if document in parts}


def _best(rows: list[ItemText], wanted: Wanted, language: str) -> tuple[Passage, ...]:
    rows = sorted(rows, key=lambda row: (-sum(probe in row.folded for probe in wanted.probes), row.part))[:_CLOSE]
    scored = []
    for row in rows:
        score, start, end = _window(row, wanted, language)
        if score:
            scored.append((-score, row.part, row, start, end))
    best = sorted(scored, key=lambda entry: entry[:2])[:PASSAGES]
    return tuple(
        Passage(row.label, row.anchor, _cut(row.text, start, end, wanted, language))
        for _, _, row, start, end in sorted(best, key=lambda entry: entry[1])
    )


def _window(row: ItemText, wanted: Wanted, language: str) -> tuple[int, int, int]:
    """Return (different words found, start, end) of the passage that holds the most of what was asked."""
    places = [place for probe in wanted.probes if (place := row.folded.find(probe)) >= 0]
    best = (0, 0, 0)
    for place in sorted(set(places)):
        low, high = max(0, place - _REACH), min(len(row.text), place + _REACH)
        found = [
            (low + start, low + end, stem(word, language))
            for start, end, word in spans(row.text[low:high])
            if wanted.has(word, language)
        ]
        for index, (start, _, _) in enumerate(found):
            held = [one for one in found[index:] if one[1] - start <= LENGTH - 30]
            score = len({term for _, _, term in held})
            if held and score > best[0]:
                best = (score, start, held[-1][1])
    return best


def _cut(text: str, start: int, end: int, wanted: Wanted, language: str) -> tuple[Piece, ...]:
    """Return the sentence around start to end, or as much of it as fits, in marked pieces."""
    room = max(0, LENGTH - (end - start))
    low = max(0, start - room // 2)
    for stop in (". ", "? ", "! ", ": "):
        place = text.rfind(stop, low, start)
        low = place + 2 if place >= 0 else low
    high = min(len(text), low + LENGTH)
    high = max(high, end)
    if low and text[low - 1] != " ":
        low = text.find(" ", low, start) + 1 or start
    if high < len(text) and text[high] != " ":
        high = max(text.rfind(" ", end, high), end)
    pieces = mark(text[low:high].strip(), wanted, language)
    before = (Piece("… "),) if low and text[:low].rstrip()[-1:] not in ".?!:" else ()
    after = (Piece(" …"),) if high < len(text) and text[:high].rstrip()[-1:] not in ".?!" else ()
    return before + pieces + after
