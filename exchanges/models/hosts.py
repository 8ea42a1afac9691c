"""What centres offer: a profile for the call, and weeks with seats."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from exchanges.models.calls import Call
from portal.access.viewer import Viewer
from portal.community.models import CEFR, Centre, Language, Person


class HostOfferQuerySet(models.QuerySet["HostOffer"]):
    """Offers: published ones are for members, others for the host's own people and the office."""

    def visible_to(self, viewer: Viewer) -> HostOfferQuerySet:
        """Return the offers that `viewer` may see."""
        if viewer.system or viewer.holds("office"):
            return self
        if not viewer.is_member:
            return self.none()
        centres = viewer.scopes("host_coordinator", "centre")
        countries = viewer.scopes("ncp", "country") | viewer.scopes("ncp_deputy", "country")
        return self.filter(
            Q(state__in=[HostOffer.State.PUBLISHED, HostOffer.State.CLOSED])
            | Q(centre_id__in=[int(pk) for pk in centres])
            | (Q(centre__country_id__in=countries) & ~Q(state=HostOffer.State.DRAFT))
        )


class HostOffer(models.Model):
    """One centre's offer to one call."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "With the contact point"
        RETURNED = "returned", "Returned"
        PUBLISHED = "published", "Published"
        CLOSED = "closed", "Closed"
        WITHDRAWN = "withdrawn", "Withdrawn"

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="offers")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="offers")
    #: The host coordinator who answers for the offer and is the guest's contact.
    coordinator = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="offers")
    summary = models.TextField(max_length=1500)
    themes = models.CharField(max_length=300, blank=True)
    accommodation = models.TextField(max_length=600, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    submitted_at = models.DateTimeField(null=True)
    #: What the contact point wrote when returning it.
    comment = models.TextField(max_length=1500, blank=True)

    objects = HostOfferQuerySet.as_manager()

    class Meta:
        ordering = ["centre__country__name", "centre__name"]
        constraints = [models.UniqueConstraint(fields=["call", "centre"], name="one_offer_per_centre")]

    def __str__(self) -> str:
        return f"{self.centre}, {self.call}"

    def get_absolute_url(self) -> str:
        """Return the offer's page."""
        return reverse("exchanges:offer", args=[self.pk])


class HostLanguage(models.Model):
    """A language that guests can work in at this centre, and the least level. One of them is enough."""

    offer = models.ForeignKey(HostOffer, on_delete=models.CASCADE, related_name="languages")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=6, choices=CEFR.choices, default=CEFR.B2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "language"], name="one_level_per_host_language")]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class HostWeek(models.Model):
    """Five working days, Monday to Friday, with a number of seats."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        BLOCKED = "blocked", "Blocked"
        CANCELLED = "cancelled", "Cancelled"

    offer = models.ForeignKey(HostOffer, on_delete=models.CASCADE, related_name="weeks")
    #: Always a Monday.
    starts_on = models.DateField()
    capacity = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(5)])
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "starts_on"], name="one_week_per_monday"),
            models.CheckConstraint(condition=Q(starts_on__week_day=2), name="host_week_starts_on_monday"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=5), name="host_week_capacity"),
        ]

    def __str__(self) -> str:
        return f"{self.offer.centre}, week {self.number}"

    @property
    def ends_on(self) -> dt.date:
        """The Friday."""
        return self.starts_on + dt.timedelta(days=4)

    @property
    def number(self) -> int:
        """Week number by ISO 8601."""
        return self.starts_on.isocalendar().week
