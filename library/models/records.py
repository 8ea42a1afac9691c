"""The record: what every item of the library is described by, and the list of them all."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from library.models.vocabulary import Scenario, Topic
from portal.community.models import Group, Objective
from portal.pages.models import PortalPage
from portal.web import dates


class Kind(models.TextChoices):
    """What kind of record it is (design: library)."""

    SOP = "sop", gettext_lazy("Procedure (SOP)")
    GUIDELINE = "guideline", gettext_lazy("Guideline")
    FACTORS = "factors", gettext_lazy("Critical factors")
    REPORT = "report", gettext_lazy("Report")
    WORKSHOP_REPORT = "workshop-report", gettext_lazy("Workshop report")
    MEETING_REPORT = "meeting-report", gettext_lazy("Meeting report")
    PILOT_REPORT = "pilot-report", gettext_lazy("Pilot report")
    DISCUSSION_PAPER = "discussion-paper", gettext_lazy("Discussion paper")
    CURRICULUM = "curriculum", gettext_lazy("Curriculum")
    TRAINING = "training", gettext_lazy("Training material")
    JOB_PROFILE = "job-profile", gettext_lazy("Job profile")
    LEGAL_NOTE = "legal-note", gettext_lazy("Legal note")
    VIDEO = "video", gettext_lazy("Film")
    LESSON = "lesson", gettext_lazy("Lesson")


class DatePrecision(models.TextChoices):
    """How exactly a date is known."""

    DAY = "day", "To the day"
    MONTH = "month", "To the month"
    YEAR = "year", "To the year"


class RecordPage(PortalPage):
    """What all records share. Never made by itself: documents, films, procedures and lessons extend it.

    It is a table of its own and not an abstract mixin, so that an identifier is unique across all kinds by a
    constraint, and so that a list over all kinds with its filters is one query instead of a union of four.
    """

    identifier = models.CharField(max_length=20, unique=True, help_text="Stable, such as NOC-2023-004.")
    kind = models.CharField(max_length=20, choices=Kind.choices, db_index=True)
    abstract = models.TextField(max_length=600)
    dated_on = models.DateField("date")
    date_precision = models.CharField(max_length=5, choices=DatePrecision.choices, default=DatePrecision.DAY)
    creators = models.CharField(max_length=200, blank=True)
    #: ISO 639-1 code of the record's language.
    language = models.CharField(max_length=2, default="en")
    group = models.ForeignKey(Group, null=True, blank=True, on_delete=models.PROTECT, related_name="records")
    topics = ParentalManyToManyField(Topic, blank=True, related_name="records")
    scenarios = ParentalManyToManyField(Scenario, blank=True, related_name="records")
    objectives = ParentalManyToManyField(Objective, blank=True, related_name="records")
    related = ParentalManyToManyField("library.RecordPage", blank=True, related_name="related_from")

    is_creatable = False
    lead_field = "abstract"
    parent_page_types = ["library.LibraryIndexPage"]
    subpage_types: list[str] = []
    #: The kind of a page type that has only one.
    only_kind: str = ""

    record_panels = [
        FieldPanel("abstract"),
        MultiFieldPanel(
            [
                FieldPanel("identifier"),
                FieldPanel("dated_on"),
                FieldPanel("date_precision"),
                FieldPanel("creators"),
                FieldPanel("language"),
                FieldPanel("group"),
            ],
            heading="Record",
        ),
        MultiFieldPanel(
            [FieldPanel("topics"), FieldPanel("scenarios"), FieldPanel("objectives"), FieldPanel("related")],
            heading="Where it belongs",
        ),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("identifier"),
        index.SearchField("abstract"),
        index.SearchField("creators"),
        index.FilterField("kind"),
        index.FilterField("dated_on"),
        index.FilterField("identifier"),
    ]

    class Meta:
        verbose_name = "record"
        indexes = [models.Index(fields=["-dated_on", "identifier"])]

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Set the kind of a page type that has only one before saving."""
        if self.only_kind:
            self.kind = self.only_kind
        return super().save(*args, **kwargs)

    @property
    def date_text(self) -> str:
        """The date as exactly as it is known: "24 October 2023", "October 2023", "2023"."""
        if self.date_precision == DatePrecision.YEAR:
            return str(self.dated_on.year)
        if self.date_precision == DatePrecision.MONTH:
            return dates.month_year(self.dated_on)
        return dates.day(self.dated_on)

    @property
    def kind_text(self) -> str:
        """The kind in words, without what stands in brackets for the filters."""
        return self.get_kind_display().split(" (")[0]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the record's facts and the related records that the viewer may see."""
        from library.domain.queries import record_context  # late: the queries import the models

        context = super().get_context(request, *args, **kwargs)
        # The library stands second in the crumbs; asking for its address again would be one more query.
        library = context["crumbs"][1][1] if len(context["crumbs"]) > 1 else ""
        return context | record_context(record=self, viewer=request.viewer, library=library)  # type: ignore[attr-defined]


class LibraryIndexPage(PortalPage):
    """The library: all records, by kind, topic, scenario and year."""

    lead = models.TextField(max_length=400, blank=True)

    max_count = 1
    template = "library/index.html"
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = "library"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the list, its filters from the address, and its pages."""
        from library.domain.listing import listing_context  # late: the listing imports the models

        context = super().get_context(request, *args, **kwargs)
        return context | listing_context(viewer=request.viewer, query=request.GET, action=self.url)  # type: ignore[attr-defined]
