"""The desk for lost devices: whoever knows the person confirms, the programme office releases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.access.viewer import Viewer
from portal.accounts.decorators import member_required
from portal.accounts.stepup import ON_POST, step_up_required
from portal.community.domain import recovery as domain
from portal.community.domain import recovery_queries as queries
from portal.community.forms.recovery import ConfirmForm, RefuseForm
from portal.community.models import Recovery
from portal.journal.errors import ConditionFailed

PAGE = 50
ZONE = {
    "tlp": "TLP:AMBER",
    "title": "Lost devices.",
    "text": "Seen by the contact points of the person’s country and the programme office",
}
VERBS = ("confirm", "release", "renew", "refuse")


def _crumbs() -> list[tuple[str, str]]:
    return [("What waits for me", reverse("web:waiting"))]


def _desk_of(request: HttpRequest) -> Viewer:
    """Return the viewer; for everybody without a desk the page does not exist."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not queries.has_desk(viewer):
        raise Http404
    return viewer


@member_required
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """List what waits for the viewer's word; beneath it what was asked before."""
    viewer = _desk_of(request)
    page = Paginator(queries.others(viewer), PAGE).get_page(request.GET.get("page"))
    context = {
        "zone": ZONE,
        "crumbs": _crumbs(),
        "waits": queries.waits(viewer),
        "table": queries.table(list(page.object_list)),
        "page_obj": page,
    }
    return render(request, "recovery/desk.html", context)


@member_required
@step_up_required(on=ON_POST)
@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a request and say the next word; the buttons are `confirm`, `release`, `renew` and `refuse`."""
    viewer = _desk_of(request)
    recovery = get_object_or_404(queries.detail(viewer), pk=pk)
    verb = next((each for each in VERBS if each in request.POST), "")
    if request.method == "POST" and not verb:
        raise ConditionFailed("Choose what to do. Nothing was changed.")
    forms: dict[str, Form] = {
        "confirm": ConfirmForm(request.POST if verb == "confirm" else None),
        "refuse": RefuseForm(request.POST if verb == "refuse" else None),
    }
    form = forms.get(verb)
    if verb and (form is None or form.is_valid()):
        _say(verb, recovery, request, form.cleaned_data if form else {})
        return redirect("recovery:desk")
    context = {
        "zone": ZONE,
        "crumbs": [*_crumbs(), ("Lost devices", reverse("recovery:desk"))],
        "recovery": recovery,
        "facts": queries.facts(recovery),
        "timeline": queries.timeline(recovery),
        "may": queries.next_words(recovery, viewer),
        "standing": queries.standing(recovery, viewer),
        "confirm_form": forms["confirm"],
        "refuse_form": forms["refuse"],
        "failed_form": form,
        "verb": verb,
    }
    return render(request, "recovery/request.html", context, status=400 if form else 200)


def _say(verb: str, recovery: Recovery, request: HttpRequest, given: dict[str, Any]) -> None:
    viewer = request.viewer  # type: ignore[attr-defined]
    name = recovery.person.name
    if verb == "confirm":
        domain.confirm(recovery=recovery, by=viewer, method=given["method"], note=given["note"])
        messages.success(request, f"You confirmed that it is {name}. The programme office releases next.")
    elif verb == "release":
        domain.release(recovery=recovery, by=viewer)
        messages.success(request, f"{name} can begin anew: the link is on its way. All that was open has ended.")
    elif verb == "renew":
        domain.renew(recovery=recovery, by=viewer)
        messages.success(request, f"A new link is on its way to {name}.")
    else:
        domain.refuse(recovery=recovery, by=viewer, reason=given["reason"])
        messages.success(request, f"Refused. {name} is told why.")
