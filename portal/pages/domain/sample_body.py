"""Turns the plain text of sample files into the blocks of a page's body."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.utils.html import escape

from portal.pages.domain.sample_pictures import picture_block

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


def rich_text(text: str) -> str:
    """Return rich text for plain paragraphs: blank lines part them, "## " makes a heading, "- " and "1. " a list.

    Within a line, [words](address) is a link and **words** are bold.
    """
    return "".join(_paragraph(piece.strip()) for piece in re.split(r"\n\s*\n", text.strip()) if piece.strip())


def _paragraph(piece: str) -> str:
    if piece.startswith("## "):
        return f"<h2>{_inline(piece[3:])}</h2>"
    if piece.startswith("### "):
        return f"<h3>{_inline(piece[4:])}</h3>"
    lines = piece.splitlines()
    for sign, tag in ((r"- ", "ul"), (r"\d+\. ", "ol")):
        if re.match(sign, lines[0]):
            items = re.split(rf"^{sign}", piece, flags=re.MULTILINE)[1:]
            return f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"
    return f"<p>{_inline(piece)}</p>"


def _inline(text: str) -> str:
    words = escape(" ".join(text.split()))
    return _BOLD.sub(r"<b>\1</b>", _LINK.sub(r'<a href="\2">\1</a>', words))


def body_of(blocks: Sequence[dict[str, Any] | str]) -> list[dict[str, Any]]:
    """Return StreamField data for the blocks of a sample file; a bare string is a text block."""
    return [_block(block) for block in blocks]


def _block(block: dict[str, Any] | str) -> dict[str, Any]:
    if isinstance(block, str):
        return {"type": "text", "value": rich_text(block)}
    (kind, value), *_ = block.items()
    if kind == "text":
        value = rich_text(value)
    elif kind == "sample":
        value = {"title": value["title"], "text": rich_text(value["text"])}
    elif kind == "picture":
        value = picture_block(**value)
    return {"type": kind, "value": value}
