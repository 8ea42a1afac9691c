"""The answers that autosave expects (see portal/web/static/web/js/autosave.js)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse

from portal.access import clock


def version_of(request: HttpRequest) -> int:
    """Return the version the form was opened with; 0, which is never current, when it is missing or no number."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


def clock_time(thing: Any) -> str:
    """Return when a thing was saved, as "14:02" in Brussels."""
    return f"{thing.saved_at.astimezone(clock.BRUSSELS):%H:%M}" if thing.saved_at else ""


def saved(thing: Any, form: BaseForm) -> JsonResponse:
    """Say that the text is safe, under which version, and what is still to mend."""
    errors = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
    return JsonResponse({"saved_at": clock_time(thing), "version": thing.version, "errors": errors})


def stale(theirs: Any, values: Mapping[str, Any]) -> JsonResponse:
    """Say that the thing was saved elsewhere meanwhile, and with which values."""
    return JsonResponse(
        {
            "message": f"This was changed in another tab or on another device at {clock_time(theirs)}.",
            "theirs": dict(values),
            "version": theirs.version,
        },
        status=409,
    )
