"""The contact page: who answers what, and the form."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from portal.pages.domain.contact import About, contact_context
from portal.pages.fields import BodyField
from portal.pages.models.base import PortalPage


class ContactPage(PortalPage):
    """Who answers what; each subject leads to the form with the questions that it needs."""

    lead = models.TextField(max_length=400, blank=True)
    office_email = models.EmailField(
        "address of the office",
        blank=True,
        help_text="Messages for the office go here. Left empty, they go to everybody who holds the office’s role.",
    )
    body = BodyField(blank=True, help_text="Stands beneath the subjects.")

    max_count = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types: list[str] = []
    template = "pages/contact.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("lead"),
        InlinePanel("topics", label="Subject", help_text="In the order in which visitors see them."),
        FieldPanel("office_email"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        verbose_name = "contact page"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the subjects; with one chosen in the address its form; after sending the confirmation.

        `form` among the keyword arguments is the form with its mistakes, from `portal.pages.contact_views`.
        """
        form = kwargs.pop("form", None)
        context = super().get_context(request, *args, **kwargs)
        return context | contact_context(
            page=self,
            viewer=request.viewer,  # type: ignore[attr-defined]
            query=request.GET,
            form=form,
        )


class ContactTopic(Orderable):
    """A subject that one can write about, and who answers."""

    page = ParentalKey(ContactPage, on_delete=models.CASCADE, related_name="topics")
    about = models.CharField("subject", max_length=20, choices=About.choices)
    answered_by = models.CharField(max_length=120)
    text = models.CharField(max_length=240, blank=True, help_text="What the answer needs, or when it comes.")

    panels = [FieldPanel("about"), FieldPanel("answered_by"), FieldPanel("text")]

    class Meta(Orderable.Meta):
        constraints = [models.UniqueConstraint(fields=["page", "about"], name="one_topic_for_each_subject")]

    def __str__(self) -> str:
        return self.get_about_display()
