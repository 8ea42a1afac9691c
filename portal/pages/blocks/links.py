"""Where to go next."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.blocks import CharBlock, ListBlock, PageChooserBlock, StructBlock, TextBlock
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.models import Page

from portal.access.pages import visible_pages
from portal.access.viewer import ANONYMOUS
from portal.pages.targets import targets_for

#: A path of this site, a page elsewhere, or a letter; never `javascript:` and the like.
ADDRESS = re.compile(r"/(?!/)\S*|https://[^\s/]+\S*|mailto:[^\s@]+@[^\s@]+")


class ActionBlock(StructBlock):
    """What the reader can do now: a sentence and one button."""

    title = CharBlock(max_length=120, help_text="What there is to do. Stands as a heading of the second level.")
    text = TextBlock(required=False, max_length=300, help_text="What it takes, and what happens then.")
    button = CharBlock(max_length=40, help_text="Begins with a verb: “Ask to join”. Never “Click here”.")
    page = PageChooserBlock(required=False, help_text="Where the button leads: a page of this site …")
    address = CharBlock(
        required=False,
        max_length=200,
        search_index=False,
        help_text="… or an address: a path such as /join/, https://example.org or mailto:somebody@example.org.",
    )

    def clean(self, value: Any) -> Any:
        """Ask for exactly one place to go to, and for an address that browsers can follow safely."""
        cleaned = super().clean(value)
        page, address = cleaned["page"], cleaned["address"]
        problem = ""
        if page and address:
            problem = "Choose a page or type an address, not both."
        elif not page and not address and not self.is_deferred_validation:
            problem = "Choose a page above, or type an address."
        elif address and not ADDRESS.fullmatch(address):
            problem = "Type a path that begins with /, or an address that begins with https:// or mailto:."
        if problem:
            raise StructBlockValidationError(block_errors={"address": ValidationError(problem)})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add `url`: empty where the button would lead to a page that the viewer may not see."""
        context = super().get_context(value, parent_context=parent_context)
        if not value["page"]:
            return context | {"url": value["address"]}
        targets = targets_for([value["page"].pk], context)
        return context | {"url": targets[0].url if targets else ""}

    class Meta:
        icon = "pick"
        group = "Links"
        label = "Call to action"
        template = "pages/blocks/action.html"
        description = "One button, with a sentence that says what it takes. One on a page is enough."
        preview_value = {
            "title": "You work in an operational centre",
            "text": "Your National Contact Point lets you in. It takes one letter.",
            "button": "Ask to join",
            "page": None,
            "address": "/join/",
        }


class RelatedBlock(StructBlock):
    """Pages to read next, each with its description; what the viewer may not see is left out."""

    title = CharBlock(default="Read on", max_length=120, help_text="A heading of the second level.")
    pages = ListBlock(
        PageChooserBlock(),
        min_num=1,
        max_num=6,
        help_text="Up to six. Readers see only those that they may open.",
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add `items`: those of the pages that the viewer may see."""
        context = super().get_context(value, parent_context=parent_context)
        return context | {"items": targets_for([page.pk for page in value["pages"] if page], context)}

    def get_preview_value(self) -> Any:
        """Return two pages that anyone may read."""
        pages = visible_pages(viewer=ANONYMOUS, pages=Page.objects.filter(depth=3).order_by("path"))[:2]
        return self.normalize({"title": "Read on", "pages": list(pages)})

    class Meta:
        icon = "link"
        group = "Links"
        label = "Related pages"
        template = "pages/blocks/related.html"
        description = "Up to six pages of the portal, each with what it says about itself."
