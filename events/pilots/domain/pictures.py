"""Pictures of a pilot: who reached whom, and the solution against the usual channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median

from events.pilots.domain.measures import Comparison, Measure
from events.pilots.models import PilotRun
from portal.community.models import Centre

#: Minutes up to which a square is dark, and up to which it is half dark.
QUICK, FAIR = 4.0, 6.0
SQUARE = 37
LEFT, TOP = 34, 20


@dataclass(frozen=True, slots=True)
class Square:
    """One square of a matrix: the median from one centre to another, "" where it was not tried."""

    x: float
    y: float
    text_x: float
    text_y: float
    look: str
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A centre's code along a side of a matrix."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Matrix:
    """A scenario's matrix: rows send, columns receive."""

    title: str
    columns: tuple[Name, ...]
    rows: tuple[Name, ...]
    squares: tuple[Square, ...]
    diagonal: tuple[str, ...]
    size: tuple[int, int]

    @property
    def box(self) -> str:
        """View box of the drawing."""
        return f"0 0 {self.size[0]} {self.size[1]}"


def code_of(centre: Centre, centres: Sequence[Centre]) -> str:
    """Return a centre's country code, or its first letters where a country has two centres here."""
    twins = [other for other in centres if other.country_id == centre.country_id]
    return centre.country_id if len(twins) == 1 else centre.city[:3]


def medians(runs: Sequence[PilotRun]) -> dict[tuple[int, int], float]:
    """Return the median minutes until acknowledged, by (sending centre, receiving centre)."""
    found: dict[tuple[int, int], list[float]] = defaultdict(list)
    for run in runs:
        found[run.from_centre_id, run.to_centre_id].append(float(run.acknowledged))
    return {pair: median(values) for pair, values in found.items()}


def matrix(title: str, runs: Sequence[PilotRun], centres: Sequence[Centre]) -> Matrix:
    """Return the matrix of a scenario over all centres of the pilot."""
    values = medians(runs)
    squares, diagonal = [], []
    for row, sender in enumerate(centres):
        for column, receiver in enumerate(centres):
            x, y = LEFT + 1.5 + column * SQUARE, TOP + 1.5 + row * SQUARE
            if sender.pk == receiver.pk:
                diagonal.append(f"M{x:g} {y + 34:g}L{x + 34:g} {y:g}")
                continue
            value = values.get((sender.pk, receiver.pk))
            look = "o" if value is None else "a" if value <= QUICK else "b" if value <= FAIR else ""
            squares.append(Square(x, y, x + 17, y + 17.5, look, "" if value is None else f"{value:.1f}"))
    return Matrix(
        title=title,
        columns=tuple(
            Name(code_of(centre, centres), LEFT + 18.5 + place * SQUARE, 9) for place, centre in enumerate(centres)
        ),
        rows=tuple(
            Name(code_of(centre, centres), LEFT - 7, TOP + 19 + place * SQUARE) for place, centre in enumerate(centres)
        ),
        squares=tuple(squares),
        diagonal=tuple(diagonal),
        size=(LEFT + 2 + SQUARE * len(centres), TOP + 2 + SQUARE * len(centres)),
    )


@dataclass(frozen=True, slots=True)
class RangeLine:
    """A line from fastest to slowest with a dot at the median."""

    path: str
    dot_x: float
    y: float
    text_x: float
    text: str
    solution: bool


@dataclass(frozen=True, slots=True)
class RangeGroup:
    """The lines of one scenario beneath its name."""

    name: str
    y: float
    lines: tuple[RangeLine, ...]


@dataclass(frozen=True)
class Ranges:
    """The comparison of all scenarios on one scale of minutes."""

    groups: tuple[RangeGroup, ...]
    axis: tuple[tuple[str, float, bool], ...]
    height: int

    @property
    def box(self) -> str:
        """View box of the drawing."""
        return f"0 0 560 {self.height}"


def ranges(comparisons: Sequence[Comparison]) -> Ranges | None:
    """Return the picture of comparisons, None without any."""
    if not comparisons:
        return None
    top = max(measure.high for it in comparisons for measure in (it.solution, it.baseline) if measure)
    scale = max(10, ceil(top / 10) * 10)
    step = 10 if scale <= 60 else 30

    def at(minutes: float) -> float:
        return round(4 + minutes / scale * 544, 1)

    def line(found: Measure, y: float, *, solution: bool) -> RangeLine:
        return RangeLine(
            f"M{at(found.low):g} {y:g}H{at(found.high):g}",
            at(found.median),
            y,
            at(found.high) + 8,
            found.text,
            solution,
        )

    groups = []
    for place, it in enumerate(comparisons):
        y = 32.0 + place * 62
        lines = [line(it.solution, y + 20, solution=True)]
        if it.baseline:
            lines.append(line(it.baseline, y + 38, solution=False))
        groups.append(RangeGroup(it.name, y, tuple(lines)))
    marks = range(0, scale + 1, step)
    return Ranges(
        groups=tuple(groups),
        axis=tuple((f"{mark} min" if mark == scale else str(mark), at(mark), mark == scale) for mark in marks),
        height=32 + len(comparisons) * 62,
    )
