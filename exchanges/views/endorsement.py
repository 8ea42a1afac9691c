"""The contact point's desk: what waits for the country's word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from exchanges.domain import applications, desk, endorsement, queries, wishes
from exchanges.forms.endorsement import EndorseForm, RefuseForm, ReturnForm
from exchanges.models import Application
from exchanges.views.common import EXCHANGES, endorsement_zone
from exchanges.views.writing import STALE_TOKEN, writing
from portal.accounts.decorators import member_required
from portal.accounts.stepup import ON_POST, step_up_required
from portal.community.models import Country
from portal.journal.errors import ConditionFailed
from portal.journal.machine import may

ENDORSEMENTS = ("Endorsements", "/exchanges/endorsements/")


@member_required
@require_GET
def endorsement_list(request: HttpRequest) -> HttpResponse:
    """List what waits for the viewer's word, since when and until when; beneath it what was answered."""
    viewer = request.viewer  # type: ignore[attr-defined]
    countries = queries.countries_of(viewer)
    if not countries:
        raise Http404
    rows = list(queries.endorsements(countries))
    waiting = [
        (row, applications.endorse_by(row), row.applicant_id == viewer.person_id)
        for row in rows
        if row.state == Application.State.SUBMITTED
    ]
    answered = [row for row in rows if row.state != Application.State.SUBMITTED]
    names = list(Country.objects.filter(pk__in=countries).values_list("name", "name_in_text"))
    context = {
        "zone": endorsement_zone(" and ".join(text for _, text in names)),
        "crumbs": [EXCHANGES],
        "title": " and ".join(name for name, _ in names),
        "waiting": waiting,
        "answered": [(row, desk.mark_of(row.state)) for row in answered],
    }
    return render(request, "exchanges/endorsement/list.html", context)


@writing
@require_http_methods(["GET", "HEAD", "POST"])
@step_up_required(on=ON_POST)
def endorsement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Read an application and answer it; the buttons are `endorse`, `return` and `decline`."""
    viewer = request.viewer  # type: ignore[attr-defined]
    found = queries.application_for(viewer).filter(
        applicant__country_id__in=queries.countries_of(viewer), submitted_at__isnull=False
    )
    application = get_object_or_404(found, pk=pk)
    chosen = next((verb for verb in ("endorse", "return", "decline") if verb in request.POST), "")
    forms: dict[str, Form] = {
        "endorse": EndorseForm(
            request.POST if chosen == "endorse" else None,
            initial={"national_rank": endorsement.next_rank(application)},
        ),
        "return": ReturnForm(request.POST if chosen == "return" else None),
        "decline": RefuseForm(request.POST if chosen == "decline" else None),
    }
    if request.method == "POST" and not chosen:
        raise ConditionFailed("Choose whether you endorse it, send it back or decline.")
    problems: list[str] = []
    stale = bool(chosen) and request.stale_token  # type: ignore[attr-defined]
    if stale:
        forms[chosen].add_error(None, STALE_TOKEN)
    elif chosen and forms[chosen].is_valid():
        try:
            _answer(chosen, application, request, forms[chosen].cleaned_data)
        except ConditionFailed as error:
            problems = error.problems
        else:
            return redirect("exchanges:endorsements")
    context = {
        "zone": endorsement_zone(application.applicant.country.name_in_text),
        "crumbs": [EXCHANGES, ENDORSEMENTS],
        "application": application,
        "answers": desk.answers(application, viewer),
        "board": wishes.ranked_rows(application),
        "until": applications.endorse_by(application),
        "may_answer": may(application, "endorse", viewer),
        "is_own": application.applicant_id == viewer.person_id,
        "endorse_form": forms["endorse"],
        "return_form": forms["return"],
        "refuse_form": forms["decline"],
        "chosen": chosen,
        "failed_form": forms[chosen] if chosen else None,
        "problems": problems,
    }
    status = 403 if stale else 409 if problems else 400 if chosen else 200
    return render(request, "exchanges/endorsement/detail.html", context, status=status)


def _answer(verb: str, application: Application, request: HttpRequest, data: dict[str, Any]) -> None:
    viewer = request.viewer  # type: ignore[attr-defined]
    name = application.applicant.name
    if verb == "endorse":
        endorsement.endorse(
            application=application, by=viewer, national_rank=data["national_rank"], comment=data["comment"]
        )
        messages.success(request, f"You endorsed {name}. The office checks eligibility next.")
    elif verb == "return":
        endorsement.return_to_applicant(application=application, by=viewer, comment=data["return_comment"])
        messages.success(request, f"Sent back to {name}, with your comment.")
    else:
        endorsement.decline(application=application, by=viewer, reason=data["reason"])
        messages.success(request, f"{name} is not endorsed, and is told why.")
