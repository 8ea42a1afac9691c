"""Lessons: what somebody saw elsewhere, and what is done differently since."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page
from wagtail.search import index

from library.models.records import Kind, RecordPage
from portal.community.models import Centre, Person
from portal.pages.models import PortalPage


class LessonState(models.TextChoices):
    """The way of a lesson, after NATO's lessons-learned process; an action is part of a later version."""

    OBSERVATION = "observation", "Observation"
    IDENTIFIED = "identified", "Lesson identified"
    VALIDATED = "validated", "Lesson published"
    WITHDRAWN = "withdrawn", "Withdrawn"


class LessonIndexPage(PortalPage):
    """The shelf of lessons inside the library."""

    max_count = 1
    parent_page_types = ["library.LibraryIndexPage"]
    subpage_types = ["library.LessonPage"]
    template = "library/lessons.html"

    class Meta:
        verbose_name = "shelf of lessons"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the lessons that the viewer may see."""
        from library.domain.queries import shelf_context  # late: the queries import the models

        context = super().get_context(request, *args, **kwargs)
        return context | shelf_context(viewer=request.viewer, query=request.GET)  # type: ignore[attr-defined]


class LessonPage(RecordPage):
    """One lesson. It is written and published by `library.domain.lessons`, never by Wagtail's own buttons."""

    only_kind = Kind.LESSON
    state = models.CharField(
        max_length=12, choices=LessonState.choices, default=LessonState.OBSERVATION, editable=False
    )
    seen = models.TextField("what was seen")
    differently = models.TextField("what is done differently")
    takeaway = models.CharField(max_length=300, blank=True)
    author = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="lessons")
    #: Printed instead of a name where the author asked for no name in public, and when the account is gone.
    author_credit = models.CharField(max_length=120, blank=True)
    centre = models.ForeignKey(Centre, null=True, blank=True, on_delete=models.SET_NULL, related_name="lessons")
    #: The exchange it comes from, such as EX-2024-1-007; text, because exchanges lie above the library.
    reference = models.CharField(max_length=40, blank=True, db_index=True)
    #: Whether the author agreed that anyone may read it.
    public_agreed = models.BooleanField(default=False)

    is_creatable = False
    parent_page_types = ["library.LessonIndexPage"]
    template = "library/lesson.html"
    content_panels = [
        *Page.content_panels,
        *RecordPage.record_panels,
        FieldPanel("seen"),
        FieldPanel("differently"),
        FieldPanel("takeaway"),
        FieldPanel("centre"),
    ]
    #: Without Wagtail's publishing panel: nothing is scheduled past the door.
    settings_panels = [FieldPanel("is_sample")]
    search_fields = [
        *RecordPage.search_fields,
        index.SearchField("seen"),
        index.SearchField("differently"),
        index.SearchField("takeaway"),
    ]

    class Meta:
        verbose_name = "lesson"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add where the lesson comes from."""
        from library.domain.queries import lesson_context  # late: the queries import the models

        context = super().get_context(request, *args, **kwargs)
        return context | lesson_context(lesson=self, viewer=request.viewer)  # type: ignore[attr-defined]
