"""Terms of office as bars on months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import formats

from portal.web.charts.tables import Row
from portal.web.geometry import fmt

#: A bar that ends within so many days is open and says when.
SOON = 122
_LEFT, _RIGHT = 4.0, 556.0


@dataclass(frozen=True, slots=True)
class Term:
    """Who holds which role, from when until when (the last day)."""

    name: str
    role: str
    start: dt.date
    end: dt.date


@dataclass(frozen=True, slots=True)
class Bar:
    """A term as drawn."""

    label: str
    x: str
    label_x: str
    label_y: str
    bar_y: str
    width: str
    soon: bool
    note: str
    note_x: str
    note_y: str
    note_end: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """Bars, half-years as lines, today, and the table of all terms; `left_out` counts those the picture omits."""

    bars: tuple[Bar, ...]
    axis: tuple[tuple[str, str], ...]
    today_x: str
    height: int
    left_out: int
    rows: tuple[Row, ...]
    headers: tuple[str, ...] = ("Person", "Role", "From", "Until")

    @property
    def box(self) -> str:
        """The view box."""
        return f"0 0 560 {self.height}"

    @property
    def base(self) -> int:
        """Where the half-year lines end."""
        return self.height - 10


def _day(day: dt.date) -> str:
    return f"{day.day} {formats.date_format(day, 'F Y')}"


def terms(people: Iterable[Term], *, today: dt.date, months: int = 30, limit: int = 10) -> Terms:
    """Return the terms that end soonest, at most `limit`: more would be too dense to read. The table holds all.

    The picture runs `months` from the half-year that holds the day a quarter of the span before today.
    """
    ordered = sorted(people, key=lambda term: (term.end, term.name))
    back = today - dt.timedelta(days=round(months * 30.4 / 4))
    first = dt.date(back.year, 1 if back.month < 7 else 7, 1)
    halves = [
        dt.date(first.year + (first.month - 1 + 6 * n) // 12, (first.month - 1 + 6 * n) % 12 + 1, 1)
        for n in range(months // 6 + 1)
    ]
    last = halves[-1]
    unit = (_RIGHT - _LEFT) / (last - first).days

    def at(day: dt.date) -> float:
        return _LEFT + (min(max(day, first), last) - first).days * unit

    current = [term for term in ordered if term.end >= first]
    bars = []
    for index, term in enumerate(current[:limit]):
        x, end = at(term.start), at(term.end)
        label = f"{term.name}, {term.role}"
        soon = 0 <= (term.end - today).days <= SOON
        ended = term.end < today
        note = ""
        if soon or ended:
            note = f"{'ended' if ended else 'ends'} {term.end.day} {formats.date_format(term.end, 'M')}"
        at_end = end > 470
        y = 43 * index
        bars.append(
            Bar(
                label=label,
                x=fmt(x),
                # A term that has only just begun would push its name out of the drawing.
                label_x=fmt(min(x, 280)),
                label_y=fmt(39 + y),
                bar_y=fmt(52 + y),
                width=fmt(max(end - x, 2)),
                soon=soon or ended,
                note=note,
                note_x=fmt(end if at_end else end + 7),
                note_y=fmt((39 if at_end else 57) + y),
                note_end=at_end,
            )
        )
    return Terms(
        bars=tuple(bars),
        axis=tuple((fmt(at(half)), str(half.year) if half.month == 1 and half != last else "") for half in halves),
        today_x=fmt(at(today)),
        height=43 * len(bars) + 46,
        left_out=len(current) - len(bars),
        rows=tuple(Row((term.name, term.role, _day(term.start), _day(term.end))) for term in ordered),
    )
