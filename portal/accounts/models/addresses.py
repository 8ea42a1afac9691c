"""A new e-mail address for an account, until both mailboxes have agreed."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q

from portal.access import clock

#: How long both mailboxes have to agree: a weekend, and a day.
LIFETIME = dt.timedelta(days=3)


def three_days_from_now() -> dt.datetime:
    """Return when a change asked for now lapses."""
    return clock.now() + LIFETIME


class AddressChange(models.Model):
    """One wish to change the address that an account is signed in with. The links themselves are not kept."""

    class State(models.TextChoices):
        """Where a change stands."""

        ASKED = "asked", "Waiting for both mailboxes"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        LAPSED = "lapsed", "Lapsed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="address_changes")
    old_address = models.EmailField()
    new_address = models.EmailField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    #: SHA-256 of the random part of each mailbox's link, hex.
    old_token = models.CharField(max_length=64, unique=True)
    new_token = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(default=three_days_from_now)
    old_agreed_at = models.DateTimeField(null=True)
    new_agreed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "expires_at"])]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="asked"), name="one_address_change_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}, asked on {self.asked_at:%Y-%m-%d}"

    @property
    def live(self) -> bool:
        """Whether it can still be agreed to or stopped."""
        return self.state == self.State.ASKED and self.expires_at > clock.now()
