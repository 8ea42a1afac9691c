"""Terms of office as a table with a bar on months in each row: it reads with six people and with sixty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import formats

from portal.web.geometry import fmt

#: A bar that ends within so many days is open.
SOON = 122
#: Width of the drawing in each row.
WIDTH = 300


@dataclass(frozen=True, slots=True)
class Term:
    """Who holds which role, from when until when (the last day)."""

    name: str
    role: str
    start: dt.date
    end: dt.date
    url: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A term as drawn; `note` says of an open bar that it ends soon, or that it has ended."""

    name: str
    url: str
    role: str
    since: str
    until: str
    note: str
    x: str
    width: str

    @property
    def soon(self) -> bool:
        """Whether the bar is open."""
        return bool(self.note)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms that end soonest first: `first` stand open, `others` in a disclosure; half-years and today as lines."""

    first: tuple[Bar, ...]
    others: tuple[Bar, ...]
    axis: tuple[tuple[str, str], ...]
    today_x: str


def _day(day: dt.date) -> str:
    return f"{day.day} {formats.date_format(day, 'F Y')}"


def terms(people: Iterable[Term], *, today: dt.date, months: int = 30, limit: int = 12) -> Terms:
    """Return everybody's terms, those that end soonest first; those beyond `limit` as `others`.

    The drawings run `months` from the half-year that holds the day a quarter of the span before today; a term that
    ended before that is left out.
    """
    back = today - dt.timedelta(days=round(months * 30.4 / 4))
    first = dt.date(back.year, 1 if back.month < 7 else 7, 1)
    halves = [
        dt.date(first.year + (first.month - 1 + 6 * n) // 12, (first.month - 1 + 6 * n) % 12 + 1, 1)
        for n in range(months // 6 + 1)
    ]
    last = halves[-1]

    def at(day: dt.date) -> float:
        return (min(max(day, first), last) - first).days * WIDTH / (last - first).days

    def note(term: Term) -> str:
        left = (term.end - today).days
        return "ended" if left < 0 else "ends soon" if left <= SOON else ""

    bars = tuple(
        Bar(
            name=term.name,
            url=term.url,
            role=term.role,
            since=_day(term.start),
            until=_day(term.end),
            note=note(term),
            x=fmt(at(term.start)),
            width=fmt(max(at(term.end) - at(term.start), 3)),
        )
        for term in sorted(people, key=lambda term: (term.end, term.name))
        if term.end >= first
    )
    # One that would stand alone behind a disclosure stands with the others.
    cut = limit if len(bars) > limit + 1 else len(bars)
    return Terms(
        first=bars[:cut],
        others=bars[cut:],
        axis=tuple((fmt(at(half)), str(half.year) if half.month == 1 and half != last else "") for half in halves),
        today_x=fmt(at(today)),
    )
