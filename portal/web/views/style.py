"""The living style guide: every component in its states. Local settings only."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from portal.web.views.style_samples import sample_context


def style(request: HttpRequest) -> HttpResponse:
    """Show the style guide; 404 outside the local settings."""
    if not settings.NOC_LOCAL:
        raise Http404
    return render(request, "web/style.html", sample_context(request))
