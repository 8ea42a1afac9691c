"""Headers on every answer, and domain errors turned into pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed

PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


class SecurityHeadersMiddleware:
    """Adds the headers of the design page "Access" that Django has no setting for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers added."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "_cached_user", None)
        # A page made for one person, and every refusal, stays out of shared and private caches.
        if (user is not None and user.is_authenticated) or response.status_code >= 400:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class DomainErrorMiddleware:
    """Answers an illegal transition with 409 and a refused permission with 403, each with its reason in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; errors come to `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn the journal's errors into pages; leave all others to Django."""
        if isinstance(exception, IllegalTransition | ConditionFailed):
            return render(request, "errors/409.html", {"problems": exception.problems}, status=409)
        if isinstance(exception, NotAllowed):
            return render(request, "errors/403.html", {"problems": exception.problems}, status=403)
        return None
