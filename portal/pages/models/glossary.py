"""The glossary: terms as snippets, and the page that lists them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.text import slugify
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index
from wagtail.snippets.models import register_snippet

from portal.pages.domain.glossary import glossary_context
from portal.pages.models.base import PortalPage


@register_snippet
class Term(index.Indexed, models.Model):
    """A word of the field, in a sentence and in full."""

    term = models.CharField(max_length=80, unique=True, help_text="As it is written in a text: NCP, Golden Hour.")
    slug = models.SlugField(max_length=80, unique=True, blank=True, help_text="Its place in addresses: golden-hour.")
    short = models.CharField("in a sentence", max_length=200, help_text="What it means, so that one can read on.")
    text = RichTextField("in full", features=["bold", "link", "ol", "ul"], blank=True)
    aliases = models.CharField(
        "also written", max_length=200, blank=True, help_text="Other forms, with commas between: SOPs, procedures."
    )
    source = models.CharField(max_length=200, blank=True, help_text="Where the meaning is taken from.")
    linked = models.BooleanField(
        "linked from texts",
        default=True,
        help_text="The first time the term stands on a page it becomes a link to the glossary.",
    )

    panels = [
        FieldPanel("term"),
        FieldPanel("aliases"),
        FieldPanel("short"),
        FieldPanel("text"),
        FieldPanel("source"),
        FieldPanel("linked"),
        FieldPanel("slug"),
    ]
    search_fields = [
        index.SearchField("term"),
        index.SearchField("short"),
        index.SearchField("aliases"),
        index.AutocompleteField("term"),
    ]

    class Meta:
        ordering = ["term"]
        verbose_name = "term of the glossary"
        verbose_name_plural = "terms of the glossary"

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        """Fill in the place in addresses before it is checked to be the only one."""
        super().clean()
        self.slug = self.slug or slugify(self.term)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; a term without a place in addresses gets one from its letters."""
        self.slug = self.slug or slugify(self.term) or "term"
        super().save(*args, **kwargs)

    @property
    def other_forms(self) -> list[str]:
        """The other forms, each on its own."""
        return [form for piece in self.aliases.split(",") if (form := piece.strip())]


class GlossaryPage(PortalPage):
    """All terms in the order of the alphabet."""

    lead = models.TextField(max_length=400, blank=True)

    max_count = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types: list[str] = []
    template = "pages/glossary.html"
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = "glossary"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the terms by their first letter."""
        return super().get_context(request, *args, **kwargs) | glossary_context()
