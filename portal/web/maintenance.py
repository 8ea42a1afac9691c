"""The switch for maintenance: while a file stands in `NOC_VAR`, every page answers 503 in the portal's own face.

A file, because the database is what is usually being looked after; and read on every request, so that the switch works
at once in all processes of a machine.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.access import clock
from portal.web import languages
from portal.web.views.errors import unavailable

#: What load balancers ask; static files are answered before this is asked at all.
OPEN = "/health/"
#: Seconds after which to come again where nobody said how long it takes, or where it takes longer than was said.
AGAIN = 300
#: Nobody is told to come again sooner than this, so that not everybody stands at the door in the same second.
SOONEST = 30


def path() -> Path:
    """Return where the switch lies."""
    return Path(settings.VAR) / "maintenance"


def switch_on(*, minutes: int) -> dt.datetime:
    """Shut the portal for all but health and static files; return when it is expected back. It stays shut until
    `switch_off`, whatever was expected.
    """
    back = clock.machine_now() + dt.timedelta(minutes=minutes)
    written = path().with_name(f".maintenance-{os.getpid()}")
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(back.isoformat(), encoding="utf-8")
    written.replace(path())
    return back


def switch_off() -> bool:
    """Open the portal again; return whether it was shut."""
    was = is_on()
    path().unlink(missing_ok=True)
    return was


def is_on() -> bool:
    """Return whether the portal is shut."""
    return path().exists()


def seconds_left() -> int:
    """Return after how many seconds to come again."""
    try:
        left = dt.datetime.fromisoformat(path().read_text(encoding="utf-8").strip()) - clock.machine_now()
    except (OSError, ValueError, TypeError):
        # Made by hand, e.g. by `touch`, or gone in this moment.
        return AGAIN
    return max(SOONEST, int(left.total_seconds())) if left > dt.timedelta() else AGAIN


class MaintenanceMiddleware:
    """Answers 503 while the switch is on. Stands outside everything that asks database, cache or session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass the request on."""
        if request.path_info.startswith(OPEN) or not is_on():
            return self.get_response(request)
        # No translated page is known here: the list of them may have to be asked of the database.
        with languages.speaking(request.path_info, known={}) as code:
            response = unavailable(request, seconds_left())
        response.headers["Content-Language"] = languages.tag(code)
        # Meant to be so: Django would write an error into the log for every request.
        response._has_been_logged = True  # type: ignore[attr-defined] # noqa: SLF001
        return response
