"""``manage.py share_image``: draw the picture that stands beside links to the portal where people share them."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from PIL import Image, ImageDraw, ImageFont

STATIC = Path(__file__).resolve().parent.parent.parent / "static" / "web"
FILE = STATIC / "share.png"
#: Drawn larger and made smaller, which smooths the edges.
SCALE, WIDTH, HEIGHT = 3, 1200, 630
NIGHT, INK, SOFT, HAIR, AMBER = "#0b2239", "#ffffff", "#b4c6d6", "#35506a", "#ffb31a"
#: Middle of the dial, and the rings from the outside in, each with the minutes that its steps fill.
MIDDLE, RADIUS, RING = (900, 315), 226, 42
RINGS = (((0, 7), (22, 30), (44, 52)), ((3, 12), (32, 41)), ((6, 16), (48, 56)), ((14, 24),))
WORDS = (("Sixty minutes,", 214), ("prepared together", 290))


def picture() -> bytes:
    """Return the picture as PNG: the dial of the Golden Hour clock, and the portal's words."""
    image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), NIGHT)
    draw = ImageDraw.Draw(image)
    _dial(draw)
    display = str(STATIC / "fonts" / "noc-display-latin.woff2")
    text = str(STATIC / "fonts" / "noc-text-latin.woff2")
    for line, top in WORDS:
        draw.text((72 * SCALE, top * SCALE), line, INK, font=_font(display, 64))
    draw.text((72 * SCALE, 92 * SCALE), "NOC Community", INK, font=_font(text, 32))
    draw.line([(72 * SCALE, 152 * SCALE), (560 * SCALE, 152 * SCALE)], HAIR, 2 * SCALE)
    draw.text((72 * SCALE, 404 * SCALE), "Europe’s police control rooms compare", SOFT, font=_font(text, 28))
    draw.text((72 * SCALE, 444 * SCALE), "how they use the Golden Hour", SOFT, font=_font(text, 28))
    small = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).quantize(48, dither=Image.Dither.NONE)
    held = BytesIO()
    small.save(held, "PNG", optimize=True)
    return held.getvalue()


def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size * SCALE)


def _dial(draw: ImageDraw.ImageDraw) -> None:
    for position, arcs in enumerate(RINGS):
        radius = RADIUS - position * RING
        _ring(draw, radius, (0, 60), colour=HAIR, width=2)
        for arc in arcs:
            _ring(draw, radius + 9, arc, colour=INK if position else AMBER, width=20)
    for minute in range(60):
        long = minute % 5 == 0
        draw.line(
            [_at(RADIUS + 26, minute), _at(RADIUS + (46 if long else 38), minute)], INK if long else SOFT, 3 * SCALE
        )


def _ring(draw: ImageDraw.ImageDraw, radius: int, span: tuple[int, int], *, colour: str, width: int) -> None:
    x, y = MIDDLE
    box = [(x - radius) * SCALE, (y - radius) * SCALE, (x + radius) * SCALE, (y + radius) * SCALE]
    draw.arc(box, span[0] * 6 - 90, span[1] * 6 - 90, colour, width * SCALE)


def _at(radius: int, minute: int) -> tuple[float, float]:
    angle = math.radians(minute * 6 - 90)
    return (MIDDLE[0] + radius * math.cos(angle)) * SCALE, (MIDDLE[1] + radius * math.sin(angle)) * SCALE


class Command(BaseCommand):
    help = "Draw the picture for shared links anew."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        data = picture()
        FILE.write_bytes(data)
        self.stdout.write(f"{FILE.name}: {len(data) / 1000:.1f} kB.")
