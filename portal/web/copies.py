"""Copies of public pages, so that a page is made once for all visitors and not once for each.

A copy is good until anything that a page could show is written: every connection to the database is watched, and a
write to any table but those in `NEVER_SHOWN` makes all copies void in all processes at once, as soon as it is
committed. A copy lasts to the end of its minute at most, for what the clock alone changes ("closes in 6 days"), and
for writes that come from outside the portal. A transaction that has written reads and leaves no copies.

Only `portal.web.public` asks here, and only for requests that say nothing about who asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import blake2b
from typing import Any
from uuid import uuid4

import structlog
from django.core.cache import cache, caches
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse

from portal.access.clock import now
from portal.web.context_processors import chosen_scheme

log = structlog.get_logger(__name__)

#: Beginnings of the names of tables that no public page shows anything of, and that are written all the time.
NEVER_SHOWN = ("account_", "accounts_", "django_session", "jobs_", "journal_", "outbox_")
#: What a page may differ by; one that differs by anything else is not copied.
DIFFERS_BY = frozenset({"cookie", "accept-encoding"})
#: Largest page, in bytes, of which a copy is held.
LARGEST = 200_000
TOKEN = "pages.token"  # noqa: S105 - names the state of the content
MINUTE = 60

_READS = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "SHOW", "SET", "BEGIN")
_TABLE = re.compile(
    r'\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE
)


def shows(sql: str) -> bool:
    """Return whether a statement may have changed what a public page shows."""
    if sql.lstrip()[:9].upper().startswith(_READS):
        return False
    table = _TABLE.match(sql)
    return table is None or not table[1].startswith(NEVER_SHOWN)


def void() -> None:
    """Make all copies void, in all processes. A cache that is down stops nobody's work: it gives no copies either."""
    try:
        cache.set(TOKEN, uuid4().hex, None)
    except Exception:
        log.exception("page_copies_not_void")


def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
    """Run a statement; where it writes what pages show, make the copies void once it is committed."""
    result = execute(sql, params, many, context)
    if shows(sql):
        written: BaseDatabaseWrapper = context["connection"]
        if not written.in_atomic_block:
            void()
        elif not _has_written(written):
            transaction.on_commit(void, using=written.alias, robust=True)
    return result


def follow() -> None:
    """Watch every connection to the database, those that are open already too."""
    connection_created.connect(_watch_connection, dispatch_uid="page-copies")
    for opened in connections.all(initialized_only=True):
        _watch_connection(sender=type(opened), connection=opened)


def place_of(request: HttpRequest) -> str | None:
    """Return the name under which a copy of the page is held, or None where none may be used.

    To be asked before the page is made: a copy belongs to the content as it was then.
    """
    if request.method != "GET" or _has_written(connection):
        return None
    token = _token()
    if token is None:
        return None
    minute = int(now().timestamp()) // MINUTE
    parts = (token, minute, chosen_scheme(request), request.get_host(), request.get_full_path())
    # Hashed, because some caches refuse long names and spaces.
    return blake2b(repr(parts).encode(), digest_size=20).hexdigest()


def _token() -> str | None:
    """Return the state of the content, or None where the cache does not tell: pages, and the health checks that come
    by here too, answer without it.
    """
    try:
        if cache.get(TOKEN) is None:
            void()
        token: str | None = cache.get(TOKEN)
    except Exception:
        log.exception("page_copies_unknown")
        return None
    return token


def take(place: str) -> HttpResponse | None:
    """Return the copy that is held at a place, or None."""
    held = caches["pages"].get(place)
    if held is None:
        return None
    content, headers = held
    return HttpResponse(content, headers=headers)


def hold(place: str, request: HttpRequest, response: HttpResponse) -> None:
    """Hold a copy of a public page for the next visitor."""
    differs = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    # A nonce of the Content-Security-Policy belongs to one answer.
    if differs <= DIFFERS_BY and len(response.content) <= LARGEST and not hasattr(request, "_csp_nonce"):
        caches["pages"].set(place, (response.content, dict(response.items())), MINUTE)


def _watch_connection(sender: Any, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.alias == DEFAULT_DB_ALIAS and watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)


def _has_written(connection: BaseDatabaseWrapper) -> bool:
    return connection.in_atomic_block and any(hook[1] is void for hook in connection.run_on_commit)
