"""Bands from sending countries, left, to host countries, right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from portal.web.charts.tables import Row
from portal.web.geometry import fmt

WIDTH = 560
LEFT, RIGHT = 154.0, 406.0
TOP = 30.0
#: Height of one placement, the white between two bands, and between two countries at least.
UNIT, WHITE, GAP = 15.0, 3.0, 18.0
#: Beyond this height placements get thinner instead.
MOST_HEIGHT = 560.0


@dataclass(frozen=True, slots=True)
class Band:
    """One band; `hot` marks the one the page speaks of."""

    path: str
    width: str
    hot: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A country on one side: its bar, name and number."""

    name: str
    count: int
    y: str
    height: str
    middle: str


@dataclass(frozen=True, slots=True)
class Bands:
    """Bands, both columns and the table."""

    bands: tuple[Band, ...]
    senders: tuple[Side, ...]
    hosts: tuple[Side, ...]
    rows: tuple[Row, ...]
    total: int
    height: int
    headers: tuple[str, ...] = ("From", "To", "Placements")

    @property
    def box(self) -> str:
        """The view box."""
        return f"0 0 {WIDTH} {self.height}"


def _column(totals: Counter[str], unit: float, room: float) -> dict[str, tuple[float, float]]:
    """Return name -> (top, height), largest first, spread over `room`."""
    ranked = sorted(totals, key=lambda name: (-totals[name], name))
    used = sum(totals.values()) * unit
    gap = (room - used) / (len(ranked) - 1) if len(ranked) > 1 else 0.0
    places, y = {}, TOP
    for name in ranked:
        places[name] = (y, totals[name] * unit)
        y += totals[name] * unit + gap
    return places


def bands(flows: Iterable[tuple[str, str, int]], *, hot: tuple[str, str] | None = None) -> Bands:
    """Return the bands for (from, to, count) with names as they are to be printed; equal pairs are added up.

    `hot` names the pair that is drawn in full ink. One placement has the same height everywhere.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for origin, target, count in flows:
        if count > 0:
            pairs[origin, target] += count
    sent: Counter[str] = Counter()
    hosted: Counter[str] = Counter()
    for (origin, target), count in pairs.items():
        sent[origin] += count
        hosted[target] += count
    total = sum(pairs.values())
    most = max(len(sent), len(hosted), 1)
    unit = min(UNIT, max((MOST_HEIGHT - (most - 1) * GAP) / max(total, 1), 2.0))
    room = total * unit + (most - 1) * GAP
    left, right = _column(sent, unit, room), _column(hosted, unit, room)
    # Within a country the bands leave in the order in which they arrive, so that they cross as little as can be.
    from_y = {name: y for name, (y, _) in left.items()}
    to_y = {name: y for name, (y, _) in right.items()}
    starts, ends = {}, {}
    for origin, target in sorted(pairs, key=lambda pair: to_y[pair[1]]):
        starts[origin, target] = from_y[origin]
        from_y[origin] += pairs[origin, target] * unit
    for origin, target in sorted(pairs, key=lambda pair: left[pair[0]][0]):
        ends[origin, target] = to_y[target]
        to_y[target] += pairs[origin, target] * unit
    drawn = []
    for pair in sorted(pairs, key=lambda pair: (pair == hot, left[pair[0]][0], right[pair[1]][0])):
        half = pairs[pair] * unit / 2
        y1, y2 = fmt(starts[pair] + half), fmt(ends[pair] + half)
        path = f"M{fmt(LEFT)} {y1}C284 {y1} 276 {y2} {fmt(RIGHT)} {y2}"
        drawn.append(Band(path, fmt(max(pairs[pair] * unit - min(WHITE, unit / 4), 1)), pair == hot))
    return Bands(
        bands=tuple(drawn),
        senders=tuple(_side(name, sent[name], *left[name]) for name in left),
        hosts=tuple(_side(name, hosted[name], *right[name]) for name in right),
        rows=tuple(Row((*pair, pairs[pair])) for pair in sorted(pairs, key=lambda p: (left[p[0]][0], right[p[1]][0]))),
        total=total,
        height=round(TOP + max(room, 30) + 12),
    )


def _side(name: str, count: int, y: float, height: float) -> Side:
    return Side(name, count, fmt(y), fmt(height), fmt(y + height / 2))
