"""Pages that anybody may read: what the exchanges are, and a call before, during and after its weeks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exchanges.domain import applications, panels, queries, queries_public, story
from exchanges.models import Application, Call
from exchanges.views.common import EXCHANGES
from library.models import LessonPage
from portal.access.viewer import Viewer
from portal.web.languages import local
from portal.web.public import public_page

#: Earlier calls on a page of the list.
PAGE = 20
#: States of a call whose deadline has passed and whose weeks have not ended.
JUDGED = (Call.State.SCREENING, Call.State.REVIEW, Call.State.MATCHING)
OVER = (Call.State.DECIDED, Call.State.COMPLETED)


@require_safe
@public_page
def index(request: HttpRequest) -> HttpResponse:
    """Say which call is open until when, how an exchange goes, who has been where and what came of it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    calls = list(queries_public.announced())
    open_calls = sorted((call for call in calls if queries_public.is_open(call)), key=lambda call: call.closes_at)
    earlier = [call for call in calls if call not in open_calls]
    example = next(iter(open_calls or calls), None)
    flows = queries_public.flows()
    lesson_counts = queries_public.lesson_counts(viewer)
    page = Paginator(earlier, PAGE).get_page(request.GET.get("page"))
    context = {
        "notice": panels.notice_of(open_calls[0]) if open_calls else None,
        "also_open": open_calls[1:],
        "last_call": earlier[0] if earlier and not open_calls else None,
        "how": story.how_it_goes(example),
        "map": story.picture(flows),
        "figures": story.outcome(flows, lessons=sum(lesson_counts.values())),
        "lessons": _entries(queries_public.lessons(viewer)),
        "page_obj": page,
        "calls": [
            (
                call,
                story.summed_up(
                    [flow for flow in flows if flow.call_id == call.pk], lessons=lesson_counts.get(call.pk, 0)
                ),
            )
            for call in page
        ],
        "mine": list(queries.applications_of(viewer)) if viewer.is_member else [],
        "doors": panels.doors(viewer),
    }
    return render(request, "exchanges/index.html", context)


@require_safe
@public_page
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a call: dates, weeks, criteria and the way to apply; once its weeks began, what came of it.

    Visitors see city and country of a week, members the centre.
    """
    viewer = request.viewer  # type: ignore[attr-defined]
    found = get_object_or_404(Call.objects.visible_to(viewer).select_related("rates"), slug=slug)
    context = {
        "crumbs": [(_("Home"), local("/")), EXCHANGES],
        "call": found,
        "mine": Application.objects.filter(call=found, applicant_id=viewer.person_id).first()
        if viewer.is_member
        else None,
    }
    if found.state in OVER:
        return render(request, "exchanges/call_past.html", context | _what_came(found, viewer))
    weeks = queries_public.published_weeks(found)
    is_open = queries_public.is_open(found)
    context |= {
        "is_open": is_open,
        "is_judged": found.state in JUDGED or (found.state == Call.State.OPEN and not is_open),
        "left": panels.days_left(found) if is_open else "",
        "weeks": weeks,
        "seats_offered": sum(week.capacity for week in weeks),
        "countries": len({week.offer.centre.country_id for week in weeks}),
        "criteria": list(found.criteria.all()),
    }
    return render(request, "exchanges/call.html", context)


def _what_came(found: Call, viewer: Viewer) -> dict[str, Any]:
    """Return what the page of a decided call shows: weeks that took place, countries, lessons."""
    flows = queries_public.flows(found)
    lessons = queries_public.lessons(viewer, call=found, limit=100)
    return {
        "is_over": found.state == Call.State.COMPLETED,
        "figures": story.outcome(flows, lessons=len(lessons)),
        "map": story.picture(flows),
        "weeks": queries_public.weeks_held(found),
        "lessons": _entries(lessons),
    }


def _entries(lessons: list[LessonPage]) -> list[dict[str, Any]]:
    """Return lessons as rows of a list: what to take home, and from where."""
    return [
        {
            "title": lesson.title,
            "url": lesson.url,
            "date": lesson.dated_on,
            "date_text": lesson.date_text,
            "text": lesson.takeaway,
            "kind": _("From a week in %(city)s") % {"city": lesson.centre.city} if lesson.centre else _("Lesson"),
        }
        for lesson in lessons
    ]


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
