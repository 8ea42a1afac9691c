"""What waits for me: one list over all areas."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.web import registries


def waiting(request: HttpRequest) -> HttpResponse:
    """Show the signed-in person all that waits, the nearest deadline first; visitors are asked to sign in."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.signed_in:
        return redirect_to_login(request.get_full_path())
    context = {
        "items": registries.waiting_for(viewer),
        "panels": registries.panels_for("waiting", viewer),
        "zone": {
            "tlp": "TLP:AMBER",
            "title": "Your list.",
            "text": "Seen by you alone",
        },
    }
    return render(request, "web/waiting.html", context)
