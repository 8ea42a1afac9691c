"""Pilots: a solution for exchanging information across borders, tried between centres against the usual channel."""

from __future__ import annotations

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from library.models import Scenario
from portal.community.models import Centre, Group, Objective
from portal.pages.fields import BodyField
from portal.pages.models import PortalPage


class PilotState(models.TextChoices):
    """Where a pilot stands, as its page says it."""

    PLANNED = "planned", gettext_lazy("Pilot, planned")
    RUNNING = "running", gettext_lazy("Pilot, running")
    EVALUATION = "evaluation", gettext_lazy("Pilot, in evaluation")
    CONCLUDED = "concluded", gettext_lazy("Pilot, concluded")
    STOPPED = "stopped", gettext_lazy("Pilot, stopped")


class PilotIndexPage(PortalPage):
    """All pilots that the viewer may see."""

    lead = models.TextField(max_length=400, blank=True)

    max_count = 1
    subpage_types = ["pilots.PilotPage"]
    template = "pilots/index.html"
    content_panels = [*Page.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = "list of pilots"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the visible pilots."""
        from events.pilots.domain.queries import index_context  # late: the queries import the models

        context = super().get_context(request, *args, **kwargs)
        return context | index_context(viewer=request.viewer, query=request.GET)  # type: ignore[attr-defined]


class PilotPage(PortalPage):
    """One pilot."""

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="pilots")
    question = models.TextField(max_length=400)
    solution = models.CharField("solution under test", max_length=80)
    baseline = models.CharField("usual channel", max_length=160)
    status = models.CharField(max_length=12, choices=PilotState.choices, default=PilotState.PLANNED)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    centres = ParentalManyToManyField(Centre, blank=True, related_name="pilots")
    scenarios = ParentalManyToManyField(Scenario, blank=True, related_name="pilots")
    objectives = ParentalManyToManyField(Objective, blank=True, related_name="pilots")
    #: What the pilot shows, in a sentence; then the text.
    finding = models.CharField(max_length=200, blank=True)
    result = BodyField(blank=True)
    agreed_on = models.DateField(null=True, blank=True)

    lead_field = "question"
    parent_page_types = ["pilots.PilotIndexPage"]
    subpage_types: list[str] = []
    template = "pilots/pilot.html"
    content_panels = [
        *Page.content_panels,
        FieldPanel("group"),
        FieldPanel("question"),
        MultiFieldPanel(
            [
                FieldPanel("solution"),
                FieldPanel("baseline"),
                FieldPanel("status"),
                FieldPanel("starts_on"),
                FieldPanel("ends_on"),
                FieldPanel("centres"),
                FieldPanel("scenarios"),
                FieldPanel("objectives"),
            ],
            heading="Plan",
        ),
        InlinePanel("runs", label="Run"),
        MultiFieldPanel(
            [FieldPanel("finding"), FieldPanel("result"), FieldPanel("agreed_on")], heading="What it shows"
        ),
        InlinePanel("needs", label="Need"),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("question"),
        index.SearchField("solution"),
        index.SearchField("finding"),
        index.SearchField("result"),
        index.RelatedFields("needs", [index.SearchField("text")]),
    ]

    class Meta:
        verbose_name = "pilot"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add facts, the scenario rule, measurements, pictures and needs."""
        from events.pilots.domain.queries import pilot_context  # late: the queries import the models

        context = super().get_context(request, *args, **kwargs)
        return context | pilot_context(pilot=self, viewer=request.viewer)  # type: ignore[attr-defined]


class PilotRun(Orderable):
    """One message of a test run, sent over the solution and over the usual channel; times in minutes from sending."""

    page = ParentalKey(PilotPage, on_delete=models.CASCADE, related_name="runs")
    date = models.DateField()
    from_centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    to_centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="+")
    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="+")
    delivered = models.DecimalField(
        "minutes until delivered", max_digits=5, decimal_places=1, validators=[MinValueValidator(0)]
    )
    acknowledged = models.DecimalField(
        "minutes until acknowledged", max_digits=5, decimal_places=1, validators=[MinValueValidator(0)]
    )
    baseline_acknowledged = models.DecimalField(
        "minutes until acknowledged, usual channel",
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(from_centre=F("to_centre")), name="run_between_two_centres"),
            models.CheckConstraint(condition=Q(acknowledged__gte=F("delivered")), name="run_delivered_first"),
        ]

    def __str__(self) -> str:
        return f"{self.date}: {self.from_centre_id} to {self.to_centre_id}"


class PilotNeed(Orderable):
    """A need that a pilot uncovered."""

    page = ParentalKey(PilotPage, on_delete=models.CASCADE, related_name="needs")
    code = models.CharField(max_length=10)
    text = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.code
