"""Meetings of groups: when and where, what was on the agenda, what was decided, what the public reads."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from library.models import RecordPage
from portal.community.models import Group
from portal.pages.fields import BodyField
from portal.pages.models import PortalPage


class MeetingState(models.TextChoices):
    """Where a meeting stands, as its page says it."""

    ANNOUNCED = "announced", gettext_lazy("Announced")
    HELD = "held", gettext_lazy("Held")
    REPORTED = "reported", gettext_lazy("Held, report published")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


class MeetingForm(models.TextChoices):
    """How people meet."""

    IN_PERSON = "in-person", "In person"
    ONLINE = "online", "Online"
    HYBRID = "hybrid", "In person and online"


class MeetingIndexPage(PortalPage):
    """All meetings that the viewer may see, the coming ones first."""

    lead = models.TextField(max_length=400, blank=True)

    max_count = 1
    subpage_types = ["meetings.MeetingPage"]
    template = "meetings/index.html"
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = "list of meetings"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add coming and past meetings."""
        from events.meetings.domain.queries import index_context  # late: the queries import the models

        context = super().get_context(request, *args, **kwargs)
        return context | index_context(viewer=request.viewer, query=request.GET)  # type: ignore[attr-defined]


class MeetingPage(PortalPage):
    """One meeting of a group."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="meetings")
    lead = models.TextField(max_length=400)
    form = models.CharField(max_length=10, choices=MeetingForm.choices, default=MeetingForm.IN_PERSON)
    status = models.CharField(max_length=10, choices=MeetingState.choices, default=MeetingState.ANNOUNCED)
    starts_on = models.DateField()
    ends_on = models.DateField()
    #: IANA name of the zone in which the agenda's times are written, and that zone in words.
    time_zone = models.CharField(max_length=40, default="Europe/Brussels")
    zone_words = models.CharField(max_length=40, default="Brussels time")
    venue = models.CharField(max_length=160)
    led_by = models.CharField(max_length=120, blank=True)
    workshop = models.CharField(max_length=120, blank=True)
    #: The sources name a meeting's items but not its hours; then the hours on the page are made up, and it says so.
    times_are_sample = models.BooleanField(default=False)
    report = BodyField(blank=True)
    #: Documents and films of the library that belong to the meeting; each is listed to those who may see it.
    materials = ParentalManyToManyField(RecordPage, blank=True, related_name="meetings")

    parent_page_types = ["meetings.MeetingIndexPage"]
    subpage_types: list[str] = []
    template = "meetings/meeting.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("group"),
        FieldPanel("lead"),
        MultiFieldPanel(
            [
                FieldPanel("starts_on"),
                FieldPanel("ends_on"),
                FieldPanel("time_zone"),
                FieldPanel("zone_words"),
                FieldPanel("form"),
                FieldPanel("venue"),
                FieldPanel("status"),
                FieldPanel("led_by"),
                FieldPanel("workshop"),
                FieldPanel("times_are_sample"),
            ],
            heading="When, where and who",
        ),
        InlinePanel("agenda", label="Agenda item"),
        InlinePanel("decisions", label="Decision or action"),
        FieldPanel("report"),
        FieldPanel("materials"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("lead"),
        index.SearchField("venue"),
        index.SearchField("report"),
        index.RelatedFields("agenda", [index.SearchField("title"), index.SearchField("text")]),
        index.RelatedFields("decisions", [index.SearchField("title")]),
        index.FilterField("starts_on"),
    ]

    class Meta:
        verbose_name = "meeting"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="meeting_ends_after_it_starts")
        ]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add facts, agenda by day, the picture of the days, decisions and related films."""
        from events.meetings.domain.queries import meeting_context  # late: the queries import the models

        context = super().get_context(request, *args, **kwargs)
        return context | meeting_context(meeting=self, viewer=request.viewer)  # type: ignore[attr-defined]


class ItemKind(models.TextChoices):
    """What an agenda item is."""

    OPENING = "opening", gettext_lazy("Opening")
    INFORMATION = "information", gettext_lazy("Information")
    DISCUSSION = "discussion", gettext_lazy("Discussion")
    DECISION = "decision", gettext_lazy("Decision")
    WORKSHOP = "workshop", gettext_lazy("Workshop")
    VISIT = "visit", gettext_lazy("Visit")
    BREAK = "break", gettext_lazy("Break")


class AgendaItem(Orderable):
    """An item of a meeting's agenda; `starts_at` is local time where the meeting is."""

    page = ParentalKey(MeetingPage, on_delete=models.CASCADE, related_name="agenda")
    day = models.DateField()
    starts_at = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=ItemKind.choices, default=ItemKind.DISCUSSION)
    title = models.CharField(max_length=160)
    #: A few words for the picture of the days.
    short = models.CharField(max_length=40, blank=True)
    presenter = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    outcome = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.title


class Decision(Orderable):
    """What a meeting decided, or gave somebody to do."""

    class Kind(models.TextChoices):
        DECISION = "decision", gettext_lazy("Decision")
        ACTION = "action", gettext_lazy("Action")

    class Progress(models.TextChoices):
        NONE = "", gettext_lazy("Nothing to do")
        OPEN = "open", gettext_lazy("Open")
        UNDER_WAY = "under-way", gettext_lazy("Under way")
        DONE = "done", gettext_lazy("Done")

    page = ParentalKey(MeetingPage, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.DECISION)
    title = models.CharField(max_length=200)
    owner = models.CharField(max_length=120, blank=True)
    progress = models.CharField(max_length=10, choices=Progress.choices, blank=True, default=Progress.NONE)
    note = models.CharField(max_length=160, blank=True)
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title
