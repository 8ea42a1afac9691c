"""The living style guide: every component in its states. Local settings only."""

from http import HTTPStatus

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.web.views.errors import error_page
from portal.web.views.style_samples import sample_context

#: Errors that have a page. What nobody can bring about from outside could not be looked at otherwise.
ERRORS = tuple(HTTPStatus(status) for status in (400, 403, 404, 409, 413, 429, 500, 503))


def style(request: HttpRequest) -> HttpResponse:
    """Show the style guide; 404 outside the local settings."""
    if not settings.NOC_LOCAL:
        raise Http404
    return render(request, "web/style.html", sample_context(request))


def style_error(request: HttpRequest, status: int) -> HttpResponse:
    """Show the error page of an HTTP status, answered with that status; 404 outside the local settings."""
    if not settings.NOC_LOCAL or status not in ERRORS:
        raise Http404
    return error_page(request, HTTPStatus(status))
