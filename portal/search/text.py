"""Words: how text and questions are cut, folded and stemmed, the same for the index and for those who ask it.

Snowball's algorithms (snowballstemmer) cover most languages of the member countries; a language without one is folded
only. Folding takes away case and accents, so that "Poznan" finds "Poznań".
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import snowballstemmer

#: Snowball's name of each language; one without an entry is only folded.
STEMMERS = {
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hu": "hungarian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "sr": "serbian",
    "sv": "swedish",
}
#: Letters that have no accent to lose.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ς": "σ"}
)
_WORD = re.compile(r"[^\W_]+")
#: Stands between two parts of a text, so that no phrase reaches across.
BREAK = "\x1e"
#: No word of any language; such runs (keys, encoded data) would only swell the index.
LONGEST_WORD = 60

_local = threading.local()


def normalise(text: str) -> str:
    """Return `text` in NFKC, so that ligatures of PDF files become letters, without control and direction marks."""
    composed = unicodedata.normalize("NFKC", text)
    if composed.isascii() and composed.isprintable():
        return composed
    return "".join(_kept(char) for char in composed)


@lru_cache(maxsize=5_000)
def _kept(char: str) -> str:
    category = unicodedata.category(char)
    if category in {"Cc", "Cs", "Co", "Zl", "Zp"} or char == "\u200b":
        return " "
    # Soft hyphens and direction marks stand inside words and must not cut them.
    return "" if category == "Cf" else char


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Return `text` in lower case and without accents."""
    lowered = text.casefold()
    if lowered.isascii():
        return lowered
    parts = unicodedata.normalize("NFKD", lowered.translate(_LETTERS))
    return "".join(char for char in parts if not unicodedata.combining(char))


def fold_text(text: str) -> str:
    """Return a long text folded, without keeping it in the cache of words."""
    return fold.__wrapped__(text)


def words(text: str) -> list[str]:
    """Return the words of a normalised text in lower case, with their accents."""
    return [word for word in _WORD.findall(text.lower()) if len(word) <= LONGEST_WORD]


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, word in lower case) for each word of a normalised text."""
    for match in _WORD.finditer(text):
        yield match.start(), match.end(), match.group().lower()


def _stemmer(name: str) -> Any:
    # A stemmer keeps its word in itself while it works, so threads must not share one.
    made: dict[str, Any] = _local.__dict__
    if name not in made:
        made[name] = snowballstemmer.stemmer(name)
    return made[name]


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """Return the folded stem of a word in lower case; `language` is an ISO 639-1 code."""
    name = STEMMERS.get(language)
    return fold(_stemmer(name).stemWord(word)) if name else fold(word)


@lru_cache(maxsize=10_000)
def stems(word: str, languages: frozenset[str]) -> frozenset[str]:
    """Return every term that a word of a question may stand for in documents of these languages."""
    folded = fold(word)
    found = {folded}
    for language in languages:
        found |= {stem(word, language), stem(folded, language)}
    return frozenset(found)


def index_terms(texts: Iterable[str], language: str) -> list[str]:
    """Return the stems of several normalised texts in their order, with a break between two of them."""
    terms: list[str] = []
    for text in texts:
        if terms:
            terms.append(BREAK)
        terms += [stem(word, language) for word in words(text)]
    return terms
