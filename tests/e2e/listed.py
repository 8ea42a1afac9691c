"""The list of pages, `pages.toml`, as Python."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("pages.toml")
#: Who reads a page that anybody may read, when somebody signed in reads it.
MEMBER = "Anna Wzorowa"


@dataclass(frozen=True)
class Listed:
    """A page of the list; see the head of the list for what each word means. `reader` is "" for visitors."""

    template: str
    path: str
    reader: str = ""
    alone: bool = False
    status: int = 200
    way: str = ""
    keys: bool = False
    lighthouse: bool = False
    unlisted: bool = False
    fresh: bool = False

    @property
    def name(self) -> str:
        """What a test of this page is called."""
        return " ".join(filter(None, (self.path, self.way, self.reader)))


def pages() -> list[Listed]:
    """Return the list in its order. Raises TypeError for a word that the list's head does not explain."""
    return [Listed(**row) for row in tomllib.loads(LIST.read_text(encoding="utf-8"))["page"]]


def readings() -> list[Listed]:
    """Return who reads what: a page that anybody may read is read by a visitor and by a member."""
    found = []
    for page in pages():
        found.append(page)
        if not page.reader and not page.alone:
            found.append(Listed(**{**vars(page), "reader": MEMBER}))
    return found
