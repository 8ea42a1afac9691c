"""Pages for what went wrong. They stand without a database, a session or a context processor, because any of those
may be what failed.
"""

from __future__ import annotations

from http import HTTPStatus
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import loader

from portal.web import registries
from portal.web.context_processors import ShellEntry, chosen_scheme
from portal.web.languages import local
from portal.web.words import numbered

TWO_MINUTES = 120
TWO_HOURS = 7_200


def error_page(
    request: HttpRequest | None, status: HTTPStatus, *, template: str = "", retry_after: int = 0, **context: Any
) -> HttpResponse:
    """Return the error page for `status`; `retry_after` is in seconds, `context` may carry `problems`, sentences."""
    # The navigation is registered when the process starts; it asks no database, and where
    # another language needs the list of translations, none is as good as one.
    navigation = [ShellEntry(str(entry.label), local(str(entry.url)), current=False) for entry in registries.navigation]
    name = template or f"errors/{status.value}.html"
    scheme = chosen_scheme(request) if request is not None else "system"
    # No request is handed to the template: that would run the context processors.
    frame = {"scheme_only": scheme, "status": status.value, "nav_entries": navigation, "wait": _wait(retry_after)}
    body = loader.render_to_string(name, {**frame, **context})
    response = HttpResponse(body, status=status.value)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _wait(seconds: int) -> str:
    """Return how long to wait as a person would say it, rounded up: "30 seconds", "5 minutes"; empty for none."""
    if seconds < TWO_MINUTES:
        return numbered(seconds, "%(n)s second", "%(n)s seconds") if seconds else ""
    if seconds < TWO_HOURS:
        return numbered(ceil(seconds / 60), "%(n)s minute", "%(n)s minutes")
    return numbered(ceil(seconds / 3600), "%(n)s hour", "%(n)s hours")


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that could not be read; one that was too large says so."""
    # Django raises RequestDataTooBig as a SuspiciousOperation, which ends here.
    if type(exception).__name__ == "RequestDataTooBig":
        return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return error_page(request, HTTPStatus.BAD_REQUEST)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a refusal."""
    return error_page(request, HTTPStatus.FORBIDDEN)


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that leads nowhere, or nowhere this viewer may go; the two look alike by design."""
    return error_page(request, HTTPStatus.NOT_FOUND)


def handler500(request: HttpRequest) -> HttpResponse:
    """Answer when the portal itself failed."""
    return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "", **context: Any) -> HttpResponse:
    """Answer a form whose token was missing or old: usually a page left open past the session.

    `context`: see 403_csrf.html; `portal.accounts` fills it.
    """
    return error_page(request, HTTPStatus.FORBIDDEN, template="403_csrf.html", **context)


def too_many_requests(request: HttpRequest, retry_after: int = 60) -> HttpResponse:
    """Answer a rate limit; `retry_after` is in seconds."""
    return error_page(request, HTTPStatus.TOO_MANY_REQUESTS, retry_after=retry_after)


def unavailable(request: HttpRequest, retry_after: int = 300) -> HttpResponse:
    """Answer during maintenance; `retry_after` is in seconds."""
    return error_page(request, HTTPStatus.SERVICE_UNAVAILABLE, retry_after=retry_after)
