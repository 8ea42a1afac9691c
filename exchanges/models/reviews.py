"""Who reviews what, with which points, and who may not."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse

from exchanges.models.applications import Application
from exchanges.models.calls import Criterion
from portal.access.viewer import Viewer
from portal.community.models import Person


class Conflict(models.Model):
    """A conflict of interest that a reviewer declared."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="conflicts")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="conflicts")
    reason = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "reviewer"], name="one_conflict_per_reviewer")]

    def __str__(self) -> str:
        return f"{self.reviewer} – {self.application}"


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reviews: a reviewer sees the own ones, the office all."""

    def visible_to(self, viewer: Viewer) -> ReviewQuerySet:
        """Return the reviews that `viewer` may see; nobody sees one of the own application."""
        if viewer.system:
            return self
        if not viewer.is_member:
            return self.none()
        if viewer.holds("office"):
            return self.exclude(application__applicant_id=viewer.person_id)
        return self.filter(reviewer_id=viewer.person_id) if viewer.holds("reviewer") else self.none()


class Review(models.Model):
    """One reviewer's view of one application."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", "To be written"
        SUBMITTED = "submitted", "Submitted"
        DECLINED = "declined", "Declined"

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=20, choices=State.choices, default=State.ASSIGNED)
    comment = models.TextField(max_length=1500, blank=True)
    assigned_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["application", "pk"]
        constraints = [models.UniqueConstraint(fields=["application", "reviewer"], name="one_review_per_reviewer")]

    def __str__(self) -> str:
        return f"{self.application} by {self.reviewer}"

    def get_absolute_url(self) -> str:
        """Return the page on which the review is written."""
        return reverse("exchanges:review", args=[self.pk])


class Score(models.Model):
    """Points from 0 to 10 for one criterion."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.PositiveSmallIntegerField(validators=[MaxValueValidator(10)])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "criterion"], name="one_score_per_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"
