"""News: what happened, in a few paragraphs each."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Page
from wagtail.search import index

from portal.access import clock
from portal.community.models import Group
from portal.pages.domain.news import index_context, news_context
from portal.pages.fields import BodyField
from portal.pages.models.base import PortalPage
from portal.web import dates


class NewsIndexPage(PortalPage):
    """All news, the newest first, by year."""

    lead = models.TextField(max_length=400, blank=True)

    max_count = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.NewsPage"]
    template = "pages/news_index.html"
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = "list of news"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the news of the chosen year, a page at a time, and the years there are."""
        context = super().get_context(request, *args, **kwargs)
        return context | index_context(index=self, viewer=request.viewer, query=request.GET)  # type: ignore[attr-defined]


class NewsPage(PortalPage):
    """One piece of news."""

    date = models.DateField("day", default=clock.today, help_text="The day it happened or was decided.")
    #: The sources often name a month alone; the page must not pretend to know the day.
    month_only = models.BooleanField("only the month is known", default=False)
    lead = models.TextField(max_length=400, help_text="What happened, in one or two sentences.")
    body = BodyField(blank=True)
    group = models.ForeignKey(
        Group,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="news",
        verbose_name="group or project",
        help_text="Whose news it is; it then stands on the page of the group too.",
    )

    parent_page_types = ["pages.NewsIndexPage"]
    subpage_types: list[str] = []
    template = "pages/news.html"
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("date"), FieldPanel("month_only")], heading="When"),
        FieldPanel("group"),
        FieldPanel("lead"),
        FieldPanel("body"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("body"),
        index.FilterField("date"),
    ]

    class Meta:
        verbose_name = "news"
        verbose_name_plural = "news"

    @property
    def date_text(self) -> str:
        """The day as far as it is known: "11 October 2023" or "December 2023"."""
        return dates.month_year(self.date) if self.month_only else dates.day(self.date)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add whose news it is, and more news."""
        context = super().get_context(request, *args, **kwargs)
        return context | news_context(news=self, viewer=request.viewer)  # type: ignore[attr-defined]
