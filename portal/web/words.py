"""Numbers and spans of time in English words, as the pages and the clock's description say them."""

from __future__ import annotations

import datetime as dt

_SMALL = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()


def in_words(number: int) -> str:
    """Return a count as a word up to twenty ("no", "one", … "twenty"), as digits beyond that."""
    return _SMALL[number] if 0 <= number < len(_SMALL) else f"{number:,}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a count with its noun: counted(1, "day") -> "1 day"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def duration(span: dt.timedelta) -> str:
    """Return a span in its largest whole unit, days at most: "3 days", "1 hour", "5 minutes", "less than a minute"."""
    seconds = int(abs(span).total_seconds())
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(seconds // size, unit)
    return "less than a minute"
