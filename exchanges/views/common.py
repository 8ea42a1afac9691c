"""What the views from the call to the endorsed application share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from portal.web.languages import local
from portal.web.views.errors import csrf_failure

APPLICATION_ZONE = {
    "tlp": "TLP:AMBER",
    "title": "Your application.",
    "text": "Seen by you, your contact point, the programme office and the reviewers of this call",
}
OFFICE_ZONE = {"tlp": "TLP:AMBER", "title": "Office.", "text": "Programme office and committee of this call"}
OFFER_ZONE = {
    "tlp": "TLP:AMBER",
    "title": "Host weeks.",
    "text": "Seen by the host’s coordinator and contact points, and the office; members see them once published",
}
EXCHANGES = (gettext_lazy("Exchanges"), lazy(local, str)("/exchanges/"))


def endorsement_zone(country: str) -> dict[str, str]:
    """Return the strip of the contact point's desk for a country as it stands in a sentence."""
    return {
        "tlp": "TLP:AMBER",
        "title": "Contact point’s desk.",
        "text": f"Seen by the contact points of {country} and the office",
    }


class _Csrf(CsrfViewMiddleware):
    """Django's own check, telling its verdict instead of answering."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def keeps_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a view answer for itself when the session or the token of a posted form has run out.

    Django's and the gate's answers would lose what was typed. The view gets `request.stale_token`, true when the token
    of the form is not that of the browser (somebody signed in again in another tab), and must change nothing then.
    A request from another site is refused here as everywhere. The gate knows such views by `keeps_typed`.
    """

    @csrf_exempt
    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        problem: Any = _Csrf(lambda _: HttpResponse()).process_view(request, None, (), {})  # type: ignore[arg-type]
        if problem and not problem.startswith("CSRF "):
            return csrf_failure(request, problem)
        request.stale_token = bool(problem)  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    checked.keeps_typed = True  # type: ignore[attr-defined]
    return checked


def posted_number(request: HttpRequest, name: str) -> int | None:
    """Return a posted whole number, or None where there is none."""
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None
