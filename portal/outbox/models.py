"""Mail as rows: written with its cause, sent after commit, kept visible when it fails."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from portal.access.labels import TLP


class MailState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting", "Waiting to be sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not delivered"
    HELD = "held", "Waits for the daily mail"
    BUNDLED = "bundled", "Sent within the daily mail"
    UNWANTED = "unwanted", "Not sent: its reader wants none of its kind, or has left"


class Choice(models.TextChoices):
    """When a person gets the mails of a group."""

    NOW = "now", "At once"
    DAILY = "daily", "In one mail a day"
    NEVER = "never", "Never"


class Mail(models.Model):
    """One mail to one address, as it will be sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Never two mails under one key; a job that runs again queues nothing twice.
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - NULLs do not collide
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    to_address = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    #: Name of the template, to group mails of a kind.
    kind = models.CharField(max_length=80)
    about = models.CharField(max_length=120, blank=True)
    #: The label in front of the subject, kept for the daily mail, which bears the strictest of its items'.
    tlp = models.CharField(max_length=20, choices=TLP.choices, default=TLP.CLEAR)
    #: Further header lines, name to value: List-Unsubscribe and the like.
    headers = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    #: When the daily mail that takes this one along is due.
    due_at = models.DateTimeField(null=True)
    #: The daily mail that took this one along.
    bundle = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="items")

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]

    def __str__(self) -> str:
        return f"{self.subject} ({self.state})"


class MailPreference(models.Model):
    """When a person wants the mails of a group (`portal.outbox.kinds`); without a row, the group's default holds."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mail_preferences")
    group = models.SlugField(max_length=40)
    choice = models.CharField(max_length=10, choices=Choice.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="one_choice_per_group")]

    def __str__(self) -> str:
        return f"{self.group}: {self.choice}"
