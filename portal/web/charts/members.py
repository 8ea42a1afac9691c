"""How many people from where: circles at the capitals."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from portal.web.charts.europe import CAPITALS, Point, Spot, inside, name_of, other_capitals, place
from portal.web.charts.tables import Row
from portal.web.geometry import fmt


@dataclass(frozen=True, slots=True)
class Bubble:
    """A country's circle; its area is the count. `anchor` is "start", "end" or "mid" for the code beside it."""

    code: str
    name: str
    count: int
    x: str
    y: str
    text_y: str
    radius: str
    label_x: str
    label_y: str
    anchor: str


@dataclass(frozen=True, slots=True)
class MemberMap:
    """Circles at the capitals, the other capitals as dots, and the table with every country."""

    bubbles: tuple[Bubble, ...]
    spots: tuple[Spot, ...]
    rows: tuple[Row, ...]
    total: int
    headers: tuple[str, ...] = (gettext_noop("Country"), gettext_noop("Members"))


#: Radius of a circle for one person, and of the largest circle.
_ONE, _LARGEST = 7.5, 20.0


def _push_apart(points: list[list[float]], radii: Sequence[float], homes: Sequence[Point]) -> None:
    """Move circles (in place) until none covers another; each is drawn gently back to its capital meanwhile."""
    for round_ in range(160):
        pull = 0.06 if round_ < 100 else 0.0
        for point, home in zip(points, homes, strict=True):
            point[0] += (home[0] - point[0]) * pull
            point[1] += (home[1] - point[1]) * pull
        moved = False
        for i in range(len(points)):
            for j in range(i):
                dx, dy = points[i][0] - points[j][0], points[i][1] - points[j][1]
                distance = math.hypot(dx, dy) or 0.01
                overlap = radii[i] + radii[j] + 1.5 - distance
                if overlap > 0:
                    moved = True
                    # The smaller circle gives way.
                    share = radii[j] / (radii[i] + radii[j])
                    ux, uy = (dx / distance, dy / distance) if distance > 0.05 else (1.0, 0.0)
                    points[i][0] += ux * overlap * share
                    points[i][1] += uy * overlap * share
                    points[j][0] -= ux * overlap * (1 - share)
                    points[j][1] -= uy * overlap * (1 - share)
        if not moved and not pull:
            return


def member_map(counts: Mapping[str, int], names: Mapping[str, str] | None = None) -> MemberMap:
    """Return a circle at each capital whose area is the number of people; `counts` is by country code.

    `names` overrides the table's country names. Countries without a place on the map are in the table alone.
    """
    names = names or {}
    ranked = sorted(
        ((code, count) for code, count in counts.items() if count > 0),
        key=lambda pair: (-pair[1], names.get(pair[0], name_of(pair[0]))),
    )
    shown = [(code, count) for code, count in ranked if code in CAPITALS]
    most = max((count for _, count in shown), default=1)
    unit = min(_ONE, _LARGEST / math.sqrt(most))
    radii = [max(unit * math.sqrt(count), 4.0) for _, count in shown]
    homes = [place(code) for code, _ in shown]
    points = [list(home) for home in homes]
    _push_apart(points, radii, homes)
    bubbles = []
    for index, ((code, count), (x, y), radius) in enumerate(zip(shown, points, radii, strict=True)):
        others = [(px, py, r) for n, ((px, py), r) in enumerate(zip(points, radii, strict=True)) if n != index]
        label_x, label_y, anchor = free_side(x, y, radius, others)
        bubbles.append(
            Bubble(
                code,
                names.get(code, name_of(code)),
                count,
                fmt(x),
                fmt(y),
                fmt(y + 0.5),
                fmt(radius),
                fmt(label_x),
                fmt(label_y),
                anchor,
            )
        )
    return MemberMap(
        bubbles=tuple(bubbles),
        spots=other_capitals(code for code, _ in shown),
        rows=tuple(Row((names.get(code, name_of(code)), count)) for code, count in ranked),
        total=sum(count for _, count in ranked),
    )


def free_side(
    x: float, y: float, radius: float, others: Sequence[tuple[float, float, float]]
) -> tuple[float, float, str]:
    """Return where a code of two letters stands beside a circle without touching another circle."""
    sides = (
        (x + radius + 3.5, y + 0.5, "start", x + radius + 12),
        (x - radius - 3.5, y + 0.5, "end", x - radius - 12),
        (x, y + radius + 8.5, "mid", x),
        (x, y - radius - 8, "mid", x),
    )

    def clash(side: tuple[float, float, str, float]) -> float:
        _, top, _, middle = side
        near = sum(max(0.0, r + 9 - math.hypot(px - middle, py - top)) for px, py, r in others)
        return near + 50 * (not inside(middle, top, margin=8))

    left, top, anchor, _ = min(sides, key=clash)
    return left, top, anchor
