"""Headers on every answer, and domain errors turned into pages."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed

#: The largest number that a key in the database can have: eight bytes with a sign, in SQLite and in PostgreSQL.
LARGEST_KEY = 2**63 - 1
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"


class SecurityHeadersMiddleware:
    """Adds the headers of the design page "Access" that Django has no setting for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers added."""
        # Django knows TRACE as a method that changes nothing, and most views would answer it.
        traced = request.method == "TRACE"
        response = HttpResponseNotAllowed(["GET", "HEAD", "POST"]) if traced else self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "_cached_user", None)
        # A page made for one person, every refusal and every redirect stays out of shared and private caches; 304 is
        # about the copy that the browser holds already.
        goes_elsewhere = response.status_code >= 300 and response.status_code != HTTPStatus.NOT_MODIFIED
        if (user is not None and user.is_authenticated) or goes_elsewhere:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class HugeNumberMiddleware:
    """Answers 404 to an address with a number or a sign that no key can have.

    Asked for a number beyond eight bytes, or for a NUL, some databases raise an error.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        """Look at what stands in the address; raises `Http404`."""
        if any(isinstance(value, int) and value > LARGEST_KEY for value in kwargs.values()):
            raise Http404("no key is that large")
        if any(isinstance(value, str) and "\0" in value for value in kwargs.values()):
            raise Http404("no key holds a NUL")


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
