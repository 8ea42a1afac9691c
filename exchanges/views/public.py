"""Pages that anybody may read: what the exchanges are, and a call."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from exchanges.domain import applications, panels, queries
from exchanges.models import Application, Call
from exchanges.views.common import EXCHANGES
from portal.access import clock


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Say what an exchange is, which calls are open, who has been where and what came of it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    calls = list(queries.public_calls())
    lessons = queries.lessons(viewer)
    context = {
        "notice": panels.open_call_notice(viewer),
        "calls": [call for call in calls if not _is_open(call)],
        "open_calls": [call for call in calls if _is_open(call)],
        "map": panels.been_where(viewer),
        "lessons": [
            {
                "title": page.title,
                "url": page.url,
                "date": page.first_published_at,
                "text": page.takeaway,
                "kind": "Lesson",
            }
            for page in lessons
        ],
        "mine": list(queries.applications_of(viewer)) if viewer.is_member else [],
        "doors": panels.doors(viewer),
    }
    return render(request, "exchanges/index.html", context)


@require_GET
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a call: dates, weeks, criteria, and the way to apply. Visitors see city and country of a week only."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = get_object_or_404(Call.objects.visible_to(viewer).select_related("rates"), slug=slug)
    mine = Application.objects.filter(call=found, applicant_id=viewer.person_id).first() if viewer.is_member else None
    weeks = queries.call_weeks(found)
    closes_on = found.closes_at.astimezone(clock.BRUSSELS).date()
    context = {
        "crumbs": [("Home", "/"), EXCHANGES],
        "call": found,
        "is_open": _is_open(found),
        "left": panels.days_left((closes_on - clock.today()).days) if _is_open(found) else "",
        "weeks": weeks,
        "seats_offered": sum(week.capacity for week in weeks),
        "countries": len({week.offer.centre.country_id for week in weeks}),
        "criteria": list(found.criteria.all()),
        "mine": mine,
    }
    return render(request, "exchanges/call.html", context)


@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin an application, or go on with the one begun. A visitor signs in first and comes back to the call."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = get_object_or_404(Call.objects.visible_to(viewer), slug=slug)
    if not viewer.is_member:
        return redirect_to_login(reverse("exchanges:call", args=[slug]))
    if request.method == "GET":
        return redirect(found)
    application = applications.start(call=found, by=viewer)
    if application.state in ("draft", "returned"):
        return redirect("exchanges:section", pk=application.pk, key="about")
    messages.info(request, "You have one application to this call; here it is.")
    return redirect(application)


def _is_open(found: Call) -> bool:
    return found.state == Call.State.OPEN and clock.now() <= found.closes_at
