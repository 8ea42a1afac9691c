"""The interface catalogues: what there is to translate is found, merged into the `.po` files and compiled, by Babel.

`make messages` does all of it. The compiled `.mo` files are committed, like the stylesheet, so that a fresh clone needs
neither Babel nor msgfmt to run; a test fails when they are older than their source or a word is missing.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.bootstrap import places
from portal.bootstrap.layout import AREAS
from portal.bootstrap.progress import say

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

LOCALES = places.ROOT / "portal" / "locale"
#: Languages that the interface is translated into; English is what the code says.
LANGUAGES = ("de", "fr", "pl")
DOMAIN = "django"
#: Functions whose words are translated, and which of their arguments the words are (c: a context).
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    # portal.web.charts.europe: names of countries.
    "Capital": None,
    # portal.web.words: the count comes first.
    "numbered": (2, 3),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: A comment that begins so, before the words, is for translators and stands in the catalogues.
COMMENT = "Translators:"
#: Catalogues carry no time of their making: they would change without their words.
NEVER = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)


def make() -> int:
    """Find the words, merge them into every catalogue, and compile; return 1 where translations are missing."""
    template = extract()
    missing = 0
    for language in LANGUAGES:
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        po_path(language).write_bytes(po_bytes(catalogue))
        mo_path(language).write_bytes(mo_bytes(catalogue))
        empty = untranslated(catalogue)
        missing += len(empty)
        say(f"{language}: {len(catalogue)} messages, {len(empty)} without a translation")
        for message in empty[:20]:
            say(f"    {message}")
    return 1 if missing else 0


def extract() -> Catalog:
    """Return all words of our Python files and templates that are marked for translation."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract as extract_from

    template = Catalog(project="NOC Community Portal", charset="utf-8", creation_date=NEVER)
    for path in sources():
        name = path.relative_to(places.ROOT).as_posix()
        for _, words, comments, context in extract_from(
            "python", _readable(path), keywords=KEYWORDS, comment_tags=[COMMENT], strip_comment_tags=True
        ):
            template.add(words, locations=[(name, None)], auto_comments=comments, context=context)
    return template


def sources() -> Iterator[Path]:
    """Yield the files that may hold words for people, in a stable order."""
    for area in AREAS:
        for path in sorted((places.ROOT / area).rglob("*")):
            if "migrations" in path.parts or (places.ROOT / "portal" / "bootstrap") in path.parents:
                continue
            if path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in path.parts):
                yield path


def _readable(path: Path) -> io.BytesIO:
    """Return a file as Python source; of a template only the calls that translate are left, in their lines."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        from django.utils.translation.template import templatize

        text = templatize(text, origin=str(path))
    return io.BytesIO(b"# -*- coding: utf-8 -*-\n" + text.encode())


def po_path(language: str) -> Path:
    """Return where a language's catalogue is written by people."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(language: str) -> Path:
    """Return where it is read by Django."""
    return po_path(language).with_suffix(".mo")


def read(language: str) -> Catalog:
    """Return a language's catalogue as it is in its file; an empty one where there is none."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    if not po_path(language).exists():
        return Catalog(locale=language, project="NOC Community Portal", charset="utf-8", creation_date=NEVER)
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the English words that have no translation, or lack one of their plural forms, or are marked as unsure."""
    return [str(it.id) for it in catalogue if it.id and (it.fuzzy or not _whole(it, catalogue))]


def _whole(message: Any, catalogue: Catalog) -> bool:
    if isinstance(message.id, str):
        return bool(message.string)
    return len(message.string) == catalogue.num_plurals and all(message.string)


def po_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as a `.po` file: by file, without line numbers, which would change with every edit."""
    from babel.messages.pofile import write_po

    _settle_head(catalogue)
    written = io.BytesIO()
    write_po(written, catalogue, width=100, include_lineno=False, sort_output=True, ignore_obsolete=True)
    return written.getvalue()


def _settle_head(catalogue: Catalog) -> None:
    """Give a catalogue a head without names, addresses and times, so that the same words make the same file."""
    catalogue.header_comment = f"# The public pages in {catalogue.locale.english_name}. See docs/translating.md."
    catalogue.project, catalogue.version = "NOC Community Portal", "1"
    catalogue.msgid_bugs_address = catalogue.last_translator = "contact@enlets.eu"
    catalogue.language_team = catalogue.locale.language
    catalogue.creation_date = catalogue.revision_date = NEVER
    catalogue.fuzzy = False


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue compiled."""
    from babel.messages.mofile import write_mo

    _settle_head(catalogue)
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()
