"""Files that are not public, kept outside MEDIA_ROOT under random names."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models

from portal.access import clock
from portal.access.viewer import Viewer


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Attachments, as wide as the records they belong to and never wider."""

    def visible_to(self, viewer: Viewer) -> AttachmentQuerySet:
        """Return the attachments of records that `viewer` may see."""
        from portal.files.owners import visible_owners  # late: owners describes which models these are

        return self.filter(visible_owners(viewer))

    def of(self, owner: models.Model) -> AttachmentQuerySet:
        """Return the attachments of one record, oldest first."""
        return self.filter(owner_type=owner._meta.label_lower, owner_id=str(owner.pk)).order_by("created_at", "pk")


class Attachment(models.Model):
    """One stored file. Never changed: another file is another attachment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    #: The record it belongs to, "exchanges.report" and its key: no foreign key, because records stand above files.
    owner_type = models.CharField(max_length=80)
    owner_id = models.CharField(max_length=64)
    #: What the person called it, made safe.
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    #: In bytes.
    size = models.PositiveIntegerField()
    #: Of the bytes as stored, hex.
    sha256 = models.CharField(max_length=64)
    #: Random path beneath PROTECTED_ROOT.
    stored_name = models.CharField(max_length=80, unique=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["owner_type", "owner_id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes lie."""
        return Path(settings.PROTECTED_ROOT) / self.stored_name
