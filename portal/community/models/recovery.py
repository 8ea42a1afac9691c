"""A lost device: what the person asked, who knew them, who gave them a new start."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.access.viewer import Viewer
from portal.community.models.people import Person, Role


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    """Requests after a lost device."""

    def visible_to(self, viewer: Viewer) -> RecoveryQuerySet:
        """Return what the desk of `viewer` shows: the programme office sees all, a contact point the own country's.

        The person concerned is told by mail and answers by the link in it: whoever asked may not be that person.
        """
        if viewer.system or viewer.holds(Role.OFFICE):
            return self
        countries = viewer.scopes(Role.NCP, "country") | viewer.scopes(Role.NCP_DEPUTY, "country")
        return self.filter(person__country_id__in=countries) if countries else self.none()

    def open(self) -> RecoveryQuerySet:
        """Return those that wait for somebody's word."""
        return self.filter(state__in=Recovery.OPEN)


class Recovery(models.Model):
    """One request for a new start. Two different people agree to it, and neither is the person concerned."""

    class State(models.TextChoices):
        ASKED = "asked", "Waits for the contact point"
        CONFIRMED = "confirmed", "Waits for the programme office"
        RELEASED = "released", "New start given"
        REFUSED = "refused", "Refused"
        STOPPED = "stopped", "Stopped by the person"
        LAPSED = "lapsed", "Run out"

    class Way(models.TextChoices):
        """What the request stands on: how much whoever asked had in hand."""

        PASSWORD = "password", "With the right password"
        LETTER = "letter", "By a link sent to the mailbox"

    class What(models.TextChoices):
        LOST = "lost", _("I cannot find it")
        STOLEN = "stolen", _("It was stolen")
        BROKEN = "broken", _("It is broken or was replaced")
        NEVER = "never", _("I never set one up, or my link ran out")

    class Method(models.TextChoices):
        """How somebody made sure of who asks."""

        SEEN = "seen", "I saw them in person"
        CALLED = "called", "I called them at a number that I knew before"

    #: States in which somebody's word is awaited.
    OPEN = (State.ASKED, State.CONFIRMED)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="recoveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    way = models.CharField(max_length=10, choices=Way.choices)
    what = models.CharField(max_length=10, choices=What.choices)
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=10, choices=Method.choices, blank=True)
    #: What the office should know besides; the person concerned is not shown it.
    note = models.TextField(blank=True)
    released_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)
    #: The newest permission to enrol that came of it.
    grant = models.OneToOneField("accounts.EnrolmentGrant", null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True)
    #: Why it was refused; the person concerned is told.
    reason = models.TextField(blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name_plural = "recoveries"
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=("asked", "confirmed")), name="one_open_recovery_per_person"
            ),
            models.CheckConstraint(condition=~Q(confirmed_by=F("person")), name="recovery_not_confirmed_by_self"),
            models.CheckConstraint(condition=~Q(released_by=F("person")), name="recovery_not_released_by_self"),
            models.CheckConstraint(condition=~Q(released_by=F("confirmed_by")), name="recovery_takes_two_people"),
        ]

    def __str__(self) -> str:
        return f"Lost device {self.pk}"

    @property
    def state_words(self) -> str:
        """The state in words."""
        return self.State(self.state).label

    @property
    def is_open(self) -> bool:
        """Whether somebody's word is awaited."""
        return self.state in self.OPEN

    def get_absolute_url(self) -> str:
        """Return the address of the desk's page about it."""
        return reverse("recovery:request", args=[self.pk])
