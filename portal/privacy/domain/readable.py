"""The page of a copy: what is kept about somebody, so that they can read it without any program but a browser."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.template.loader import render_to_string

from portal.access.clock import BRUSSELS
from portal.accounts.models import User

if TYPE_CHECKING:
    from portal.privacy.domain.copies import Gathered

#: Lies beside the page in the archive: the page is read from a disk, where nothing of the portal is at hand.
STYLE = """\
:root { color-scheme: light dark; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }
h1, h2, h3 { line-height: 1.2; }
h2 { margin-top: 3rem; border-top: 2px solid; padding-top: .75rem; }
article { margin: 1.5rem 0; padding-left: 1rem; border-left: 2px solid #8888; }
dl { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: .35rem 1rem; }
dt { opacity: .75; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
dd dl, dd article { margin: 0 0 .75rem; }
.label { font: 600 .85rem/1 monospace; background: #000; color: #ffc000; display: inline-block; padding: .4rem .6rem; }
.note { opacity: .8; }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
"""


def page(*, user: User, gathered: Sequence[Gathered], made_at: dt.datetime) -> str:
    """Return the page, complete, as text."""
    parts = [
        {
            "key": it.part.key,
            "label": it.part.label,
            "records": [rows(record) for record in it.copy.records],
            "files": [(file.name, f"files/{it.part.key}/{quote(file.name)}") for file in it.copy.files],
            "keeps": it.part.keeps,
            "withholds": it.part.withholds,
        }
        for it in gathered
    ]
    return render_to_string("privacy/copy/index.html", {"email": user.email, "made_at": words(made_at), "parts": parts})


def rows(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a record as rows to print: its name in words, and a text or the rows of what lies in it."""
    return [_row(name, value) for name, value in record.items()]


def _row(name: str, value: Any) -> dict[str, Any]:
    label = name.replace("_", " ").capitalize()
    if isinstance(value, Mapping):
        return {"label": label, "inner": [rows(value)]}
    if isinstance(value, Sequence) and not isinstance(value, str):
        if any(isinstance(each, Mapping) for each in value):
            return {"label": label, "inner": [rows(each) for each in value if isinstance(each, Mapping)]}
        return {"label": label, "text": ", ".join(words(each) for each in value) or "–"}
    return {"label": label, "text": words(value)}


def words(value: Any) -> str:
    """Return a value as people read it; times in Brussels."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(BRUSSELS):%-d %B %Y, %H:%M} Brussels time"
    return f"{value:%-d %B %Y}" if isinstance(value, dt.date) else str(value)
