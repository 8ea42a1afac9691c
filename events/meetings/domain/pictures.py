"""The days of a meeting as a picture: a column for each day, hours down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import formats

from events.meetings.models import AgendaItem, ItemKind
from portal.web.clock_face import shorten

WIDTH, LEFT, TOP = 560, 42, 26
#: Height of one hour.
HOUR = 42.0
GAP = 10
#: Height from which a box has room for its kind beneath its title.
TWO_LINES = 44.0
#: Average width of a letter at the picture's type size.
LETTER = 7.0

#: How a box is drawn: decisions in ink, workshops in a heavy frame, visits hatched.
LOOK = {ItemKind.DECISION: "d", ItemKind.WORKSHOP: "w", ItemKind.VISIT: "v"}


@dataclass(frozen=True, slots=True)
class HourLine:
    """An hour: its number and where its line lies."""

    label: str
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """An agenda item as a box, its words and where they stand."""

    x: float
    y: float
    width: float
    height: float
    look: str
    title: str
    kind: str
    text_x: float
    text_y: float
    kind_y: float


@dataclass(frozen=True)
class Glance:
    """The whole picture."""

    days: tuple[tuple[str, float], ...]
    hours: tuple[HourLine, ...]
    boxes: tuple[Box, ...]
    height: float

    @property
    def box(self) -> str:
        """View box of the drawing."""
        return f"0 0 {WIDTH} {self.height:g}"


def _hours(moment: dt.time) -> float:
    return moment.hour + moment.minute / 60


def glance(items: Sequence[AgendaItem]) -> Glance | None:
    """Return the picture of an agenda, at most three days wide; None where there is nothing to draw."""
    days = sorted({item.day for item in items})
    if not days or len(days) > 3:
        return None
    first = int(min(_hours(item.starts_at) for item in items))
    last = max(_hours(item.starts_at) + item.minutes / 60 for item in items)
    width = (WIDTH - LEFT - GAP * (len(days) - 1)) / len(days)
    boxes = []
    for item in items:
        if item.kind == ItemKind.BREAK:
            continue
        x = LEFT + days.index(item.day) * (width + GAP)
        y = TOP + 1.5 + (_hours(item.starts_at) - first) * HOUR
        height = item.minutes / 60 * HOUR - 3
        two = height >= TWO_LINES
        boxes.append(
            Box(
                x=round(x, 1),
                y=round(y, 1),
                width=round(width - 4, 1),
                height=round(height, 1),
                look=LOOK.get(ItemKind(item.kind), ""),
                title=shorten(item.short or item.title, int((width - 24) / LETTER)),
                kind=item.get_kind_display().lower() if two else "",
                text_x=round(x + 10, 1),
                text_y=round(y + (15 if two else height / 2), 1),
                kind_y=round(y + 34, 1),
            )
        )
    return Glance(
        days=tuple(
            (f"{formats.date_format(day, 'l')} {day.day}", LEFT + place * (width + GAP))
            for place, day in enumerate(days)
        ),
        hours=tuple(HourLine(str(hour), TOP + (hour - first) * HOUR) for hour in range(first, int(last) + 1)),
        boxes=tuple(boxes),
        height=round(TOP + (last - first) * HOUR + 2, 1),
    )
