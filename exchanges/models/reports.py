"""What the participant brings home, in writing."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from exchanges.models.placements import Placement
from library.models import LessonPage
from portal.access.viewer import Viewer


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports: a draft is the participant's; a sent one is seen with its placement."""

    def visible_to(self, viewer: Viewer) -> ReportQuerySet:
        """Return the reports that `viewer` may see."""
        if viewer.system:
            return self
        own = models.Q(placement__application__applicant_id=viewer.person_id)
        sent = ~models.Q(state=Report.State.DRAFT)
        placements = Placement.objects.visible_to(viewer)
        return self.filter(own | sent, placement__in=placements) if viewer.is_member else self.none()


class Report(models.Model):
    """The report on one placement."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "With the office"
        RETURNED = "returned", "Returned to you"
        ACCEPTED = "accepted", "Accepted"

    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="report")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    seen = models.TextField(max_length=4000, blank=True)
    differently = models.TextField(max_length=4000, blank=True)
    conditions = models.TextField(max_length=2000, blank=True)
    lesson_title = models.CharField(max_length=160, blank=True)
    lesson = models.TextField(max_length=2000, blank=True)
    #: Whether the lesson may be read by anyone; the office decides in the end.
    lesson_public = models.BooleanField(default=False)
    comment = models.TextField(max_length=1500, blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    lesson_page = models.OneToOneField(LessonPage, null=True, on_delete=models.SET_NULL, related_name="exchange_report")

    objects = ReportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Report on {self.placement}"

    def get_absolute_url(self) -> str:
        """Return the page on which the report is written or read."""
        return reverse("exchanges:report", args=[self.placement_id])
