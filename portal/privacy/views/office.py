"""The log of what was forgotten, and the wishes to be forgotten: for the programme office and the data protection
officer. The officer reads, the office answers.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.accounts import personal
from portal.accounts.decorators import member_required, role_required
from portal.accounts.stepup import step_up_required
from portal.community.domain.own_data import person_of
from portal.privacy.domain import erasures, queries
from portal.privacy.forms import RefuseForm
from portal.privacy.models import Departure, Erasure, watches

PAGE = 30
ZONE = {
    "tlp": "TLP:AMBER",
    "title": "What is kept.",
    "text": "Seen by the programme office and the data protection officer",
}
office_only = role_required("office")


def watchers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the programme office and the data protection officer through; for everybody else there is nothing (404)."""

    @member_required
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not watches(request.viewer):  # type: ignore[attr-defined]
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@watchers_only
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Show the rules, who asks to be forgotten, who left, and what each round forgot."""
    viewer = request.viewer  # type: ignore[attr-defined]
    page = Paginator(queries.runs(), PAGE).get_page(request.GET.get("page"))
    context = {
        "zone": ZONE,
        "crumbs": [("What waits for me", reverse("web:waiting"))],
        "keeping": queries.keeping(),
        "erasures": queries.erasures_table(Erasure.objects.visible_to(viewer)[:PAGE]),
        "departures": queries.departures_table(Departure.objects.all()[:PAGE]),
        "table": queries.runs_table(page.object_list),
        "page_obj": page,
    }
    return render(request, "privacy/office/retention.html", context)


@watchers_only
@require_safe
def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one wish: who asks, what would go, what would stay, what stands in the way."""
    return _page(request, pk, RefuseForm())


def _page(request: HttpRequest, pk: int, form: RefuseForm) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(Erasure.objects.visible_to(viewer).select_related("user"), pk=pk)
    departure = Departure.objects.filter(user=row.user).first()
    context = {
        "zone": ZONE,
        "crumbs": [("What is kept, and for how long", reverse("privacy:retention"))],
        "erasure": row,
        "person": person_of(row.user),
        "alias": departure.alias if departure else "",
        "parts": personal.parts(),
        "hindrances": personal.hindrances(row.user) if row.is_open else [],
        "may_answer": viewer.holds("office") and viewer.user_id != row.user_id,
        "is_own": viewer.user_id == row.user_id,
        "form": form,
    }
    return render(request, "privacy/office/erasure.html", context, status=400 if form.is_bound else 200)


@office_only
@require_POST
def look_at(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a wish on."""
    row = erasures.look_at(erasure=_found(request, pk), by=request.viewer)  # type: ignore[attr-defined]
    return redirect(row)


@office_only
@require_POST
@step_up_required
def carry_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget the person."""
    row = erasures.carry_out(erasure=_found(request, pk), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, "Done. The person is forgotten and told so; this cannot be undone.")
    return redirect(row)


@office_only
@require_POST
@step_up_required
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse, with a reason."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, pk, form)
    row = erasures.refuse(
        erasure=_found(request, pk),
        reason=form.cleaned_data["reason"],
        by=request.viewer,  # type: ignore[attr-defined]
    )
    messages.success(request, "Refused. The person is told why.")
    return redirect(row)


def _found(request: HttpRequest, pk: int) -> Erasure:
    return get_object_or_404(Erasure.objects.visible_to(request.viewer), pk=pk)  # type: ignore[attr-defined]
