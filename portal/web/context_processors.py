"""What every page's frame needs. Costs no query for a visitor, and for a member none until the count is printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.access.clock import now
from portal.access.viewer import ANONYMOUS
from portal.web import languages, registries

SCHEME_COOKIE = "scheme"
SCHEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class ShellEntry:
    """An entry of the main navigation as the masthead prints it."""

    label: str
    url: str
    current: bool


def chosen_scheme(request: HttpRequest) -> str:
    """Return "system", "light" or "dark": what the person chose in the footer, from a cookie that anyone may set."""
    scheme = request.COOKIES.get(SCHEME_COOKIE, "")
    return scheme if scheme in SCHEMES else "system"


def nav_entries(request: HttpRequest) -> list[ShellEntry]:
    """Return the navigation in its order; the entry whose section is the path's first segment is current."""
    section = languages.bare(request.path).strip("/").split("/", 1)[0]
    entries = ((entry, languages.local(str(entry.url))) for entry in registries.navigation)
    return [
        # A translated page may have another first segment, and begins with the entry's own address instead.
        ShellEntry(
            str(entry.label), url, entry.section == section or (url != entry.url and request.path.startswith(url))
        )
        for entry, url in entries
    ]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's context: navigation, person, what waits, display scheme and the present moment."""
    viewer = getattr(request, "viewer", ANONYMOUS)
    return {
        "nav_entries": SimpleLazyObject(lambda: nav_entries(request)),
        "viewer": viewer,
        "person_name": SimpleLazyObject(lambda: viewer.name),
        "waiting_count": SimpleLazyObject(lambda: len(registries.waiting_for(viewer))),
        "scheme": chosen_scheme(request),
        "now": SimpleLazyObject(now),
    }
