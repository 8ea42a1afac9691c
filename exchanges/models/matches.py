"""A match run is a proposal with its proof; two committee members sign it."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from exchanges.models.calls import Call
from portal.access.viewer import Viewer
from portal.community.models import Country, Person


class MatchRunQuerySet(models.QuerySet["MatchRun"]):
    """Runs: for the programme office and the committee."""

    def visible_to(self, viewer: Viewer) -> MatchRunQuerySet:
        """Return the runs that `viewer` may see."""
        if viewer.system or viewer.holds("office") or viewer.holds("committee", ""):
            return self
        calls = viewer.scopes("committee", "call")
        return self.filter(call_id__in=[int(pk) for pk in calls]) if calls else self.none()


class MatchRun(models.Model):
    """One computation: what went in, what came out, why, and the certificate that proves it optimal."""

    class State(models.TextChoices):
        QUEUED = "queued", "Being computed"
        PROPOSED = "proposed", "Proposed"
        SIGNED = "signed", "Signed"
        SUPERSEDED = "superseded", "Superseded"
        FAILED = "failed", "Failed"

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    job_id = models.UUIDField(null=True)
    #: Canonical JSON of exchanges.domain.matching: problem, assignment, reasons, certificate.
    problem = models.JSONField(default=dict)
    assignment = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    certificate = models.JSONField(default=dict)
    #: SHA-256 over problem and assignment, hex: what the committee signs.
    digest = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)

    objects = MatchRunQuerySet.as_manager()

    class Meta:
        ordering = ["call", "-number"]
        constraints = [models.UniqueConstraint(fields=["call", "number"], name="one_run_per_number")]

    def __str__(self) -> str:
        return f"Run {self.number}"

    def get_absolute_url(self) -> str:
        """Return the run's page."""
        return reverse("exchanges:run", args=[self.call.slug, self.number])


class Signature(models.Model):
    """A committee member's signature under a run's digest."""

    run = models.ForeignKey(MatchRun, on_delete=models.PROTECT, related_name="signatures")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="signatures")
    #: The signer's country at that time: the two must differ.
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["run", "person"], name="one_signature_per_person"),
            models.UniqueConstraint(fields=["run", "country"], name="one_signature_per_country"),
        ]

    def __str__(self) -> str:
        return f"{self.person} under {self.run}"
