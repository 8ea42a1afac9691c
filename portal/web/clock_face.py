"""The Golden Hour clock: sixty minutes, one ring for each role, every step a numbered dot at its minute.

Pure geometry. `face()` takes the steps of a procedure and returns all that ``components/clock.html`` draws, in two
variants: compact (the dial) and wide (the names beside it, with leaders). The dial is 480 units across.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.web.geometry import fmt, on_circle, spread, spread_round
from portal.web.words import in_words

CENTRE = 240.0
OUTER_RING = 168.0
#: Between rings, when there is room; more roles move closer together.
RING_GAP = 28.0
#: The innermost ring leaves room for the title.
INNER_RING = 64.0
DOT = 13.0

WIDE_WIDTH, WIDE_HEIGHT = 1160, 620
WIDE_CENTRE = (580.0, 310.0)
WIDE_SCALE = 1.14
#: Where a leader leaves the rim, in units of the wide drawing.
WIDE_RIM = 276.0
LABEL_TOP, LABEL_BOTTOM = 22.0, 576.0
LABEL_GAP, LABEL_GAP_DENSE = 60.0, 24.0
#: Most names of two lines (name, then time and role) that fit beside one half of the dial.
LABELS_TWO_LINES = 10
LABEL_LETTERS = 31


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a procedure. `minute` is the latest at which it begins, 0 to 60; `duration` is in minutes.

    `short` is a name of a few words for the dial's side; `text` is the explanation in the long list.
    """

    minute: int
    duration: int
    role: str
    action: str
    critical: bool = False
    text: str = ""
    short: str = ""

    @property
    def name(self) -> str:
        """The short name where there is one, else the action."""
        return self.short or self.action

    @property
    def iso(self) -> str:
        """The minute as an ISO 8601 duration, for `datetime` attributes."""
        return f"PT{self.minute}M"


@dataclass(frozen=True, slots=True)
class Ring:
    """A role's ring; `legend` is the radius of its small circle in the legend, 24 units across."""

    role: str
    radius: str
    legend: str


@dataclass(frozen=True, slots=True)
class Arc:
    """How long a step takes, as a path on its ring."""

    path: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Dot:
    """A numbered dot. `x`, `y` are its centre, `text_y` the baseline's middle of the number."""

    number: int
    x: str
    y: str
    text_y: str
    critical: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A step's name beside the dial, with the leader's path. Without `detail` there was room for one line only."""

    path: str
    x: int
    y: str
    detail_y: str
    text: str
    detail: str
    at_end: bool


@dataclass(frozen=True, slots=True)
class Minute:
    """A number on the rim; quarters are larger."""

    value: int
    x: str
    y: str
    quarter: bool


@dataclass(frozen=True, slots=True)
class TitleLine:
    """A line of the title in the middle of the dial."""

    text: str
    y: str


@dataclass(frozen=True)
class Face:
    """Everything the clock's template draws."""

    title: str
    uid: str
    steps: tuple[Step, ...]
    rings: tuple[Ring, ...]
    arcs: tuple[Arc, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    title_lines: tuple[TitleLine, ...]
    title_size: str
    dot_radius: str
    number_size: str
    zero_path: str

    @property
    def ticks(self) -> str:
        """Path of the minute marks."""
        return _TICKS

    @property
    def ticks_of_five(self) -> str:
        """Path of the five-minute marks."""
        return _TICKS_OF_FIVE

    @property
    def minutes(self) -> tuple[Minute, ...]:
        """Numbers on the rim."""
        return _MINUTES

    @property
    def has_critical(self) -> bool:
        """Whether any step is critical, so that the legend explains amber."""
        return any(step.critical for step in self.steps)

    @cached_property
    def description(self) -> str:
        """The dial in words, for screen readers."""
        count, roles = len(self.steps), len(self.rings)
        critical = sum(step.critical for step in self.steps)
        rings = "one ring" if roles == 1 else f"one ring for each of {in_words(roles)} roles"
        stand = "numbered step stands at its minute" if count == 1 else "numbered steps stand at their minute"
        share = {0: "none of them is critical", 1: "one of them is critical"}.get(
            critical, f"{in_words(critical)} of them are critical"
        )
        return (
            f"A clock face of sixty minutes with {rings}. {in_words(count).capitalize()} {stand}; {share}. "
            "The same steps follow as a list."
        )

    @property
    def wide_transform(self) -> str:
        """Where the dial stands in the wide drawing."""
        x, y = (centre - CENTRE * WIDE_SCALE for centre in WIDE_CENTRE)
        return f"translate({fmt(x)} {fmt(y)}) scale({WIDE_SCALE})"

    @property
    def wide_box(self) -> str:
        """View box of the wide drawing."""
        return f"0 0 {WIDE_WIDTH} {WIDE_HEIGHT}"


def _mark(minute: int, inner: float, outer: float) -> str:
    (x1, y1), (x2, y2) = (on_circle(CENTRE, CENTRE, radius, minute / 60) for radius in (inner, outer))
    return f"M{fmt(x1)} {fmt(y1)}L{fmt(x2)} {fmt(y2)}"


def _rim_number(minute: int) -> Minute:
    x, y = on_circle(CENTRE, CENTRE, 197, minute / 60)
    return Minute(minute, fmt(x), fmt(y), minute % 15 == 0)


_TICKS = "".join(_mark(minute, 219, 225) for minute in range(60) if minute % 5)
_TICKS_OF_FIVE = "".join(_mark(minute, 211, 225) for minute in range(0, 60, 5))
_MINUTES = tuple(_rim_number(minute) for minute in (60, *range(5, 60, 5)))


def _radii(count: int) -> list[float]:
    gap = RING_GAP if count < 2 else min(RING_GAP, (OUTER_RING - INNER_RING) / (count - 1))
    return [OUTER_RING - index * gap for index in range(count)]


def _arc(step: Step, radius: float) -> Arc | None:
    end = min(step.minute + step.duration, 60)
    if end <= step.minute:
        return None
    # Two arcs for more than half a turn: one alone would be ambiguous, and a full circle would vanish.
    stops = [step.minute, end] if end - step.minute < 30 else [step.minute, (step.minute + end) / 2, end]
    points = [on_circle(CENTRE, CENTRE, radius, stop / 60) for stop in stops]
    path = f"M{fmt(points[0][0])} {fmt(points[0][1])}"
    path += "".join(f"A{fmt(radius)} {fmt(radius)} 0 0 1 {fmt(x)} {fmt(y)}" for x, y in points[1:])
    return Arc(path, step.critical)


def _dots(steps: Sequence[Step], roles: Sequence[str], radii: Sequence[float], size: float) -> list[Dot]:
    placed: dict[int, tuple[float, float]] = {}
    for role, radius in zip(roles, radii, strict=True):
        numbers = [index for index, step in enumerate(steps) if step.role == role]
        # A hair more than the diameter, so that the rims of two dots never touch.
        gap = (2 * size + 1) / (2 * 3.14159 * radius)
        turns = spread_round([steps[index].minute / 60 for index in numbers], gap)
        placed |= {index: on_circle(CENTRE, CENTRE, radius, turn) for index, turn in zip(numbers, turns, strict=True)}
    return [
        Dot(index + 1, fmt(x), fmt(y), fmt(y + 0.5), steps[index].critical) for index, (x, y) in sorted(placed.items())
    ]


def shorten(text: str, letters: int) -> str:
    """Return `text` cut at a word with an ellipsis when it is longer than `letters`."""
    if len(text) <= letters:
        return text
    cut = text[: letters - 1].rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:')}…"


def _labels_of_side(steps: Sequence[tuple[int, Step]], *, right: bool) -> list[Label]:
    rims = []
    for number, step in steps:
        # The very top belongs to both ends of the hour; each leader starts a little to its own side.
        turn = {0: 0.0035, 60: 0.9965}.get(step.minute, step.minute / 60)
        rims.append((number, step, on_circle(*WIDE_CENTRE, WIDE_RIM, turn)))
    # A leader must not cross its neighbours, so names stand in the order in which their minutes meet the rim.
    rims.sort(key=lambda rim: (rim[1].minute if right else -rim[1].minute, rim[0] if right else -rim[0]))
    dense = len(rims) > LABELS_TWO_LINES
    places = spread(
        [y for _, _, (_, y) in rims], LABEL_GAP_DENSE if dense else LABEL_GAP, low=LABEL_TOP, high=LABEL_BOTTOM
    )
    knee, end, text_x = (870, 892, 902) if right else (290, 268, 258)
    return [
        Label(
            path=f"M{fmt(x)} {fmt(y)}L{knee} {fmt(place)}H{end}",
            x=text_x,
            y=fmt(place),
            detail_y=fmt(place + 22),
            text=shorten(f"{number}. {step.name}", LABEL_LETTERS),
            detail="" if dense else f"T+{step.minute:02d}, {step.role}",
            at_end=not right,
        )
        for (number, step, (x, y)), place in zip(rims, places, strict=True)
    ]


def _title(title: str, room: float) -> tuple[tuple[TitleLine, ...], str]:
    """Return the lines of the title that fit a circle of radius `room`, and their size; none when none fit."""
    words = title.split()
    for count in (1, 2, 3):
        lines = _wrapped(words, count)
        if lines is None:
            continue
        # Half an em for a letter is the display cut's average; the corner of the text must stay in the circle.
        longest = max(len(line) for line in lines) * 0.5
        size = min(27.0, room / ((longest / 2) ** 2 + (0.55 * len(lines)) ** 2) ** 0.5)
        if size >= (22 if count == 1 else 17):
            height = size * 1.05
            top = CENTRE - height * (len(lines) - 1) / 2
            # With a single line there is room for "T+0 to T+60" beneath, so the line moves up.
            top -= 9 if len(lines) == 1 else 0
            return tuple(TitleLine(line, fmt(top + index * height)) for index, line in enumerate(lines)), fmt(size)
    return (), "0"


def _wrapped(words: list[str], count: int) -> list[str] | None:
    if len(words) < count:
        return None
    if count == 1:
        return [" ".join(words)]
    options = []
    for cut in range(1, len(words) - count + 2):
        rest = _wrapped(words[cut:], count - 1)
        if rest is not None:
            options.append([" ".join(words[:cut]), *rest])
    return min(options, key=lambda lines: max(len(line) for line in lines))


def face(steps: Sequence[Step], title: str, *, uid: str = "clock", roles: Sequence[str] = ()) -> Face:
    """Return the clock of a procedure.

    `steps` are numbered in the order given; minutes beyond 0 to 60 raise ValueError. `roles` fixes the rings from
    the outside in and defaults to the order in which roles appear, with a shift leader first. `uid` makes element
    ids unique when a page shows two clocks. `title` stands in the middle when it fits.
    """
    for step in steps:
        if not 0 <= step.minute <= 60 or step.duration < 0:
            message = f"A step of the Golden Hour begins between T+0 and T+60, not at T+{step.minute}."
            raise ValueError(message)
    known = list(roles) or sorted(
        dict.fromkeys(step.role for step in steps), key=lambda role: "shift leader" not in role.lower()
    )
    known += [role for role in dict.fromkeys(step.role for step in steps) if role not in known]
    radii = _radii(len(known))
    ring_of = dict(zip(known, radii, strict=True))
    gap = radii[0] - radii[1] if len(radii) > 1 else RING_GAP
    size = min(DOT, gap / 2 + 0.5)
    inner = radii[-1] if radii else OUTER_RING
    lines, title_size = _title(title, min(inner - size - 5, 92))
    arcs = [_arc(step, ring_of[step.role]) for step in steps]
    numbered = list(enumerate(steps, start=1))
    return Face(
        title=title,
        uid=uid,
        steps=tuple(steps),
        rings=tuple(
            Ring(role, fmt(radius), fmt(9.6 - index * 7.4 / max(len(known) - 1, 1)))
            for index, (role, radius) in enumerate(ring_of.items())
        ),
        arcs=tuple(arc for arc in arcs if arc),
        dots=tuple(_dots(steps, known, radii, size)),
        labels=tuple(
            _labels_of_side([pair for pair in numbered if pair[1].minute < 30], right=True)
            + _labels_of_side([pair for pair in numbered if pair[1].minute >= 30], right=False)
        ),
        title_lines=lines,
        title_size=title_size,
        dot_radius=fmt(size),
        number_size="15" if size >= 12 else "14",
        zero_path=f"M{fmt(CENTRE)} {fmt(CENTRE - max(inner - 28, 36))}V60",
    )
