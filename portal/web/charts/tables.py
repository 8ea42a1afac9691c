"""The table beside a picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self


class Row(tuple[str, ...]):  # noqa: SLOT001 - a tuple of any length cannot have non-empty slots
    """A row of words; `anchor` is the id that a link in the picture leads to."""

    anchor: str

    def __new__(cls, cells: Iterable[object], anchor: str = "") -> Self:
        """Make a row of anything that prints."""
        row = super().__new__(cls, tuple(str(cell) for cell in cells))
        row.anchor = anchor
        return row
