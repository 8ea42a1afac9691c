"""The one clock. Everything that asks for the time asks here, so that deadlines can be lived through.

Under the local settings `manage.py sample_clock +14d` writes an offset into `var/clock-offset`, which web, worker
and beat share. Production never reads that file.
"""

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

#: Deadlines are shown in, and end at, Brussels time (design: exchanges).
BRUSSELS = ZoneInfo("Europe/Brussels")

_frozen: ContextVar[dt.datetime | None] = ContextVar("frozen_clock", default=None)


def offset_file() -> Path:
    """Return the file that holds the sample clock's offset in seconds."""
    return Path(settings.VAR) / "clock-offset"


def offset() -> dt.timedelta:
    """Return how far the sample clock runs ahead; zero outside the local settings."""
    if not settings.NOC_LOCAL:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(offset_file().read_text()))
    except (FileNotFoundError, ValueError, OverflowError):
        return dt.timedelta()


def set_offset(ahead: dt.timedelta) -> None:
    """Let the sample clock run `ahead` of the machine in every process; zero puts it right again.

    Raises `RuntimeError` outside the local settings.
    """
    if not settings.NOC_LOCAL:
        raise RuntimeError("the sample clock exists under the local settings only")
    file = offset_file()
    if not ahead:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # Renamed into place: another process must never read half a number.
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    draft.write_text(str(ahead.total_seconds()))
    draft.replace(file)


def now() -> dt.datetime:
    """Return the present moment as an aware datetime in UTC."""
    return _frozen.get() or timezone.now() + offset()


def today() -> dt.date:
    """Return today's date in Brussels."""
    return now().astimezone(BRUSSELS).date()


def end_of_day(day: dt.date) -> dt.datetime:
    """Return 23:59:59 in Brussels on `day`, in UTC: the moment at which a deadline on that day passes."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), BRUSSELS).astimezone(dt.UTC)


@contextlib.contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Hold the clock at an aware `moment`, for sample content that tells of the past and for tests."""
    token = _frozen.set(moment.astimezone(dt.UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def machine_now() -> dt.datetime:
    """Return the machine's own time in UTC, for leases and retries: no sample clock shifts how long something waits."""
    return timezone.now()
