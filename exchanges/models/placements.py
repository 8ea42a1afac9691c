"""The week itself: agreement by three, arrival, days."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from exchanges.models.applications import Application
from exchanges.models.hosts import HostWeek
from exchanges.models.matches import MatchRun
from portal.access.viewer import Viewer
from portal.community.models import Person


class PlacementQuerySet(models.QuerySet["Placement"]):
    """Placements: for the participant, both countries' contact points, the host's coordinator and the office."""

    def visible_to(self, viewer: Viewer) -> PlacementQuerySet:
        """Return the placements that `viewer` may see."""
        if viewer.system or viewer.holds("office"):
            return self
        if not viewer.is_member:
            return self.none()
        countries = viewer.scopes("ncp", "country") | viewer.scopes("ncp_deputy", "country")
        centres = [int(pk) for pk in viewer.scopes("host_coordinator", "centre")]
        return self.filter(
            Q(application__applicant_id=viewer.person_id)
            | Q(application__applicant__country_id__in=countries)
            | Q(week__offer__centre__country_id__in=countries)
            | Q(week__offer__centre_id__in=centres)
        )


class Placement(models.Model):
    """An accepted offer: one shift leader, one week, one centre (design: exchanges, States)."""

    class State(models.TextChoices):
        PLANNED = "planned", "Agreement open"
        AGREED = "agreed", "Agreed"
        UNDER_WAY = "under_way", "Under way"
        REPORT_DUE = "report_due", "Report due"
        COMPLETED = "completed", "Completed"
        CANCELLED = "cancelled", "Cancelled"
        NO_SHOW = "no_show", "Did not arrive"
        INTERRUPTED = "interrupted", "Interrupted"

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="placement")
    week = models.ForeignKey(HostWeek, on_delete=models.PROTECT, related_name="placements")
    run = models.ForeignKey(MatchRun, null=True, on_delete=models.PROTECT, related_name="placements")
    state = models.CharField(max_length=20, choices=State.choices, default=State.PLANNED)
    arrived_at = models.DateTimeField(null=True)
    report_due_on = models.DateField(null=True)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["week__starts_on", "pk"]

    def __str__(self) -> str:
        return f"Placement {self.application}"

    def get_absolute_url(self) -> str:
        """Return the placement's page."""
        return reverse("exchanges:placement", args=[self.pk])


class Agreement(models.Model):
    """One version of the agreement; a change makes a new version and asks all three again. Never edited once made."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="agreements")
    version = models.PositiveSmallIntegerField()
    objectives = models.TextField(max_length=1500)
    #: Five texts, Monday to Friday.
    agenda = models.JSONField(default=list)
    language = models.CharField(max_length=60)
    outcome = models.TextField(max_length=1000)
    #: SHA-256 over the text, hex: what the three confirm.
    digest = models.CharField(max_length=64)
    written_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["placement", "-version"]
        constraints = [models.UniqueConstraint(fields=["placement", "version"], name="one_agreement_per_version")]

    def __str__(self) -> str:
        return f"Version {self.version}"


class Confirmation(models.Model):
    """One of the three says yes to one version."""

    class Party(models.TextChoices):
        PARTICIPANT = "participant", "Participant"
        SENDER = "sender", "Sending contact point"
        HOST = "host", "Host"

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="confirmations")
    party = models.CharField(max_length=20, choices=Party.choices)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["confirmed_at"]
        constraints = [models.UniqueConstraint(fields=["agreement", "party"], name="one_confirmation_per_party")]

    def __str__(self) -> str:
        return f"{self.get_party_display()}: {self.person}"


class Attendance(models.Model):
    """One confirmed day of the week, 1 Monday to 5 Friday: the proof for unit costs."""

    placement = models.ForeignKey(Placement, on_delete=models.CASCADE, related_name="attendance")
    day = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        verbose_name_plural = "attendance"
        constraints = [
            models.UniqueConstraint(fields=["placement", "day"], name="one_confirmation_per_day"),
            models.CheckConstraint(condition=Q(day__gte=1, day__lte=5), name="attendance_on_a_working_day"),
        ]

    def __str__(self) -> str:
        return f"Day {self.day}"
