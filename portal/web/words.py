"""Numbers and spans of time in words, as the pages and the clock's description say them, in the page's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils import formats
from django.utils.translation import gettext, ngettext

from portal.web import languages

_SMALL = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()


def in_words(number: int) -> str:
    """Return a count as a word up to twenty ("no", "one", … "twenty"), as digits beyond that.

    In digits too on pages in other languages: there the word's form hangs on the noun that follows.
    """
    return _SMALL[number] if 0 <= number < len(_SMALL) and languages.is_default() else figure(number)


def figure(number: int) -> str:
    """Return a number in digits, with what parts the thousands in the page's language: "1,234", "1.234", "1 234"."""
    return f"{number:,}" if languages.is_default() else formats.number_format(number, force_grouping=True)


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a count with its English noun: counted(1, "day") -> "1 day". For member areas; see `numbered`."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def numbered(number: int, singular: str, plural: str) -> str:
    """Return a count with its noun in the page's language: numbered(3, "%(n)s day", "%(n)s days") -> "3 days".

    The catalogues are made from the words written here, so both stand in the call as they are.
    """
    return ngettext(singular, plural, number) % {"n": figure(number)}


def pause(seconds: int) -> str:
    """Return how long to wait: seconds up to a minute and a half, then minutes, rounded up: "12 seconds"."""
    if seconds < 90:
        return numbered(seconds, "%(n)s second", "%(n)s seconds")
    return numbered(-(-seconds // 60), "%(n)s minute", "%(n)s minutes")


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them: "Riga", "Riga and Warsaw", "Poznań, Riga and Warsaw"; none as ""."""
    if len(names) < 2:
        return "".join(names)
    return gettext("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def duration(span: dt.timedelta) -> str:
    """Return a span in its largest whole unit, days at most: "3 days", "1 hour", "5 minutes", "less than a minute"."""
    seconds = int(abs(span).total_seconds())
    if seconds >= 86_400:
        return numbered(seconds // 86_400, "%(n)s day", "%(n)s days")
    if seconds >= 3_600:
        return numbered(seconds // 3_600, "%(n)s hour", "%(n)s hours")
    if seconds >= 60:
        return numbered(seconds // 60, "%(n)s minute", "%(n)s minutes")
    return gettext("less than a minute")
