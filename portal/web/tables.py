"""Tables that become two-line entries on a phone, and that an address can sort."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head; whether it holds numbers, heads its row, stands at the end of a line or hides on a phone.

    `small_label` is the word before the value on a phone, where the head is out of sight. A column with `sort`, a
    word for the address, can be sorted by; `falling` columns begin with the largest.
    """

    title: str
    number: bool = False
    heads: bool = False
    end: bool = False
    hide: bool = False
    small_label: str = ""
    sort: str = ""
    falling: bool = False

    @property
    def classes(self) -> str:
        """Class names of the column's cells."""
        flags = (("n", self.number), ("end", self.end), ("hide", self.hide))
        return " ".join(name for name, on in flags if on)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: words, and optionally a link, a second soft line, a state mark ("full", "half", "empty"), a TLP label.

    `key` is what the cell sorts by where its words would mislead: a date, a number, a rank.
    """

    text: str = ""
    url: str = ""
    soft: str = ""
    mark: str = ""
    tlp: str = ""
    lang: str = ""
    key: Any = None


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


@dataclass(frozen=True, slots=True)
class DrawnHead:
    """A column's head as the template prints it: `order` is the value of aria-sort, "" where nothing can be sorted;
    `next` is the value of ``?sort=`` behind its link.
    """

    title: str
    classes: str
    order: str
    next: str


class Table:
    """A table for ``components/table.html``: a caption for screen readers, columns, and rows of cells or words.

    `sort` is the value of ``?sort=``: a column's `sort`, with "-" before it for falling order; anything else is as if
    nothing had been asked. The table orders its rows itself unless `ordered` says that the query did; empty cells
    stand last in both directions, and rows that are equal keep the order they came in. `wide` tables scroll sideways
    on a phone instead of becoming entries; `id` is where a sorted page begins.
    """

    def __init__(
        self,
        caption: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell | object]],
        *,
        sort: str = "",
        ordered: bool = False,
        wide: bool = False,
        show_caption: bool = False,
        id: str = "",  # noqa: A002 - the attribute's own name
    ) -> None:
        self.caption, self.columns, self.rows = caption, columns, list(rows)
        self.wide, self.show_caption, self.id = wide, show_caption, id
        self.sort = valid_sort(columns, sort)
        if self.sort and not ordered:
            self._order()

    @property
    def sortable(self) -> bool:
        """Whether any column can be sorted by."""
        return any(column.sort for column in self.columns)

    @property
    def heads(self) -> list[DrawnHead]:
        """The heads ready to print."""
        return [DrawnHead(column.title, column.classes, *self._turn(column)) for column in self.columns]

    @property
    def cells(self) -> list[list[DrawnCell]]:
        """Rows of cells ready to print; a row of the wrong length raises ValueError."""
        return [
            [self._draw(column, value) for column, value in zip(self.columns, row, strict=True)] for row in self.rows
        ]

    def _turn(self, column: Column) -> tuple[str, str]:
        """Return (aria-sort, next value of ``?sort=``) of a column."""
        if not column.sort:
            return "", ""
        rising, falling = column.sort, f"-{column.sort}"
        if self.sort == rising:
            return "ascending", falling
        if self.sort == falling:
            return "descending", rising
        return "none", falling if column.falling else rising

    def _order(self) -> None:
        name = self.sort.removeprefix("-")
        place = next(place for place, column in enumerate(self.columns) if column.sort == name)
        known = [row for row in self.rows if sort_key(row[place]) is not None]
        empty = [row for row in self.rows if sort_key(row[place]) is None]
        known.sort(key=lambda row: sort_key(row[place]), reverse=self.sort.startswith("-"))
        self.rows = [*known, *empty]

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


def valid_sort(columns: Sequence[Column], asked: str) -> str:
    """Return `asked` if one of the columns can be sorted so, else "": anybody may write an address."""
    return asked if asked.removeprefix("-") in {column.sort for column in columns if column.sort} else ""


def sort_key(value: Any) -> Any:
    """Return what a cell sorts by, or None for an empty one: its key, its number, or its letters without accents."""
    if isinstance(value, Cell):
        value = value.key if value.key is not None else value.text or value.tlp
    if isinstance(value, str):
        bare = unicodedata.normalize("NFKD", value.casefold())
        return "".join(letter for letter in bare if not unicodedata.combining(letter)) or None
    return value
