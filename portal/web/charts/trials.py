"""What a pilot shows: one run on the hour, who reached whom, ranges against the usual channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.web.charts.tables import Row
from portal.web.geometry import fmt

# ── One run: the clock unrolled ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Message:
    """One message on one channel, in minutes of the hour; None where a stage was not reached.

    `trial` marks the channel on trial, which is drawn in amber.
    """

    channel: str
    sent: float
    delivered: float | None = None
    read: float | None = None
    acknowledged: float | None = None
    trial: bool = False


@dataclass(frozen=True, slots=True)
class LaneMark:
    """A message as drawn: arc from sent to the last stage, ring delivered, half ring read, disc acknowledged."""

    y: str
    text_y: str
    tick: str
    arc: str
    ring: str
    half: str
    half_path: str
    disc: str
    minute: int
    label_x: str
    channel: str
    trial: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """A centre: its name, the rule above it and its messages."""

    name: str
    name_y: str
    rule: str
    marks: tuple[LaneMark, ...]


@dataclass(frozen=True, slots=True)
class HourView:
    """One drawing of the hour, wide or narrow."""

    width: int
    height: int
    ticks: str
    ticks_of_five: str
    quarters: str
    numbers: tuple[tuple[str, str, str], ...]
    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Hour:
    """A run in both drawings, with its table."""

    wide: HourView
    narrow: HourView
    rows: tuple[Row, ...]
    headers: tuple[str, ...] = ("Centre", "Channel", "Sent", "Delivered", "Read", "Acknowledged")


#: Marks nearer than this to the disc, or to each other, are left to the table.
_TOUCH = 20.0


def _clock(minute: float | None) -> str:
    if minute is None:
        return "–"
    seconds = round(minute * 60)
    return f"T+{seconds // 60:02d}:{seconds % 60:02d}"


def _mark(message: Message, y: float, left: float, unit: float) -> LaneMark:
    def at(minute: float) -> float:
        return left + minute * unit

    stages = [
        stage for stage in (message.sent, message.delivered, message.read, message.acknowledged) if stage is not None
    ]
    end = at(max(stages))
    limit = end - _TOUCH if message.acknowledged is not None else end
    read = at(message.read) if message.read is not None and at(message.read) <= limit else None
    delivered = at(message.delivered) if message.delivered is not None and at(message.delivered) <= limit else None
    # A ring on the tick or on the half ring could not be told from it.
    if delivered is not None and (delivered - at(message.sent) < 9 or (read is not None and read - delivered < 13)):
        delivered = None
    disc = end if message.acknowledged is not None else None
    return LaneMark(
        y=fmt(y),
        text_y=fmt(y + 0.5),
        tick=f"M{fmt(at(message.sent))} {fmt(y - 9)}V{fmt(y + 9)}",
        arc=f"M{fmt(at(message.sent))} {fmt(y)}H{fmt(end)}",
        ring=fmt(delivered) if delivered is not None else "",
        half=fmt(read) if read is not None else "",
        half_path=f"M{fmt(read)} {fmt(y - 6)}a6 6 0 0 0 0 12z" if read is not None else "",
        disc=fmt(disc) if disc is not None else "",
        minute=int(message.acknowledged or 0),
        label_x=fmt(end + (22 if disc is not None else 12)),
        channel=message.channel,
        trial=message.trial,
    )


def _view(centres: Sequence[tuple[str, Sequence[Message]]], *, narrow: bool) -> HourView:
    left, unit, width = (14.0, 6.2, 400) if narrow else (124.0, 776 / 60, 920)
    first, step, edge = (48.0, 32.0, 4) if narrow else (29.0, 36.0, 8)
    lanes, y = [], 46.0
    for name, messages in centres:
        rows = [_mark(message, y + first + index * step, left, unit) for index, message in enumerate(messages)]
        name_y = y + (18 if narrow else first)
        lanes.append(Lane(name, fmt(name_y), f"M{edge} {fmt(y)}H{width - edge}", tuple(rows)))
        y += first + (len(messages) - 1) * step + (24 if narrow else 27)
    ticks = "".join(f"M{fmt(left + minute * unit)} 30V36" for minute in range(60) if minute % 5)
    fives = "".join(f"M{fmt(left + minute * unit)} 26V36" for minute in range(0, 61, 5))
    quarters = "".join(f"M{fmt(left + minute * unit)} 40V{fmt(y - 4)}" for minute in (15, 30, 45))
    numbers = []
    for minute in range(0, 61, 15 if narrow else 5):
        # On a phone the first and last number would stand half outside.
        anchor = {0: "", 60: "end"}.get(minute, "mid") if narrow else "mid"
        place = 4 if narrow and minute == 0 else left + minute * unit
        numbers.append(
            (fmt(place), f"T+{minute}" if minute == 0 else str(minute), anchor if minute % 15 == 0 else f"{anchor} s")
        )
    return HourView(width, round(y), ticks, fives, quarters, tuple(numbers), tuple(lanes))


def hour(centres: Sequence[tuple[str, Sequence[Message]]]) -> Hour:
    """Return one run: for each centre, in the order given, its messages on each channel."""
    rows = (
        Row((name, m.channel, _clock(m.sent), _clock(m.delivered), _clock(m.read), _clock(m.acknowledged)))
        for name, messages in centres
        for m in messages
    )
    return Hour(_view(centres, narrow=False), _view(centres, narrow=True), tuple(rows))


# ── Who reached whom ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Square:
    """One pair; `step` is "a" (best), "b", "" (slowest) or "o" (not tried)."""

    x: str
    y: str
    text_x: str
    text_y: str
    text: str
    step: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows send, columns receive."""

    title: str
    names: tuple[tuple[str, str, str], ...]
    squares: tuple[Square, ...]
    blanks: tuple[str, ...]
    width: int
    height: int


def matrix(
    title: str, names: Sequence[str], values: Mapping[tuple[str, str], float], *, steps: tuple[float, float]
) -> Matrix:
    """Return the square table of medians; `names` are short codes, `values` by (sends, receives).

    A pair without a value was not tried. `steps` are the two limits of the scale, and the same for every matrix that
    stands beside this one.
    """
    squares, blanks, labels = [], [], []
    for row, sender in enumerate(names):
        top = 21.5 + 37 * row
        labels.append((sender, fmt(52.5 + 37 * row), fmt(top + 17)))
        for column, receiver in enumerate(names):
            left = 35.5 + 37 * column
            if row == column:
                blanks.append(f"M{fmt(left)} {fmt(top + 34)}L{fmt(left + 34)} {fmt(top)}")
                continue
            value = values.get((sender, receiver))
            step = "o" if value is None else "a" if value <= steps[0] else "b" if value <= steps[1] else ""
            text = "–" if value is None else f"{value:.1f}"
            squares.append(Square(fmt(left), fmt(top), fmt(left + 17), fmt(top + 17.5), text, step))
    side = 37 * len(names)
    return Matrix(title, tuple(labels), tuple(squares), tuple(blanks), 36 + side, 22 + side)


# ── Against the usual channel ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Span:
    """Fastest to slowest as a line, the median as a dot with its figure."""

    y: str
    line: str
    median_x: str
    label_x: str
    label: str
    trial: bool


@dataclass(frozen=True, slots=True)
class RangeGroup:
    """A scenario with one span for each channel."""

    name: str
    y: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ranges on one axis of minutes."""

    groups: tuple[RangeGroup, ...]
    axis: tuple[tuple[str, str, str], ...]
    height: int

    @property
    def box(self) -> str:
        """The view box."""
        return f"0 0 560 {self.height}"


def ranges(groups: Sequence[tuple[str, Sequence[tuple[bool, float, float, float]]]], *, every: int = 10) -> Ranges:
    """Return, for each (name, spans), lines from fastest to slowest; a span is (on trial, low, median, high)."""
    most = max((high for _, spans in groups for *_, high in spans), default=every)
    ceiling = every * max(1, -(-int(most + 0.999) // every))
    unit = 544 / ceiling
    drawn, y = [], 32.0
    for name, spans in groups:
        rows = []
        for index, (trial, low, median, high) in enumerate(spans):
            line_y = y + 20 + 18 * index
            x = [4 + value * unit for value in (low, median, high)]
            end = x[2] + 8
            # Where the figure would leave the drawing it stands before the line instead.
            label_x = end if end < 520 else x[0] - 34
            rows.append(
                Span(
                    fmt(line_y),
                    f"M{fmt(x[0])} {fmt(line_y)}H{fmt(x[2])}",
                    fmt(x[1]),
                    fmt(label_x),
                    f"{median:.1f}",
                    trial,
                )
            )
        drawn.append(RangeGroup(name, fmt(y), tuple(rows)))
        y += 28 + 18 * len(spans)
    axis = tuple(
        (fmt(4 + value * unit), f"{value} min" if value == ceiling else str(value), "end" if value == ceiling else "")
        for value in range(0, ceiling + 1, every)
    )
    return Ranges(tuple(drawn), axis, round(y - 8))
