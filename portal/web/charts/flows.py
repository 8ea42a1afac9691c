"""Who has been where: curves from sending to hosting capitals."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from django.utils.translation import gettext, gettext_noop

from portal.web.charts.europe import CAPITALS, Point, Spot, inside, name_of, other_capitals, place
from portal.web.charts.tables import Row
from portal.web.geometry import fmt
from portal.web.words import listed


@dataclass(frozen=True, slots=True)
class Curve:
    """An exchange between two capitals, or several: path, arrow head and width."""

    path: str
    tip: str
    width: str
    origin: str
    target: str
    count: int


@dataclass(frozen=True, slots=True)
class Node:
    """A capital that sends or hosts; a link to its row. `curves` are its own, to show them alone."""

    code: str
    x: str
    y: str
    label_x: str
    label_y: str
    anchor: str
    row: str
    sentence: str
    curves: tuple[Curve, ...]


@dataclass(frozen=True, slots=True)
class FlowMap:
    """Curves from sending to hosting capitals, and the table."""

    curves: tuple[Curve, ...]
    nodes: tuple[Node, ...]
    spots: tuple[Spot, ...]
    rows: tuple[Row, ...]
    total: int
    headers: tuple[str, ...] = (gettext_noop("From"), gettext_noop("To"), gettext_noop("Weeks"))


_BENDS = (0.18, -0.18, 0.3, -0.3, 0.45, -0.45, 0.62, -0.62)
_NODE_RADIUS, _TIP_LENGTH, _TIP_HALF = 5.0, 8.0, 4.0


def _bezier(start: Point, control: Point, end: Point, t: float) -> Point:
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
    return a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1]


def _sampled(start: Point, bend: float, end: Point) -> tuple[Point, list[Point]]:
    dx, dy = end[0] - start[0], end[1] - start[1]
    control = (start[0] + dx / 2 - dy * bend, start[1] + dy / 2 + dx * bend)
    return control, [_bezier(start, control, end, step / 10) for step in range(11)]


def _crossings(first: Sequence[Point], second: Sequence[Point]) -> int:
    def side(p: Point, q: Point, r: Point) -> bool:
        return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])

    found = 0
    for a, b in pairwise(first):
        for c, d in pairwise(second):
            # Two curves that leave the same capital meet there; that is no crossing.
            if a in (c, d) or b in (c, d):
                continue
            if side(a, c, d) != side(b, c, d) and side(a, b, c) != side(a, b, d):
                found += 1
    return found


def _angle_between(origin: Point, first: Point, second: Point) -> float:
    one = math.atan2(first[1] - origin[1], first[0] - origin[0])
    two = math.atan2(second[1] - origin[1], second[0] - origin[0])
    return abs((one - two + math.pi) % (2 * math.pi) - math.pi)


def _cost(bend: float, line: Sequence[Point], drawn: Sequence[Sequence[Point]], keep_off: Sequence[Point]) -> float:
    """Return how ill a bend looks: far out, near a foreign capital, across other curves, close beside one."""
    cost = abs(bend) * 3
    cost += 6 * sum(not inside(x, y, margin=5) for x, y in line)
    for capital in keep_off:
        if capital not in (line[0], line[-1]) and min(math.dist(capital, point) for point in line[1:-1]) < 13:
            cost += 5
    for other in drawn:
        cost += 3 * _crossings(line, other)
        for mine, next_ in ((line[0], line[1]), (line[-1], line[-2])):
            for theirs, their_next in ((other[0], other[1]), (other[-1], other[-2])):
                if mine == theirs and _angle_between(mine, next_, their_next) < 0.45:
                    cost += 4
    return cost


def _curve(flow: tuple[str, str, int], control: Point) -> Curve:
    origin, target, count = flow
    start, end = place(origin), place(target)
    length = math.dist(control, end) or 1.0
    ux, uy = (end[0] - control[0]) / length, (end[1] - control[1]) / length
    reach = _NODE_RADIUS + 2
    nose = (end[0] - ux * reach, end[1] - uy * reach)
    base = (nose[0] - ux * _TIP_LENGTH, nose[1] - uy * _TIP_LENGTH)
    wing = (-uy * _TIP_HALF, ux * _TIP_HALF)
    tip = (
        f"M{fmt(nose[0])} {fmt(nose[1])}L{fmt(base[0] + wing[0])} {fmt(base[1] + wing[1])}"
        f"L{fmt(base[0] - wing[0])} {fmt(base[1] - wing[1])}z"
    )
    # The line ends inside the head, not at its point, where its blunt end would show.
    stop = (base[0] + ux * 2, base[1] + uy * 2)
    path = f"M{fmt(start[0])} {fmt(start[1])}Q{fmt(control[0])} {fmt(control[1])} {fmt(stop[0])} {fmt(stop[1])}"
    return Curve(path, tip, fmt(1.6 + 0.9 * (min(count, 6) - 1)), origin, target, count)


@lru_cache(maxsize=64)
def _routed(flows: tuple[tuple[str, str, int], ...]) -> tuple[tuple[Curve, tuple[Point, ...]], ...]:
    active = {code for origin, target, _ in flows for code in (origin, target)}
    keep_off = [place(code) for code in sorted(active)]
    drawn: list[Sequence[Point]] = []
    routed = []
    # Long curves have the fewest ways round, so they choose first.
    for flow in sorted(flows, key=lambda flow: -math.dist(place(flow[0]), place(flow[1]))):
        start, end = place(flow[0]), place(flow[1])
        options = [(bend, *_sampled(start, bend, end)) for bend in _BENDS]
        _, control, line = min(options, key=lambda option: _cost(option[0], option[2], drawn, keep_off))
        drawn.append(line)
        routed.append((_curve(flow, control), tuple(line)))
    return tuple(routed)


def flow_map(
    flows: Iterable[tuple[str, str, int]], names: Mapping[str, str] | None = None, *, uid: str = "fl"
) -> FlowMap:
    """Return curves between capitals for (sending code, hosting code, weeks); equal pairs are added up.

    Each curve takes the bend that crosses the others least, keeps off foreign capitals and leaves a capital at a wide
    angle. Pairs with a country off the map stand in the table alone.
    """
    names = names or {}

    def called(code: str) -> str:
        return names.get(code) or name_of(code)

    totals: Counter[tuple[str, str]] = Counter()
    for origin, target, count in flows:
        totals[origin, target] += count
    pairs = sorted(((o, t, n) for (o, t), n in totals.items() if n > 0), key=lambda p: (called(p[0]), called(p[1])))
    shown = tuple((o, t, n) for o, t, n in pairs if o != t and o in CAPITALS and t in CAPITALS)
    routed = _routed(shown)
    sends: dict[str, list[str]] = defaultdict(list)
    hosts: dict[str, list[str]] = defaultdict(list)
    for origin, target, _ in shown:
        sends[origin].append(called(target))
        hosts[target].append(called(origin))
    # Finer than for routing, and with the arrow heads: a code must be readable beside them.
    lines = [point for _, line in routed for point in _between(line)]
    nodes = []
    for code in sorted({*sends, *hosts}, key=called):
        x, y = place(code)
        label_x, label_y, anchor = _free_corner(x, y, lines)
        parts = [gettext("to %(places)s") % {"places": listed(sends[code])}] if sends[code] else []
        parts += [gettext("from %(places)s") % {"places": listed(hosts[code])}] if hosts[code] else []
        nodes.append(
            Node(
                code,
                fmt(x),
                fmt(y),
                fmt(label_x),
                fmt(label_y),
                anchor,
                f"{uid}-{_row_of(code, pairs)}",
                f"{called(code)}: {'; '.join(parts)}",
                tuple(curve for curve, _ in routed if code in (curve.origin, curve.target)),
            )
        )
    return FlowMap(
        curves=tuple(curve for curve, _ in routed),
        nodes=tuple(nodes),
        spots=other_capitals({*sends, *hosts}),
        rows=tuple(
            Row((called(origin), called(target), count), anchor=f"{uid}-{number}")
            for number, (origin, target, count) in enumerate(pairs)
        ),
        total=sum(count for *_, count in pairs),
    )


def _row_of(code: str, pairs: Sequence[tuple[str, str, int]]) -> int:
    """Return the number of the first row in which a country sends, or else hosts."""
    sending = [number for number, (origin, _, _) in enumerate(pairs) if origin == code]
    hosting = [number for number, (_, target, _) in enumerate(pairs) if target == code]
    return (sending or hosting)[0]


def _between(line: Sequence[Point]) -> list[Point]:
    """Return the points of a sampled curve and the middles between them, without the ends."""
    middles = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(line)]
    return [*line[1:-1], *middles]


def _free_corner(x: float, y: float, lines: Sequence[Point]) -> tuple[float, float, str]:
    """Return where a capital's code stands: the corner that the fewest curves run through."""
    corners = (
        (x + 11, y + 3, "start", x + 20, y + 3),
        (x - 11, y + 3, "end", x - 20, y + 3),
        (x, y - 14, "mid", x, y - 14),
        (x, y + 17, "mid", x, y + 17),
        (x + 9, y - 11, "start", x + 17, y - 11),
        (x - 9, y - 11, "end", x - 17, y - 11),
        (x + 9, y + 14, "start", x + 17, y + 14),
        (x - 9, y + 14, "end", x - 17, y + 14),
    )

    def clash(corner: tuple[float, float, str, float, float]) -> float:
        *_, middle_x, middle_y = corner
        near = sum(max(0.0, 17 - math.dist((middle_x, middle_y), point)) for point in lines)
        return near + 100 * (not inside(middle_x, middle_y, margin=9))

    best = min(corners, key=clash)
    return best[0], best[1], best[2]
