"""Numbering, hash-chaining and verifying committed rows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from django.db import connection, transaction

from portal.journal.door import digest as side_digest
from portal.journal.models import Entry, Seal

#: What the first row is chained to.
GENESIS = "0" * 64
#: Key of the advisory lock under which PostgreSQL lets one sealer work at a time.
LOCK = 0x4E4F4301


def row_hash(*, number: int, entry: Entry, previous: str) -> str:
    """Return the chain hash of a row: SHA-256 over its number, its immutable fields and the hash before it, hex."""
    fields = [
        number,
        str(entry.uid),
        entry.at.isoformat(),
        entry.actor,
        entry.verb,
        entry.thing_type,
        entry.thing_id,
        entry.from_state,
        entry.to_state,
        entry.detail_digest,
        previous,
    ]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def seal(*, batch: int = 1000) -> int:
    """Number and chain the committed rows that have no seal yet, up to `batch`; returns how many.

    Rows get their number here and not when they are written, because a number given inside a transaction could be
    overtaken by one that commits earlier.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        last = Seal.objects.order_by("-number").first()
        number, previous = (last.number, last.hash) if last else (0, GENESIS)
        seals = []
        for entry in Entry.objects.filter(seal=None).order_by("id")[:batch]:
            number += 1
            previous = row_hash(number=number, entry=entry, previous=previous)
            seals.append(Seal(number=number, entry=entry, hash=previous))
        Seal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain found: rows sealed, rows waiting, sides erased, and every fault in words.

    `head` is number and hash of the last row, "12:9f…"; empty while nothing is sealed.
    """

    sealed: int
    waiting: int
    erased: int
    faults: tuple[str, ...]
    head: str = ""


def verify(*, noted: str = "") -> Verdict:
    """Check every sealed row against its hash, the row before it, and its side row where that still exists.

    `noted` is the head of an earlier check, kept outside the database: without it, rows cut off at the end of the
    chain could not be missed. Raises `ValueError` when it is not of the form NUMBER:HASH.
    """
    noted_number, noted_hash = _head(noted) if noted else (0, GENESIS)
    met = noted_number == 0
    previous, expected, erased = GENESIS, 0, 0
    faults: list[str] = []
    for row in Seal.objects.select_related("entry", "entry__detail").order_by("number").iterator(chunk_size=2000):
        expected += 1
        if row.number != expected:
            faults.append(f"row {expected} is missing before row {row.number}")
            expected = row.number
        if row_hash(number=row.number, entry=row.entry, previous=previous) != row.hash:
            faults.append(f"row {row.number} was changed")
        side = getattr(row.entry, "detail", None)
        if side is None:
            erased += 1
        elif row.entry.detail_digest != side_digest(
            salt=side.salt, actor_name=side.actor_name, reason=side.reason, data=side.data
        ):
            faults.append(f"the name or reason of row {row.number} was changed")
        previous = row.hash
        if row.number == noted_number:
            met = True
            if row.hash != noted_hash:
                faults.append(f"row {row.number} is not the one that was noted")
    if not met:
        faults.append(f"row {noted_number}, noted earlier, is missing")
    head = f"{expected}:{previous}" if expected else ""
    return Verdict(expected, Entry.objects.filter(seal=None).count(), erased, tuple(faults), head)


def _head(noted: str) -> tuple[int, str]:
    number, _, digest = noted.partition(":")
    if not number.isdecimal() or len(digest) != len(GENESIS):
        raise ValueError(f"{noted!r} is not of the form NUMBER:HASH")
    return int(number), digest
