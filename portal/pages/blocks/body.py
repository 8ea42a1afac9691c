"""The body of a page, and the order of its headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from wagtail.blocks import ListBlock, RichTextBlock, StreamBlock
from wagtail.blocks.stream_block import StreamBlockValidationError

from portal.pages.blocks.facts import FIGURES_PREVIEW, FigureBlock, TimelineBlock
from portal.pages.blocks.links import ActionBlock, RelatedBlock
from portal.pages.blocks.media import DocumentsBlock, FilmBlock, PictureBlock
from portal.pages.blocks.text import TEXT_FEATURES, TEXT_PREVIEW, QuoteBlock, SampleTextBlock

_HEADING = re.compile(r"<h([2-6])\b[^>]*>(.*?)</h\1>", re.DOTALL)

ORDER = "A heading of the third level stands here before any of the second. Make it a second, or put one above it."
EMPTY = "A heading without words stands here. Write it, or take it out."


def headings(child: Any) -> Iterator[tuple[int, str]]:
    """Yield level and words of each heading that a block of the body puts on the page, in their order."""
    value = child.value
    title = value.get("title") if hasattr(value, "get") else None
    if title:
        yield 2, title
    rich = value.get("text") if child.block_type == "sample" else value
    for level, words in _HEADING.findall(getattr(rich, "source", "")):
        yield int(level), strip_tags(words).replace("\xa0", " ").strip()


class BodyBlock(StreamBlock):
    """The body of a page: nine blocks, and a tenth for what was made up."""

    text = RichTextBlock(
        features=TEXT_FEATURES,
        template="pages/blocks/text.html",
        icon="pilcrow",
        group="Text",
        description="Paragraphs, headings, lists and links.",
        preview_value=TEXT_PREVIEW,
    )
    quote = QuoteBlock()
    picture = PictureBlock()
    film = FilmBlock()
    figures = ListBlock(
        FigureBlock(),
        min_num=1,
        max_num=5,
        template="pages/blocks/figures.html",
        icon="order",
        group="Facts",
        description="One to five large numbers, each with what it counts and where it was read.",
        preview_value=FIGURES_PREVIEW,
    )
    timeline = TimelineBlock()
    documents = DocumentsBlock()
    action = ActionBlock()
    related = RelatedBlock()
    sample = SampleTextBlock()

    def clean(self, value: Any) -> Any:
        """Refuse headings that skip a level or say nothing: screen readers walk a page by them (WCAG 2.2, 1.3.1).

        The title of the page is the first level. A draft may be saved as it is.
        """
        cleaned = super().clean(value)
        if self.is_deferred_validation:
            return cleaned
        errors: dict[int, ValidationError] = {}
        above = 1
        for index, child in enumerate(cleaned):
            for level, words in headings(child):
                if not words:
                    errors.setdefault(index, ValidationError(EMPTY))
                if level > above + 1:
                    errors.setdefault(index, ValidationError(ORDER))
                above = level
        if errors:
            raise StreamBlockValidationError(block_errors=errors)
        return cleaned

    class Meta:
        max_num = 40
        block_counts = {"action": {"max_num": 2}, "quote": {"max_num": 3}}
