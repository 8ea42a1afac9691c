"""Tables that become two-line entries on a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head; whether it holds numbers, heads its row, stands at the end of a line or hides on a phone.

    `small_label` is the word before the value on a phone, where the head is out of sight.
    """

    title: str
    number: bool = False
    heads: bool = False
    end: bool = False
    hide: bool = False
    small_label: str = ""

    @property
    def classes(self) -> str:
        """Class names of the column's cells."""
        flags = (("n", self.number), ("end", self.end), ("hide", self.hide))
        return " ".join(name for name, on in flags if on)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: words, and optionally a link, a second soft line, a state mark ("full", "half", "empty"), a TLP label."""

    text: str = ""
    url: str = ""
    soft: str = ""
    mark: str = ""
    tlp: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell together with what its column says, as the template prints it."""

    text: str
    url: str
    soft: str
    mark: str
    tlp: str
    lang: str
    heads: bool
    classes: str
    small_label: str


class Table:
    """A table for ``components/table.html``: a caption for screen readers, columns, and rows of cells or words."""

    def __init__(self, caption: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell | object]]) -> None:
        self.caption = caption
        self.columns = columns
        self.rows = list(rows)

    @property
    def cells(self) -> list[list[DrawnCell]]:
        """Rows of cells ready to print; a row of the wrong length raises ValueError."""
        return [
            [self._draw(column, value) for column, value in zip(self.columns, row, strict=True)] for row in self.rows
        ]

    @staticmethod
    def _draw(column: Column, value: Cell | object) -> DrawnCell:
        cell = value if isinstance(value, Cell) else Cell("–" if value is None else str(value))
        return DrawnCell(
            cell.text,
            cell.url,
            cell.soft,
            cell.mark,
            cell.tlp,
            cell.lang,
            heads=column.heads,
            classes=column.classes,
            small_label=column.small_label if cell.text else "",
        )
