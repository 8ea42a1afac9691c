"""Where the many are, and weeks as a calendar strip."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils import formats

from portal.web.charts.tables import Row
from portal.web.geometry import fmt


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage with its number and, in words, what was lost on the way."""

    count: int
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Stages on one common scale."""

    stages: tuple[Stage, ...]
    scale: int


def pipeline(stages: Iterable[tuple[int, str, str]]) -> Pipeline:
    """Return the pipeline of (count, label, note); the largest count sets the scale."""
    listed = tuple(Stage(*stage) for stage in stages)
    return Pipeline(listed, max((stage.count for stage in listed), default=1) or 1)


@dataclass(frozen=True, slots=True)
class Unit:
    """One placement, a square; `part` when it is not final."""

    x: str
    y: str
    size: str
    part: bool


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the strip: where its number stands, and whether there is room to print it."""

    number: int
    monday: dt.date
    x: str
    label: bool


@dataclass(frozen=True, slots=True)
class Month:
    """Where a month begins."""

    name: str
    x: str


@dataclass(frozen=True, slots=True)
class WeekStrip:
    """Squares over weeks, months above, today as a line, and the table."""

    weeks: tuple[Week, ...]
    months: tuple[Month, ...]
    units: tuple[Unit, ...]
    today_x: str
    base: str
    label_y: str
    height: int
    rows: tuple[Row, ...]
    total: int
    headers: tuple[str, ...] = ("Week", "Placements")

    @property
    def box(self) -> str:
        """The view box."""
        return f"0 0 560 {self.height}"


_WIDTH, _EDGE = 560.0, 4.0


def week_strip(
    placements: Sequence[tuple[dt.date, bool]], *, first: dt.date, weeks: int, today: dt.date | None = None
) -> WeekStrip:
    """Return the strip of `weeks` weeks from the Monday of `first`'s week.

    `placements` is a (date in the week, final) pair for each placement; those outside the strip count in the total
    and the table only.
    """
    start = first - dt.timedelta(days=first.weekday())
    cell = (_WIDTH - 2 * _EDGE) / weeks
    mondays = [start + dt.timedelta(weeks=index) for index in range(weeks)]
    by_week: dict[dt.date, list[bool]] = {}
    for day, final in placements:
        by_week.setdefault(day - dt.timedelta(days=day.weekday()), []).append(final)
    tallest = max((len(by_week.get(monday, ())) for monday in mondays), default=0)
    size = min(cell - 3, 16.0, 150 / max(tallest, 1))
    step = size + 2.5
    base = 30 + max(tallest, 2) * step
    units, shown_weeks, months = [], [], []
    every = max(1, round(34 / cell + 0.49))
    for index, monday in enumerate(mondays):
        x = _EDGE + index * cell
        shown_weeks.append(Week(monday.isocalendar().week, monday, fmt(x + cell / 2), index % every == 0))
        if index == 0 or monday.month != mondays[index - 1].month:
            name = formats.date_format(monday, "F Y" if index == 0 or monday.month == 1 else "F")
            # So near the edge a name would be cut off on a phone.
            months.append(Month(name if x < _WIDTH - 90 else "", fmt(x)))
        # Final ones stand at the bottom, where the eye counts.
        for level, final in enumerate(sorted(by_week.get(monday, ()), reverse=True)):
            units.append(Unit(fmt(x + (cell - size) / 2), fmt(base - 3 - size - level * step), fmt(size), not final))
    if len(months) > 1 and float(months[1].x) - float(months[0].x) < 110:
        # The first month's name with its year would run into the second, which then carries the year.
        second = next(monday for monday in mondays if monday.month != start.month)
        months[:2] = [Month("", months[0].x), Month(formats.date_format(second, "F Y"), months[1].x)]
    inside = today is not None and start <= today < start + dt.timedelta(weeks=weeks)
    counts = Counter({monday: len(found) for monday, found in by_week.items()})
    return WeekStrip(
        weeks=tuple(shown_weeks),
        months=tuple(months),
        units=tuple(units),
        today_x=fmt(_EDGE + (today - start).days / 7 * cell) if inside and today else "",
        base=fmt(base),
        label_y=fmt(base + 13),
        height=round(base + 26),
        rows=tuple(
            Row((f"Week {monday.isocalendar().week}, from {monday.day} {formats.date_format(monday, 'F Y')}", count))
            for monday, count in sorted(counts.items())
        ),
        total=len(placements),
    )
