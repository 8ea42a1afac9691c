"""The programme office: calls, the desk of a call, eligibility."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from exchanges.domain import calls, conditions, desk, eligibility, queries, wishes
from exchanges.forms.office import CallForm, criteria_rows
from exchanges.models import Application, Call
from exchanges.views.common import EXCHANGES, OFFICE_ZONE
from exchanges.views.writing import STALE_TOKEN, writing
from portal.accounts.decorators import member_required
from portal.accounts.stepup import ON_POST, step_up_required
from portal.community.models import Country
from portal.journal.errors import ConditionFailed
from portal.journal.machine import may

OFFICE = ("Office", "/exchanges/office/")
PAGE = 50


def office_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let the programme office through; for everybody else the page does not exist."""

    @member_required
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer.holds("office"):  # type: ignore[attr-defined]
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@office_required
@require_GET
def office(request: HttpRequest) -> HttpResponse:
    """List all calls, those that need something first."""
    context = {"zone": OFFICE_ZONE, "crumbs": [EXCHANGES], "calls": desk.calls_table(), "drafts": desk.drafts()}
    return render(request, "exchanges/office/list.html", context)


@writing
@office_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_new(request: HttpRequest) -> HttpResponse:
    """Draft a call."""
    return _call_form(request, None)


@writing
@office_required
@require_http_methods(["GET", "HEAD", "POST"])
def call_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a draft."""
    found = get_object_or_404(Call, slug=slug)
    if found.state != Call.State.DRAFT:
        raise ConditionFailed("The call has opened. What it says can no longer be changed.")
    return _call_form(request, found)


def _call_form(request: HttpRequest, found: Call | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = CallForm(data, instance=found)
    rows = criteria_rows(call=found, data=data)
    stale = data is not None and request.stale_token  # type: ignore[attr-defined]
    if stale:
        form.add_error(None, STALE_TOKEN)
    elif data is not None:
        # Both are asked, so that every mistake is told at once.
        in_order = [form.is_valid(), rows.is_valid()]
        if all(in_order):
            viewer = request.viewer  # type: ignore[attr-defined]
            if found is None:
                saved = calls.create_call(by=viewer, criteria=rows.given, **form.call_fields)
            else:
                saved = calls.update_call(call=found, by=viewer, criteria=rows.given, **form.call_fields)
            messages.success(request, f"{saved} is kept as a draft.")
            return redirect("exchanges:desk", slug=saved.slug)
    context = {
        "zone": OFFICE_ZONE,
        "crumbs": [EXCHANGES, OFFICE],
        "call": found,
        "form": form,
        "rows": rows,
        "forms": [form, *rows.forms],
    }
    status = 403 if stale else 400 if data is not None else 200
    return render(request, "exchanges/office/call_form.html", context, status=status)


@office_required
@require_GET
def desk_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how far a call's applications are, what waits, and each of them."""
    found = get_object_or_404(Call.objects.select_related("rates"), slug=slug)
    viewer = request.viewer  # type: ignore[attr-defined]
    # Whatever else stands in the address is no filter.
    state = next((value for value in Application.State.values if value == request.GET.get("state")), "")
    country = Country.objects.filter(pk=given).first() if (given := _code(request.GET.get("country", ""))) else None
    counts = queries.pipeline_counts(found)
    checks = calls.checklist(found) if found.state == Call.State.DRAFT else []
    sort = request.GET.get("sort", "")
    rows = queries.desk_applications(found, state=state, country=country.pk if country else "")
    page = Paginator(desk.in_order(rows, sort), PAGE).get_page(request.GET.get("page"))
    context = {
        "zone": OFFICE_ZONE,
        "crumbs": [EXCHANGES, OFFICE],
        "call": found,
        "lead": desk.lead(found, counts),
        "pipeline": desk.pipeline_of(counts),
        "checklist": checks,
        "ready": all(row.done for row in checks),
        "counts": counts,
        "waits": desk.waits(found, counts),
        "views": desk.state_views(counts, state=state, country=country.pk if country else ""),
        "chips": [
            {"label": f"From: {country.name}", "url": f"?{urlencode({'state': state} if state else {})}#applications-h"}
        ]
        if country
        else [],
        "table": desk.applications_table(found, page.object_list, state=state, sort=sort),
        "page_obj": page,
        "may_open": may(found, "open", viewer),
        "may_begin_review": may(found, "begin_review", viewer),
        "review_problem": conditions.all_screened(found) if found.state == Call.State.SCREENING else "",
        "wished": desk.first_wishes(found) if found.state in (Call.State.OPEN, Call.State.SCREENING) else None,
        "seats_offered": desk.seats_offered(found),
    }
    return render(request, "exchanges/office/desk.html", context)


def _code(given: str) -> str:
    """Return a country code, or "" for anything else."""
    return given if len(given) == 2 and given.isascii() and given.isalpha() else ""


@office_required
@require_POST
@step_up_required(on=ON_POST)
def call_open(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a draft for applications."""
    found = calls.open_call(call=get_object_or_404(Call, slug=slug), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, f"{found} is open. The home page announces it.")
    return redirect("exchanges:desk", slug=slug)


@office_required
@require_POST
@step_up_required(on=ON_POST)
def begin_review(request: HttpRequest, slug: str) -> HttpResponse:
    """Let the review begin."""
    found = calls.begin_review(call=get_object_or_404(Call, slug=slug), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, f"{found} is in its review. Next, assign reviewers.")
    return redirect("exchanges:desk", slug=slug)


@office_required
@require_http_methods(["GET", "POST"])
@step_up_required(on=ON_POST)
def eligibility_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show every rule with its result; POST confirms what the rules say."""
    viewer = request.viewer  # type: ignore[attr-defined]
    application = get_object_or_404(queries.application_for(viewer).filter(submitted_at__isnull=False), pk=pk)
    if request.method == "POST":
        confirmed = eligibility.confirm(application=application, by=viewer)
        messages.success(request, f"{confirmed} is now “{confirmed.get_state_display()}”. The applicant is told why.")
        return redirect("exchanges:eligible", slug=application.call.slug)
    stored = eligibility.confirmed(application)
    results = stored or eligibility.check(application)
    context = {
        "zone": OFFICE_ZONE,
        "crumbs": [EXCHANGES, OFFICE, (str(application.call), reverse("exchanges:desk", args=[application.call.slug]))],
        "application": application,
        "results": results,
        "failed": [row for row in results if not row.passed],
        "is_stored": bool(stored),
        "may_confirm": application.state == Application.State.ENDORSED and viewer.person_id != application.applicant_id,
        "board_rows": wishes.ranked_rows(application),
        "answers": desk.answers(application, viewer),
    }
    return render(request, "exchanges/office/eligibility.html", context)


@office_required
@require_http_methods(["GET", "POST"])
@step_up_required(on=ON_POST)
def eligible(request: HttpRequest, slug: str) -> HttpResponse:
    """Preview the endorsed applications that pass every rule; POST confirms exactly those that were shown."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = get_object_or_404(Call, slug=slug)
    if request.method == "POST":
        ids = [
            int(value)
            for value in request.POST.getlist("application")
            if value.isascii() and value.isdigit() and len(value) < 10
        ]
        done = eligibility.confirm_passing(call=found, by=viewer, ids=ids)
        messages.success(
            request, f"{len(done)} application{' is' if len(done) == 1 else 's are'} eligible. Each applicant is told."
        )
        return redirect("exchanges:desk", slug=slug)
    weeks = wishes.published_weeks(found)
    rows = [(row, eligibility.check(row, weeks=weeks)) for row in queries.to_confirm(found)]
    passing = [row for row, results in rows if all(result.passed for result in results)]
    context = {
        "zone": OFFICE_ZONE,
        "crumbs": [EXCHANGES, OFFICE, (str(found), reverse("exchanges:desk", args=[slug]))],
        "call": found,
        "passing": [row for row in passing if row.applicant_id != viewer.person_id],
        "failing": [
            (row, [result for result in results if not result.passed])
            for row, results in rows
            if not all(result.passed for result in results)
        ],
    }
    return render(request, "exchanges/office/eligible.html", context)
