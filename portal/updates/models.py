"""Who gets updates by e-mail, and the updates themselves. Of a person no more is kept than the address, the topics
and when the address was confirmed.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.urls import reverse

from portal.access.viewer import Viewer
from portal.outbox.post import link
from portal.updates.registries import Topic


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Subscribers; their addresses are the programme office's to see."""

    def visible_to(self, viewer: Viewer) -> SubscriberQuerySet:
        """Return the subscribers whose addresses `viewer` may read: all for the office, none for anybody else."""
        return self if viewer.system or viewer.holds("office") else self.none()

    def confirmed(self) -> SubscriberQuerySet:
        """Return those who confirmed their address."""
        return self.filter(confirmed_at__isnull=False)


class Subscriber(models.Model):
    """An address that asked for updates. It gets none before it is confirmed; the row goes when it wants no more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.EmailField()
    #: Keyed hash of the address (domain.addresses.digest), whatever its capitals: one subscription for each mailbox.
    digest = models.CharField(max_length=32, unique=True)
    #: When it was last asked for; an address that nobody confirms is forgotten 14 days later.
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_at", "pk"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def topics(self) -> list[str]:
        """The chosen topics, in the order of an update; costs no query where `choices` were prefetched."""
        chosen = {choice.topic for choice in self.choices.all()}
        return [topic for topic in Topic.values if topic in chosen]


class Choice(models.Model):
    """A topic that a subscriber chose."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="choices")
    topic = models.CharField(max_length=10, choices=Topic.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscriber", "topic"], name="one_choice_per_topic"),
            models.CheckConstraint(condition=models.Q(topic__in=Topic.values), name="choice_names_a_topic"),
        ]

    def __str__(self) -> str:
        return self.topic


class Ask(models.Model):
    """What somebody entered into the form, until a job has dealt with it. The address goes then; the keyed hash stays
    for a day, so that one mailbox is not sent letter after letter.
    """

    address = models.EmailField(blank=True)
    digest = models.CharField(max_length=32)
    topics = models.JSONField(default=list)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["digest", "asked_at"])]

    def __str__(self) -> str:
        return f"ask {self.pk}"


class Block(models.Model):
    """An address whose owner wants no letter of ours, not even a confirmation: its keyed hash, never the address."""

    digest = models.CharField(max_length=32, primary_key=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return self.digest


class UpdateQuerySet(models.QuerySet["Update"]):
    """Updates; what was told stands in the letters, the drafts and figures are the office's."""

    def visible_to(self, viewer: Viewer) -> UpdateQuerySet:
        """Return the updates that `viewer` may look at: all for the office, none for anybody else."""
        return self if viewer.system or viewer.holds("office") else self.none()


class Update(models.Model):
    """One update: what is new since the last, gathered by the portal, looked through and sent by the office."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SENDING = "sending", "Letters are being written"
        SENT = "sent", "Sent"

    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    prepared_at = models.DateTimeField()
    #: When the office pressed "Send"; who confirms later gets the next update.
    sent_at = models.DateTimeField(null=True, blank=True)
    #: Letters written, known when all are.
    letters = models.PositiveIntegerField(default=0)
    job_id = models.UUIDField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)

    objects = UpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-prepared_at"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="draft"), name="one_draft_at_a_time")
        ]

    def __str__(self) -> str:
        return f"Update {self.pk}"

    def get_absolute_url(self) -> str:
        """Return its page in the office."""
        return reverse("updates:update", args=[self.pk])


class UpdateItem(models.Model):
    """One thing in an update, as it was told. No key stands in two updates: nothing is told twice."""

    update = models.ForeignKey(Update, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    topic = models.CharField(max_length=10, choices=Topic.choices)
    key = models.CharField(max_length=120, unique=True)
    title = models.CharField(max_length=255)
    url = models.CharField(max_length=500)
    text = models.TextField(blank=True)
    date = models.DateField(null=True, blank=True)
    is_sample = models.BooleanField(default=False)
    #: The office took it out: it is neither in this update nor in a later one.
    left_out = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def full_url(self) -> str:
        """The address as it stands in a letter."""
        return link(self.url) if self.url.startswith("/") else self.url
