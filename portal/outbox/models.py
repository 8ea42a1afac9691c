"""Mail as rows: written with its cause, sent after commit, kept visible when it fails."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class MailState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting", "Waiting to be sent"
    SENT = "sent", "Sent"
    FAILED = "failed", "Not delivered"


class Mail(models.Model):
    """One mail to one address, as it will be sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: Never two mails under one key; a job that runs again queues nothing twice.
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - NULLs do not collide
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    to_address = models.EmailField()
    subject = models.CharField(max_length=250)
    body = models.TextField()
    #: Name of the template, to group mails of a kind.
    kind = models.CharField(max_length=80)
    about = models.CharField(max_length=120, blank=True)
    #: Further header lines, name to value: List-Unsubscribe and the like.
    headers = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "created_at"])]

    def __str__(self) -> str:
        return f"{self.subject} ({self.state})"
