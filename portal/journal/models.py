"""The append-only record. Rows name people by a pseudonymous key; names and reasons lie in a side table that retention
may erase, and the row keeps a salted digest of them, so that the chain survives and the name does not.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.db import models


def new_key() -> str:
    """Return a fresh pseudonymous key: 20 random characters, no relation to the person."""
    return secrets.token_hex(10)


class Pseudonym(models.Model):
    """Which key stands for which user. Erasing the row forgets who the key was."""

    key = models.CharField(max_length=20, primary_key=True, default=new_key)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="pseudonym")

    def __str__(self) -> str:
        return self.key


class AppendOnly(RuntimeError):
    """Somebody tried to change or remove a journal row."""


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses bulk changes."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Add rows; refuse to overwrite those that are there."""
        if kwargs.get("update_conflicts") or kwargs.get("ignore_conflicts"):
            raise AppendOnly("journal rows are never changed")
        return super().bulk_create(objs, *args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Refuse: rows are only added."""
        raise AppendOnly("journal rows are never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: rows are only added."""
        raise AppendOnly("journal rows are never removed")


class AppendOnlyModel(models.Model):
    """Mixin of tables whose rows are only added. What goes past Django's models is found by `journal_verify`."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        # Django's own ways (related objects, cascades) must not get round the guard.
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to change a row that is there."""
        if not self._state.adding:
            raise AppendOnly("journal rows are never changed")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse."""
        raise AppendOnly("journal rows are never removed")


class Entry(AppendOnlyModel):
    """Who did what to which thing, from which state to which, and when."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    #: Key of the person, "portal" for the clock and jobs, "visitor" for somebody who is not signed in.
    actor = models.CharField(max_length=20)
    verb = models.CharField(max_length=60)
    thing_type = models.CharField(max_length=80)
    thing_id = models.CharField(max_length=64)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    #: SHA-256 over the side row and its salt, hex.
    detail_digest = models.CharField(max_length=64)

    class Meta(AppendOnlyModel.Meta):
        indexes = [models.Index(fields=["thing_type", "thing_id", "id"])]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing_type}:{self.thing_id}"


class EntryDetail(models.Model):
    """The erasable side of a row: the name as it was, the reason in free text, and facts of the event.

    The salt lies here too and goes with the rest: a digest whose salt remained would let anybody try names against it.
    """

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="detail", primary_key=True)
    actor_name = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    salt = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"detail of {self.entry_id}"


class Seal(AppendOnlyModel):
    """Number and chain hash of a committed row, given by the sealing job in one place, one after another."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)

    class Meta(AppendOnlyModel.Meta):
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}: {self.hash[:12]}"
