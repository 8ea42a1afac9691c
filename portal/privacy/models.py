"""Copies of one's data, wishes to be forgotten, people who left, and the log of what was forgotten."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from portal.access import clock
from portal.access.viewer import Viewer

#: Who reads the log of what was forgotten, and the wishes to be forgotten.
WATCHERS = ("office", "data_protection")


def watches(viewer: Viewer) -> bool:
    """Return whether `viewer` watches over what is kept of people: the programme office and the data protection
    officer.
    """
    return viewer.system or any(viewer.holds(role) for role in WATCHERS)


class DataCopyQuerySet(models.QuerySet["DataCopy"]):
    """Copies of somebody's data: for nobody but their owner."""

    def visible_to(self, viewer: Viewer) -> DataCopyQuerySet:
        """Return the copies of the viewer's own data; none without a second factor. The office has no part in it."""
        return self.filter(user_id=viewer.user_id) if viewer.signed_in and viewer.verified else self.none()

    def fetchable(self) -> DataCopyQuerySet:
        """Return those that are ready and whose days are not over, whether or not their files are removed yet."""
        return self.filter(ready_at__gt=clock.now() - dt.timedelta(days=settings.KEEP_DAYS["copies"]))


class DataCopy(models.Model):
    """All that is kept about somebody, put together for them by a job; its files are attachments of this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job_id = models.UUIDField(null=True)
    asked_at = models.DateTimeField(default=clock.now)
    ready_at = models.DateTimeField(null=True)

    objects = DataCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "pk"]
        verbose_name_plural = "data copies"

    def __str__(self) -> str:
        return f"Copy of {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def goes_at(self) -> dt.datetime | None:
        """When its files are removed; None while they are being made."""
        return self.ready_at + dt.timedelta(days=settings.KEEP_DAYS["copies"]) if self.ready_at else None


class ErasureQuerySet(models.QuerySet["Erasure"]):
    """Wishes to be forgotten."""

    def visible_to(self, viewer: Viewer) -> ErasureQuerySet:
        """Return the viewer's own; all for the programme office and the data protection officer."""
        if watches(viewer):
            return self
        return self.filter(user_id=viewer.user_id) if viewer.signed_in and viewer.verified else self.none()


class Erasure(models.Model):
    """Somebody's wish to be forgotten (Regulation (EU) 2016/679, Article 17), and what became of it."""

    class State(models.TextChoices):
        ASKED = "asked", "Asked"
        LOOKED_AT = "looked_at", "Being looked at"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"
        TAKEN_BACK = "taken_back", "Taken back"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    #: What the person wrote with it.
    words = models.TextField(max_length=1000, blank=True)
    #: Why it was refused.
    reason = models.TextField(max_length=1000, blank=True)
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["asked", "looked_at"]),
                name="one_open_erasure_for_each",
            )
        ]

    def __str__(self) -> str:
        return f"Wish {self.pk}"

    def get_absolute_url(self) -> str:
        """Return its page in the office."""
        return reverse("privacy:erasure", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state in (Erasure.State.ASKED, Erasure.State.LOOKED_AT)

    @property
    def answer_by(self) -> dt.datetime:
        """The end of the month that Article 12(3) gives for an answer, counted as 30 days."""
        return clock.end_of_day((self.asked_at + dt.timedelta(days=30)).astimezone(clock.BRUSSELS).date())


class Why(models.TextChoices):
    """Why a name was forgotten."""

    ASKED = "asked", "The person asked"
    TIME = "time", "Left long ago"


class Departure(models.Model):
    """An account that was closed: since when, and under which name its records stand once the person is forgotten."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="departure")
    left_at = models.DateTimeField(default=clock.now)
    forgotten_at = models.DateTimeField(null=True)
    #: "Former member 7F3A".
    alias = models.CharField(max_length=24, null=True, unique=True)  # noqa: DJ001 - NULLs do not collide
    why = models.CharField(max_length=6, choices=Why.choices, blank=True)

    class Meta:
        ordering = ["-left_at", "-pk"]

    def __str__(self) -> str:
        return self.alias or f"Account closed on {self.left_at:%Y-%m-%d}"


class RetentionRun(models.Model):
    """One round of the rules of retention."""

    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-began_at", "-pk"]

    def __str__(self) -> str:
        return f"Round of {self.began_at:%Y-%m-%d %H:%M}"


class RetentionLine(models.Model):
    """What one rule did in one round: it forgot `count` rows older than `before`."""

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="lines")
    rule = models.CharField(max_length=40)
    days = models.PositiveIntegerField()
    before = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    #: What was left out and why, or that the rule failed, in a sentence without a name.
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["run", "pk"]
        constraints = [models.UniqueConstraint(fields=["run", "rule"], name="one_line_for_each_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {self.count}"
