"""A call for exchanges, its criteria and the rates it pays."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from portal.access.viewer import Viewer


class RateTable(models.Model):
    """What a scholarship pays, with its source. Amounts in EUR; one way distance, the amount covers the return."""

    name = models.CharField(max_length=120)
    source = models.CharField(max_length=250)
    valid_from = models.DateField()
    #: [[from km, amount], …] ascending: travel by great-circle distance.
    travel = models.JSONField()
    #: {"country code": amount per day}; "" holds for every other country.
    daily = models.JSONField()
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class CallQuerySet(models.QuerySet["Call"]):
    """Calls; a draft exists for the programme office, and for those who offer and publish its host weeks.

    So does a draft that was cancelled before it opened: opening draws the secret of the tie-break.
    """

    def visible_to(self, viewer: Viewer) -> CallQuerySet:
        """Return the calls that `viewer` may know of. A call opens with weeks published, so hosts see its draft."""
        prepares = any(viewer.holds(role) for role in ("office", "host_coordinator", "ncp", "ncp_deputy"))
        if viewer.system or prepares:
            return self
        return self.exclude(state=Call.State.DRAFT).exclude(state=Call.State.CANCELLED, tie_commitment="")


class Call(models.Model):
    """One call, from announcement to the last lesson (design: exchanges, States)."""

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        OPEN = "open", gettext_lazy("Open for applications")
        SCREENING = "screening", gettext_lazy("Endorsement and eligibility")
        REVIEW = "review", gettext_lazy("Review")
        MATCHING = "matching", gettext_lazy("Matching")
        DECIDED = "decided", gettext_lazy("Decided")
        COMPLETED = "completed", gettext_lazy("Completed")
        CANCELLED = "cancelled", gettext_lazy("Cancelled")

    slug = models.SlugField(unique=True, help_text="As in the address, for example 2027-1.")
    number = models.CharField(max_length=20, unique=True, help_text="As people say it, for example 2027/1.")
    title = models.CharField(max_length=160)
    summary = models.TextField(max_length=1500)
    themes = models.TextField(max_length=600, blank=True)
    opens_on = models.DateField()
    #: 23:59:59 in Brussels on the last day, in UTC.
    closes_at = models.DateTimeField()
    weeks_from = models.DateField()
    weeks_until = models.DateField()
    decision_on = models.DateField()
    #: Funded seats: the budget as a number of placements.
    seats = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(500)])
    #: At most this many placements for one sending country; empty for no bound.
    country_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    #: At most this many guests in one centre over the whole call; empty for no bound.
    centre_cap = models.PositiveSmallIntegerField(null=True, blank=True)
    min_reviews = models.PositiveSmallIntegerField(default=2)
    #: Points of 100 below which an application is not matched.
    threshold = models.PositiveSmallIntegerField(default=60, validators=[MaxValueValidator(100)])
    #: Days a contact point has to answer, an applicant to accept, a participant to report.
    endorse_days = models.PositiveSmallIntegerField(default=10)
    answer_days = models.PositiveSmallIntegerField(default=7)
    report_days = models.PositiveSmallIntegerField(default=30)
    rates = models.ForeignKey(RateTable, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    #: Secret of the tie-break and its SHA-256, published when the call opens.
    tie_secret = models.CharField(max_length=64, blank=True)
    tie_commitment = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    is_sample = models.BooleanField(default=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on"]
        constraints = [
            models.CheckConstraint(condition=Q(weeks_until__gte=F("weeks_from")), name="call_weeks_in_order"),
        ]

    def __str__(self) -> str:
        return gettext("Exchange call %(number)s") % {"number": self.number}

    def get_absolute_url(self) -> str:
        """Return the call's public page."""
        return reverse("exchanges:call", args=[self.slug])


class Criterion(models.Model):
    """One weighted criterion of the review, with words for its ends. The weights of a call add up to 100."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    order = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    weight = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    low = models.CharField(max_length=200, help_text="What nought points look like.")
    high = models.CharField(max_length=200, help_text="What ten points look like.")

    class Meta:
        ordering = ["order"]
        verbose_name_plural = "criteria"
        constraints = [models.UniqueConstraint(fields=["call", "order"], name="one_criterion_per_place")]

    def __str__(self) -> str:
        return f"{self.name} ({self.weight})"
