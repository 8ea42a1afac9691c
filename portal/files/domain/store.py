"""Storing, removing and tidying up files."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction

from portal.access.viewer import Viewer
from portal.files import owners
from portal.files.domain.contents import Checked, FileRefused, check
from portal.files.models import Attachment
from portal.journal import door

__all__ = ["FileRefused", "keep", "orphans", "remove", "store", "sweep_orphans"]

#: A file without a row may belong to a transaction that is still under way; after this many seconds it does not.
ORPHAN_AGE = 24 * 60 * 60


def store(*, upload: UploadedFile, owner: models.Model, by: Viewer) -> Attachment:
    """Check an upload and store it as an attachment of `owner`; one journal row.

    Raises `FileRefused` with a sentence for the person, and `KeyError` for a model that is not registered to have
    files. Whether `by` may add files to `owner` is the caller's to ask.
    """
    owner_type = owner._meta.label_lower
    if not owners.is_registered(owner_type):
        raise KeyError(f"{owner_type} is not registered in portal.files.owners")
    # A form field has looked already: nothing is decoded twice.
    before = getattr(upload, "checked", None)
    checked = before if isinstance(before, Checked) else check(upload)
    stored_name = _write(checked.content)
    with transaction.atomic():
        attachment = Attachment.objects.create(
            owner_type=owner_type,
            owner_id=str(owner.pk),
            name=checked.name,
            content_type=checked.content_type,
            size=len(checked.content),
            sha256=hashlib.sha256(checked.content).hexdigest(),
            stored_name=stored_name,
            uploaded_by_id=by.user_id,
        )
        door.record(thing=attachment, verb="files.store", by=by, data={"name": attachment.name, **_of(attachment)})
    return attachment


def keep(
    *, write: Callable[[BinaryIO], object], name: str, content_type: str, owner: models.Model, by: Viewer
) -> Attachment:
    """Store a file that the portal makes itself: `write(file)` writes its bytes; one journal row.

    Its content is not checked, and `owner` need not be registered: such a file goes out through a door of the area
    that made it, never through the common one.
    """
    stored_name, path = _new_place()
    with _created(path) as file:
        write(file)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with transaction.atomic():
        attachment = Attachment.objects.create(
            owner_type=owner._meta.label_lower,
            owner_id=str(owner.pk),
            name=name,
            content_type=content_type,
            size=path.stat().st_size,
            sha256=digest,
            stored_name=stored_name,
            uploaded_by_id=by.user_id,
        )
        door.record(thing=attachment, verb="files.store", by=by, data={"name": attachment.name, **_of(attachment)})
    return attachment


def remove(*, attachment: Attachment, by: Viewer) -> None:
    """Remove an attachment; one journal row. Its bytes go once the transaction has committed."""
    path = attachment.path
    with transaction.atomic():
        door.record(thing=attachment, verb="files.remove", by=by, data={"name": attachment.name, **_of(attachment)})
        attachment.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def record_download(*, attachment: Attachment, by: Viewer) -> None:
    """Write down that somebody fetched a file."""
    door.record(thing=attachment, verb="files.download", by=by, data=_of(attachment))


def orphans(*, older_than: float = ORPHAN_AGE) -> Iterator[Path]:
    """Yield the stored files that no row knows, untouched for `older_than` seconds."""
    root = Path(settings.PROTECTED_ROOT)
    known = set(Attachment.objects.values_list("stored_name", flat=True))
    limit = time.time() - older_than
    # Only our own two levels of folders: other areas may keep other things beneath PROTECTED_ROOT.
    for file in sorted(root.glob("attachments/??/*")):
        if str(file.relative_to(root)) not in known and file.is_file() and file.stat().st_mtime < limit:
            yield file


def sweep_orphans(*, older_than: float = ORPHAN_AGE) -> int:
    """Remove orphans, the leavings of uploads whose transaction was rolled back; returns how many."""
    count = 0
    for file in orphans(older_than=older_than):
        file.unlink(missing_ok=True)
        count += 1
    return count


def _of(attachment: Attachment) -> dict[str, str]:
    return {"owner": f"{attachment.owner_type}:{attachment.owner_id}", "sha256": attachment.sha256}


def _write(content: bytes) -> str:
    stored_name, path = _new_place()
    with _created(path) as file:
        file.write(content)
    return stored_name


def _new_place() -> tuple[str, Path]:
    token = secrets.token_hex(16)
    stored_name = f"attachments/{token[:2]}/{token[2:]}"
    path = Path(settings.PROTECTED_ROOT) / stored_name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return stored_name, path


@contextlib.contextmanager
def _created(path: Path) -> Iterator[BinaryIO]:
    """Open a new file for the portal's eyes alone; its bytes are on the disk at the end."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        yield file
        file.flush()
        # The row must not survive a power cut that its bytes do not.
        os.fsync(file.fileno())
