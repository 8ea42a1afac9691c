"""The overview of one's own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.accounts.decorators import owner_required
from portal.web import registries


@never_cache
@require_safe
@owner_required
def overview(request: HttpRequest) -> HttpResponse:
    """Show every section of the account with a word on how it stands."""
    viewer = request.viewer  # type: ignore[attr-defined]
    entries = [
        {"title": section.label, "url": reverse(section.url_name), "text": section.note(viewer)}
        for section in registries.account_sections.for_viewer(viewer)
        if section.key != "overview"
    ]
    return render(request, "accounts/overview.html", {"entries": entries, "email": request.user.email})
