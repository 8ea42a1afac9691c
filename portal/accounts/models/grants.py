"""The permission to bind a first device to an account."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

from portal.access import clock

#: How long a grant lives (design: access).
LIFETIME = dt.timedelta(hours=24)


class Purpose(models.TextChoices):
    """Why a person may enrol."""

    APPROVAL = "approval", "Join request approved"
    INVITATION = "invitation", "Invitation"
    RECOVERY = "recovery", "Recovery of a lost device"


def a_day_from_now() -> dt.datetime:
    """Return when a grant issued now ends."""
    return clock.now() + LIFETIME


class EnrolmentGrant(models.Model):
    """One chance to bind a first device, by a link sent to the account's address. The link itself is not kept.

    Without a live grant, a stolen password of a never-enrolled account binds nothing (design: access).
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolment_grants")
    #: SHA-256 of the link's 256 random bits, hex.
    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    issued_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(default=a_day_from_now)
    used_at = models.DateTimeField(null=True, blank=True)
    #: Which opening of the link counts: the newest. A browser that opened it before is told so.
    opening = models.CharField(max_length=32, blank=True)
    #: The device whose seed was shown under this opening, until and after its first code.
    device = models.ForeignKey("accounts.AuthenticatorDevice", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["user", "used_at"])]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} until {self.expires_at:%Y-%m-%d %H:%M}"

    @property
    def expired(self) -> bool:
        """Whether its day is over."""
        return self.expires_at <= clock.now()

    @property
    def live(self) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and not self.expired
