"""Draws pictures from lists of shapes, so that sample pages have some that nobody else holds rights in.

A drawing is text: a size, a ground, and shapes on top of each other. All measures are pixels of the finished picture.
Drawn three times as large and then reduced, which smooths every edge; the same text gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw

#: How much larger it is drawn than it will be.
SCALE = 3
#: The portal's own inks (design: visual language). Amber is the Golden Hour's and is not among them.
INKS = {
    "paper": "#ffffff",
    "tint": "#f1f4f7",
    "mist": "#e1e8ee",
    "hair": "#cdd6de",
    "soft": "#8fa1b1",
    "line": "#71808e",
    "deep": "#0b2239",
    "night": "#10263b",
    "sea": "#d3e3f1",
}

Shape = Mapping[str, Any]


def draw(*, size: Sequence[int], ground: str, shapes: Sequence[Shape]) -> bytes:
    """Return a PNG of `size` (width, height). Raises `KeyError` for an ink or a shape that is not known."""
    width, height = size
    image = Image.new("RGB", (width * SCALE, height * SCALE), INKS[ground])
    pen = ImageDraw.Draw(image)
    for shape in shapes:
        for dx, dy in _places(shape):
            _SHAPES[shape["shape"]](pen, shape, dx, dy)
    target = io.BytesIO()
    image.resize((width, height), Image.Resampling.LANCZOS).save(target, "PNG", optimize=True)
    return target.getvalue()


def _places(shape: Shape) -> Iterator[tuple[float, float]]:
    """Yield by how much each repetition is moved: `repeat: [columns, rows, right, down]`."""
    columns, rows, right, down = shape.get("repeat", (1, 1, 0, 0))
    for row in range(rows):
        for column in range(columns):
            yield column * right, row * down


def _points(numbers: Sequence[float], dx: float, dy: float) -> list[tuple[float, float]]:
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return [((x + dx) * SCALE, (y + dy) * SCALE) for x, y in pairs]


def _ink(shape: Shape, key: str) -> str | None:
    return INKS[shape[key]] if key in shape else None


def _width(shape: Shape) -> int:
    return round(shape.get("width", 3) * SCALE)


def _box(pen: ImageDraw.ImageDraw, shape: Shape, dx: float, dy: float) -> None:
    x, y, wide, high = shape["at"]
    pen.rounded_rectangle(
        _points((x, y, x + wide, y + high), dx, dy),
        radius=shape.get("radius", 0) * SCALE,
        fill=_ink(shape, "fill"),
        outline=_ink(shape, "line"),
        width=_width(shape) if "line" in shape else 0,
    )


def _disc(pen: ImageDraw.ImageDraw, shape: Shape, dx: float, dy: float) -> None:
    x, y, radius = shape["at"]
    pen.ellipse(
        _points((x - radius, y - radius, x + radius, y + radius), dx, dy),
        fill=_ink(shape, "fill"),
        outline=_ink(shape, "line"),
        width=_width(shape) if "line" in shape else 0,
    )


def _arc(pen: ImageDraw.ImageDraw, shape: Shape, dx: float, dy: float) -> None:
    x, y, radius, start, end = shape["at"]
    box = _points((x - radius, y - radius, x + radius, y + radius), dx, dy)
    pen.arc([*box[0], *box[1]], start, end, fill=_ink(shape, "line"), width=_width(shape))


def _line(pen: ImageDraw.ImageDraw, shape: Shape, dx: float, dy: float) -> None:
    pen.line(_points(shape["at"], dx, dy), fill=_ink(shape, "line"), width=_width(shape), joint="curve")


def _area(pen: ImageDraw.ImageDraw, shape: Shape, dx: float, dy: float) -> None:
    pen.polygon(_points(shape["at"], dx, dy), fill=_ink(shape, "fill"))


_SHAPES: dict[str, Callable[[ImageDraw.ImageDraw, Shape, float, float], None]] = {
    "box": _box,
    "disc": _disc,
    "arc": _arc,
    "line": _line,
    "area": _area,
}
