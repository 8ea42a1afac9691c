"""Links the first time a term of the glossary stands on a page to its meaning.

A page asks the cache once for all terms; whoever changes a term, or the page of the glossary, clears it
(`portal.pages.signals`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.utils import translation

from portal.access.viewer import ANONYMOUS
from portal.web.kept import Kept

CACHE_KEY = "pages.glossary"
#: Seconds after which the terms are read again even if nobody said that they changed.
KEPT_FOR = 3600

_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9]*)")
#: Within these nothing is linked: a link in a link is no HTML, a heading is no running text, code is quoted.
_CLOSED = frozenset({"a", "abbr", "button", "code", "h1", "h2", "h3", "h4", "h5", "h6", "kbd", "pre", "samp"})


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term as texts link it: its place on the page of the glossary, its meaning, and the words that stand for it."""

    slug: str
    short: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All terms, and the address of the page that explains them; without terms nothing is linked."""

    url: str = ""
    meanings: tuple[Meaning, ...] = ()


def vocabulary() -> Vocabulary:
    """Return the terms that texts link, from the cache or in two queries; none while no public page explains them."""
    return _kept.get()


def forget() -> None:
    """Have the terms read anew."""
    _kept.forget()


def _read() -> Vocabulary:
    from portal.pages.models import GlossaryPage, Term  # late: the models import this module

    page = GlossaryPage.objects.visible_to(ANONYMOUS).first()
    if page is None:
        return Vocabulary()
    terms = Term.objects.filter(linked=True).order_by("term")
    # Kept for readers of all languages: whoever prints the link puts it into theirs.
    with translation.override(settings.LANGUAGE_CODE):
        url = page.url or ""
    return Vocabulary(url, tuple(Meaning(one.slug, one.short, (one.term, *one.other_forms)) for one in terms))


_kept = Kept(CACHE_KEY, seconds=KEPT_FOR, read=_read)


@lru_cache(maxsize=4)
def _pattern(known: Vocabulary) -> tuple[re.Pattern[str], dict[str, Meaning]]:
    """Return what finds any word of the terms, the longest first, and which meaning it has.

    A word is found as it is written, and with a capital where it begins a sentence. It is whole: neither letter nor
    figure touches it, nor what would make it part of an address or of a longer word with a hyphen.
    """
    by_word: dict[str, Meaning] = {}
    for meaning in known.meanings:
        for word in meaning.words:
            for form in (word, word[:1].upper() + word[1:]):
                by_word.setdefault(escape(form, quote=False), meaning)
    longest = sorted(by_word, key=lambda word: (-len(word), word))
    found = "|".join(re.escape(word) for word in longest) or r"(?!)"
    return re.compile(rf"(?<![\w/@.&-])(?:{found})(?![\w@/]|-\w|\.\w)"), by_word


class Linker:
    """Links terms on one page, each the first time it stands there."""

    def __init__(self) -> None:
        self._known: Vocabulary | None = None
        self._seen: set[str] = set()

    def link(self, html: str) -> str:
        """Return `html` with terms that were not met before as links to their meaning.

        Nothing inside links, headings and code changes. `html` is what an editor's text becomes, so its tags close.
        """
        if self._known is None:
            self._known = vocabulary()
        if not self._known.meanings:
            return html
        pattern, by_word = _pattern(self._known)
        url = escape(self._known.url)

        def linked(match: re.Match[str]) -> str:
            meaning = by_word[match.group()]
            if meaning.slug in self._seen:
                return match.group()
            self._seen.add(meaning.slug)
            return (
                f'<a class="term" href="{url}#{escape(meaning.slug)}" title="{escape(meaning.short)}">'
                f"{match.group()}</a>"
            )

        pieces, closed = [], 0
        for piece in _TAG.split(html):
            if piece.startswith("<"):
                name = _NAME.match(piece)
                if name and name.group(1).lower() in _CLOSED and not piece.endswith("/>"):
                    closed += -1 if piece.startswith("</") else 1
            elif piece and not closed:
                piece = pattern.sub(linked, piece)  # noqa: PLW2901 - the piece with its links is still the piece
            pieces.append(piece)
        return "".join(pieces)


def letter_of(term: str) -> str:
    """Return the letter under which a term stands: without accents, a capital; "0–9" for figures and signs."""
    first = unicodedata.normalize("NFKD", term.strip())[:1].upper()
    return first if first.isalpha() else "0–9"


def glossary_context() -> dict[str, Any]:
    """Return the terms by letter, in the order of the alphabet. One query."""
    from portal.pages.models import Term  # late: the models import this module

    by_letter: dict[str, list[Any]] = defaultdict(list)
    for term in sorted(Term.objects.all(), key=lambda one: unicodedata.normalize("NFKD", one.term).casefold()):
        by_letter[letter_of(term.term)].append(term)
    return {"letters": sorted(by_letter.items()), "terms_count": sum(len(terms) for terms in by_letter.values())}
