"""Standard operational procedures: steps on the sixty minutes of the Golden Hour."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable, Page
from wagtail.search import index

from library.models.records import Kind, RecordPage


class SOPPage(RecordPage):
    """A procedure for the first hour: who does what, by which minute, over which channel."""

    only_kind = Kind.SOP
    #: A word or two for the middle of the clock: "Manhunt".
    clock_title = models.CharField(max_length=40)
    version = models.CharField(max_length=10, default="1.0")
    in_force_since = models.DateField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)
    on_home_page = models.BooleanField(default=False, help_text="Show its clock on the home page.")

    is_creatable = True
    template = "library/sop.html"
    content_panels = [
        *Page.content_panels,
        *RecordPage.record_panels,
        MultiFieldPanel(
            [
                FieldPanel("clock_title"),
                FieldPanel("version"),
                FieldPanel("in_force_since"),
                FieldPanel("review_by"),
                FieldPanel("on_home_page"),
            ],
            heading="Procedure",
        ),
        InlinePanel("steps", label="Step", min_num=1),
        InlinePanel("factors", label="Critical factor"),
    ]
    search_fields = [
        *RecordPage.search_fields,
        index.RelatedFields("steps", [index.SearchField("action"), index.SearchField("text")]),
        index.RelatedFields("factors", [index.SearchField("title"), index.SearchField("text")]),
    ]

    class Meta:
        verbose_name = "procedure"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the clock, the steps and the factors."""
        from library.domain.procedures import procedure_context  # late: it imports the models

        context = super().get_context(request, *args, **kwargs)
        return context | procedure_context(sop=self)


class SOPStep(Orderable):
    """A step. `minute` is the latest minute after the alarm at which it begins; `duration` in minutes."""

    page = ParentalKey(SOPPage, on_delete=models.CASCADE, related_name="steps")
    minute = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(60)], help_text="The latest minute at which the step begins, 0 to 60."
    )
    duration = models.PositiveSmallIntegerField("minutes it takes", default=0, validators=[MaxValueValidator(60)])
    role = models.CharField(max_length=60)
    short = models.CharField("short name", max_length=40, help_text="A few words for the clock.")
    action = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    channel = models.CharField(max_length=80, blank=True, help_text="Radio, telephone, SIENA.")
    critical = models.BooleanField(default=False)

    class Meta(Orderable.Meta):
        constraints = [models.CheckConstraint(condition=Q(minute__lte=60), name="step_within_the_hour")]

    def __str__(self) -> str:
        return f"T+{self.minute:02d} {self.action}"


class SOPFactor(Orderable):
    """A thing that decides whether the procedure works, and the steps where it does."""

    page = ParentalKey(SOPPage, on_delete=models.CASCADE, related_name="factors")
    title = models.CharField(max_length=80)
    text = models.TextField()
    #: Numbers of the steps, such as "1, 11".
    step_numbers = models.CharField("steps", max_length=40, blank=True)

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """The steps in words: "Step 3", "Steps 1 and 11"; empty without a step."""
        numbers = [number.strip() for number in self.step_numbers.split(",") if number.strip()]
        if len(numbers) < 2:
            return f"Step {numbers[0]}" if numbers else ""
        return f"Steps {', '.join(numbers[:-1])} and {numbers[-1]}"
