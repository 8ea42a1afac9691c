"""Does the portal live, and is it ready? For load balancers, and for whoever looks after it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.access import clock
from portal.celery import app
from portal.jobs.tasks import HEARTBEAT
from portal.search import rebuild

log = structlog.get_logger(__name__)

OK = "ok"
#: Seconds without a sign of life after which a worker counts as away; it leaves one every ten.
SILENT = 60


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as this process answers at all; asks neither database nor cache."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer each part's state in a word, 200 when all are "ok", 503 otherwise. Reasons stand in the log alone."""
    states = {name: _ask(name, check) for name, check in CHECKS.items()}
    return JsonResponse(states, status=200 if set(states.values()) == {OK} else 503)


def _ask(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part, the page must still answer
        log.warning("not_ready", part=name, error=repr(error))
        return "down"


def database() -> str:
    """Ask the database for a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return OK


def shared_cache() -> str:
    """Write into the cache and read it back."""
    mark = f"{os.getpid()}:{clock.machine_now().timestamp()}"
    # One key for each process: two that ask at once must not read each other's mark.
    cache.set(f"health.{os.getpid()}", mark, 30)
    return OK if cache.get(f"health.{os.getpid()}") == mark else "forgets"


def broker() -> str:
    """Reach the broker; of the embedded one, write into its folder."""
    if settings.CELERY_BROKER_URL.startswith("filesystem"):
        with tempfile.NamedTemporaryFile(dir=Path(settings.VAR) / "broker" / "queue", prefix=".health"):
            return OK
    with app.connection_for_write(connect_timeout=2) as link:
        link.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=2)
    return OK


def index() -> str:
    """Ask the search whether its index can be used."""
    return OK if rebuild.health().usable else "missing"


def worker() -> str:
    """Look for a worker's sign of life."""
    seen = cache.get(HEARTBEAT)
    if seen is None:
        return "missing"
    return OK if clock.machine_now().timestamp() - float(seen) < SILENT else "silent"


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "cache": shared_cache,
    "broker": broker,
    "index": index,
    "worker": worker,
}
