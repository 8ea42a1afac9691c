"""A job is a row; Celery only carries its id, so a lost message or a killed worker loses nothing."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from portal.access.viewer import Viewer


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, as their owners may see them."""

    def visible_to(self, viewer: Viewer) -> JobQuerySet:
        """Return the jobs that `viewer` asked for; none without a second factor."""
        return self.filter(owner_id=viewer.user_id) if viewer.is_member else self.none()


class Job(models.Model):
    """One piece of background work. Times are the machine's own; `progress_*` is what a person sees."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    #: Two waiting jobs never share a key: asking twice is asking once.
    key = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    run_after = models.DateTimeField()
    #: Token of the worker that holds the job; only its holder may finish it.
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    #: How often its id was handed to Celery since it last began to wait, and when the sweep may do so again.
    sends = models.PositiveSmallIntegerField(default=0)
    send_after = models.DateTimeField()
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "send_after"]), models.Index(fields=["key", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=~models.Q(key="") & models.Q(state="waiting"),
                name="one_waiting_job_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.id}"
