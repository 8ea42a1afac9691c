"""The home page and pages of text."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index
from wagtail.url_routing import RouteResult

from portal.pages.blocks import FigureBlock
from portal.pages.domain.home import home_context
from portal.pages.fields import BodyField
from portal.pages.models.base import PortalPage


class HomePage(PortalPage):
    """The front door: what the community is, and what is new. Its sections come from the areas' panels."""

    headline = models.CharField(max_length=80)
    lead = models.TextField(max_length=400)
    quoted_figures = StreamField(
        [("figure", FigureBlock())],
        blank=True,
        max_num=2,
        help_text="Figures that a published report states; all others are counted.",
    )
    join_text = models.TextField(max_length=400)
    follow_text = models.TextField(max_length=400)

    # One for each language.
    max_count = len(settings.LANGUAGES)
    parent_page_types = ["wagtailcore.Page"]
    template = "pages/home.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("quoted_figures"),
        FieldPanel("join_text"),
        FieldPanel("follow_text"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("headline"), index.SearchField("lead")]

    class Meta:
        verbose_name = "home page"

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Return the page of an address, found by its whole path at once instead of step by step.

        Raises `Http404` where there is none, or where it is not published.
        """
        if not path_components:
            return super().route(request, path_components)
        url_path = f"{self.url_path}{'/'.join(path_components)}/"
        page = Page.objects.filter(url_path=url_path, path__startswith=self.path).first()
        if page is None:
            # A page type with addresses of its own beneath it answers for them itself.
            return super().route(request, path_components)
        return page.specific.route(request, [])

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the panels, the figures and what comes next."""
        context = super().get_context(request, *args, **kwargs)
        return context | home_context(page=self, viewer=request.viewer)  # type: ignore[attr-defined]


class StandardPage(PortalPage):
    """A page of text: about, join, privacy, accessibility."""

    lead = models.TextField(max_length=400, blank=True)
    body = BodyField(blank=True)

    template = "pages/standard.html"
    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]

    class Meta:
        verbose_name = "page of text"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the visible pages beneath."""
        context = super().get_context(request, *args, **kwargs)
        beneath = StandardPage.objects.visible_to(request.viewer).child_of(self)  # type: ignore[attr-defined]
        context["beneath"] = [
            {"title": child.title, "url": child.url, "text": child.lead} for child in beneath.order_by("path")
        ]
        return context
