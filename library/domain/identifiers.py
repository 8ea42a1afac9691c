"""Identifiers of records: NOC-<year>-<number>, counted within the year, never given twice."""

from __future__ import annotations

from library.models import RecordPage


def next_identifier(*, year: int) -> str:
    """Return the next free identifier of a year. Two askers at once get the same; the unique constraint decides."""
    prefix = f"NOC-{year}-"
    taken = RecordPage.objects.filter(identifier__startswith=prefix).values_list("identifier", flat=True)
    numbers = [int(tail) for identifier in taken if (tail := identifier.removeprefix(prefix)).isdigit()]
    return f"{prefix}{max(numbers, default=0) + 1:03d}"
