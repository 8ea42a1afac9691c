"""Putting together all that is kept about somebody, as JSON and as an archive that people can read."""

from __future__ import annotations

import datetime as dt
import json
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models.functions import Coalesce
from django.urls import reverse

from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import SYSTEM, Viewer, viewer_for
from portal.accounts import personal
from portal.accounts.domain import letters
from portal.accounts.models import User
from portal.files.domain import store
from portal.files.models import Attachment
from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.journal import door
from portal.outbox.post import link
from portal.privacy.domain import readable
from portal.privacy.models import DataCopy

#: Name of the job that makes a copy.
MAKE = "privacy.copy"
#: Name and version of the format of the JSON file; a change of its shape raises the number.
FORMAT = "noc-personal-data/1"
JSON_TYPE, ZIP_TYPE = "application/json", "application/zip"


@dataclass(frozen=True)
class Gathered:
    """One part together with what it holds."""

    part: personal.PersonalData
    copy: personal.Copy


@transaction.atomic
def ask(*, user: User, by: Viewer) -> DataCopy:
    """Have a copy made, and the owner told that somebody asked; one that is being made already is the one."""
    User.objects.select_for_update().get(pk=user.pk)
    if (waiting := newest(user_id=user.pk)) is not None and is_under_way(waiting):
        return waiting
    row = DataCopy.objects.create(user=user)
    job = queue.enqueue(MAKE, key=f"{MAKE}:{user.pk}", owner_id=user.pk, copy_id=str(row.pk))
    row.job_id = job.pk
    row.save(update_fields=["job_id"])
    door.record(thing=row, verb="copy_asked", by=by)
    letters.tell_owner(user=user, template="privacy_copy_asked", context={"at": row.asked_at})
    return row


def newest(*, user_id: int) -> DataCopy | None:
    """Return somebody's newest copy, ready or not, or None."""
    return DataCopy.objects.filter(user_id=user_id).first()


def job_of(row: DataCopy) -> Job | None:
    """Return the job that makes a copy, while it is remembered."""
    return Job.objects.filter(pk=row.job_id).first() if row.job_id else None


def is_under_way(row: DataCopy) -> bool:
    """Return whether a copy is still being made."""
    job = job_of(row) if row.ready_at is None else None
    return job is not None and job.state in (JobState.WAITING, JobState.RUNNING)


def files_of(row: DataCopy) -> list[Attachment]:
    """Return the files of a copy that is ready; none once its days are over."""
    return list(Attachment.objects.of(row)) if row.goes_at and row.goes_at > clock.now() else []


@queue.handler(MAKE, lease_seconds=300, long=True)
def make(job: queue.RunningJob, copy_id: str) -> Callable[[], None] | None:
    """Gather every part, write both files, and tell the owner. Begun again, it begins from nothing."""
    row = DataCopy.objects.select_related("user").filter(pk=uuid.UUID(copy_id), ready_at=None).first()
    if row is None or not row.user.is_active:
        return None
    owner = viewer_for(user=row.user, verified=False)
    _remove_files(row, by=SYSTEM)
    listed = personal.parts()
    gathered = []
    for number, part in enumerate(listed, start=1):
        gathered.append(Gathered(part, part.export(row.user)))
        job.progress(done=number, total=len(listed) + 1, note=part.label)
    made_at = clock.now()
    content = as_json(user=row.user, gathered=gathered, made_at=made_at)
    name = f"TLP-AMBER_my-data_{made_at.astimezone(clock.BRUSSELS):%Y-%m-%d}"

    def archive(file: BinaryIO) -> None:
        write_archive(file=file, user=row.user, gathered=gathered, content=content, made_at=made_at)

    store.keep(write=archive, name=f"{name}.zip", content_type=ZIP_TYPE, owner=row, by=owner)
    store.keep(
        write=lambda file: file.write(content),
        name=f"{name}.json",
        content_type=JSON_TYPE,
        owner=row,
        by=owner,
    )

    def finish() -> None:
        if not DataCopy.objects.select_for_update(of=("self",)).filter(pk=row.pk, user__is_active=True).exists():
            # Forgotten, or closed, while the files were written: they go too.
            _remove_files(row, by=SYSTEM)
            return
        for old in DataCopy.objects.filter(user=row.user).exclude(pk=row.pk):
            _remove_files(old, by=SYSTEM)
            old.delete()
        row.ready_at = clock.now()
        row.save(update_fields=["ready_at"])
        door.record(thing=row, verb="copy_made", by=SYSTEM, data={"parts": len(gathered)})
        context = {"copy": row, "link": link(reverse("privacy:data"))}
        letters.tell_owner(user=row.user, template="privacy_copy_ready", context=context)

    return finish


def as_json(*, user: User, gathered: list[Gathered], made_at: dt.datetime) -> bytes:
    """Return the machine-readable copy: UTF-8, times in ISO 8601 and UTC, everything in the order of the parts."""
    copy = {
        "format": FORMAT,
        "label": str(TLP.AMBER),
        "account": user.email,
        "made_at": made_at,
        "parts": [
            {
                "key": it.part.key,
                "label": it.part.label,
                "records": list(it.copy.records),
                "files": [f"files/{it.part.key}/{file.name}" for file in it.copy.files],
                "stays_when_you_leave": it.part.keeps,
                "not_copied": it.part.withholds,
            }
            for it in gathered
        ],
    }
    return json.dumps(copy, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def write_archive(
    *, file: BinaryIO, user: User, gathered: list[Gathered], content: bytes, made_at: dt.datetime
) -> None:
    """Write the archive: a page to read, the same as JSON, and the files themselves."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", readable.page(user=user, gathered=gathered, made_at=made_at))
        archive.writestr("style.css", readable.STYLE)
        archive.writestr("my-data.json", content)
        for it in gathered:
            for stored in it.copy.files:
                # A row whose bytes are gone must not keep all the rest from its owner.
                if stored.path.is_file():
                    archive.write(stored.path, f"files/{it.part.key}/{stored.name}")


def record_download(*, attachment: Attachment, by: Viewer) -> None:
    """Write down that the owner fetched a file of a copy."""
    store.record_download(attachment=attachment, by=by)


def remove_old(*, before: dt.datetime) -> int:
    """Remove the copies that were made, or asked for in vain, before then, with their files; returns how many."""
    return _remove(DataCopy.objects.annotate(at=Coalesce("ready_at", "asked_at")).filter(at__lt=before))


def remove_of(user: User) -> int:
    """Remove somebody's copies with their files; returns how many."""
    return _remove(DataCopy.objects.filter(user=user))


@transaction.atomic
def _remove(rows: Any) -> int:
    listed = list(rows)
    for row in listed:
        _remove_files(row, by=SYSTEM)
        row.delete()
    return len(listed)


def _remove_files(row: DataCopy, *, by: Viewer) -> None:
    for attachment in Attachment.objects.of(row):
        store.remove(attachment=attachment, by=by)
