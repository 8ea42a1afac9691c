"""Small helpers that the clock and the charts share: printing numbers, spreading labels. No Django here."""

from __future__ import annotations

import math
from collections.abc import Sequence


def fmt(value: float) -> str:
    """Return a coordinate with one decimal at most, without a trailing zero: pages stay small."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def on_circle(cx: float, cy: float, radius: float, turn: float) -> tuple[float, float]:
    """Return the point at `turn` (0 = twelve o'clock, 1 = once round, clockwise) on a circle."""
    angle = turn * 2 * math.pi
    return cx + radius * math.sin(angle), cy - radius * math.cos(angle)


def spread(targets: Sequence[float], gap: float, low: float = -math.inf, high: float = math.inf) -> list[float]:
    """Return positions as near to ascending `targets` as can be while neighbours keep `gap` and all stay in bounds.

    Least squares under an order (pool adjacent violators). When the bounds cannot hold that many gaps, the gap
    shrinks.
    """
    count = len(targets)
    if count == 0:
        return []
    if count > 1 and math.isfinite(high - low):
        gap = min(gap, (high - low) / (count - 1))
    # With the gaps taken out, the wish is only "do not overtake", which pooling solves exactly.
    blocks: list[tuple[float, int]] = []
    for index, target in enumerate(targets):
        mean, size = target - index * gap, 1
        while blocks and blocks[-1][0] > mean:
            previous, weight = blocks.pop()
            mean = (previous * weight + mean * size) / (weight + size)
            size += weight
        blocks.append((mean, size))
    flat = [mean for mean, size in blocks for _ in range(size)]
    ceiling = high - (count - 1) * gap
    return [min(max(base, low), ceiling) + index * gap for index, base in enumerate(flat)]


def spread_round(turns: Sequence[float], gap: float) -> list[float]:
    """Return `turns` moved apart on a circle until neighbours keep `gap`, as near to their places as can be.

    A turn of 1 stands at twelve o'clock like 0, but before it: the last minute of an hour precedes the first of the
    next. The result is in the order of the input, each from 0 up to 1.
    """
    count = len(turns)
    if count < 2:
        return [turn % 1 for turn in turns]
    gap = min(gap, 1 / count)
    order = sorted(range(count), key=lambda index: (turns[index] % 1, -turns[index], index))
    around = [turns[index] % 1 for index in order]
    # Cut the circle where it is emptiest, so that pushing seldom has to run over the cut.
    widest = max(range(count), key=lambda index: (around[index] - around[index - 1]) % 1)
    order = order[widest:] + order[:widest]
    start = around[widest]
    line = [(turns[index] - start) % 1 for index in order]
    if line[0] > line[-1]:
        line[0] = 0.0
    placed = spread(line, gap)
    excess = placed[-1] - placed[0] + gap - 1
    if excess > 0:
        low = placed[0] + excess / 2
        placed = spread(line, gap, low=low, high=low + 1 - gap)
    result = [0.0] * count
    for index, place in zip(order, placed, strict=True):
        result[index] = (start + place) % 1
    return result
