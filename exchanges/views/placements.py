"""From the answer to an offer to the end of the week."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from exchanges.domain import agreements, answers, conditions, states, stays
from exchanges.domain import queries_decide as queries
from exchanges.domain.versions import StaleVersion
from exchanges.forms.decide import WEEKDAYS, AgreementForm, DeclineOfferForm, StopForm
from exchanges.models import Agreement, Application, Confirmation, Placement, Report
from exchanges.views.common import EXCHANGES
from exchanges.views.writing import STALE_TOKEN, action, writing
from portal.access import clock
from portal.access.viewer import Viewer
from portal.accounts import typed
from portal.accounts.decorators import member_required
from portal.accounts.stepup import ON_POST, step_up_required
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.journal.machine import may

ZONE = {
    "tlp": "TLP:AMBER",
    "title": "Exchange week.",
    "text": "Seen by the participant, both contact points, the host and the programme office",
}
WEEKS = ("Exchange weeks", "/exchanges/placements/")


@action()
@step_up_required(on=ON_POST)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline an offered week; the buttons are `accept` and `decline`."""
    viewer = request.viewer  # type: ignore[attr-defined]
    application = get_object_or_404(Application.objects.visible_to(viewer), pk=pk)
    if "accept" in request.POST:
        placement = answers.accept(application=application, by=viewer)
        messages.success(request, "The week is yours. Next, agree with your contact point and the host what it is for.")
        return redirect(placement)
    form = DeclineOfferForm(request.POST)
    if "decline" not in request.POST:
        raise ConditionFailed("Choose whether you accept or decline.")
    if not form.is_valid():
        raise ConditionFailed(*[str(error) for errors in form.errors.values() for error in errors])
    answers.decline(application=application, by=viewer, reason=form.cleaned_data["reason"])
    messages.success(request, "You declined the week. The seat is free again, and your contact point is told.")
    return redirect(application)


@member_required
@require_GET
def placement_list(request: HttpRequest) -> HttpResponse:
    """List the exchange weeks that the viewer has to do with."""
    placements = list(queries.placements_of(request.viewer))  # type: ignore[attr-defined]
    context = {"zone": ZONE, "crumbs": [EXCHANGES], "placements": placements}
    return render(request, "exchanges/placements.html", context)


def _placement(request: HttpRequest, pk: int) -> Placement:
    return get_object_or_404(queries.placement_for(request.viewer, pk))  # type: ignore[attr-defined]


def _page(request: HttpRequest, placement: Placement, *, status: int = 200, **extra: Any) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    agreement: Agreement | None = next(iter(placement.agreements.all()), None)
    mine = agreements.parties_of(placement=placement, viewer=viewer)
    given = {row.party: row for row in agreement.confirmations.all()} if agreement else {}
    is_open = placement.state in (Placement.State.PLANNED, Placement.State.AGREED)
    writes = bool(mine) and is_open
    stops = [verb for verb in stays.STOPS if _may_stop(placement, verb, viewer)]
    context: dict[str, Any] = {
        "zone": ZONE,
        "crumbs": [EXCHANGES, WEEKS],
        "placement": placement,
        "application": placement.application,
        "week": placement.week,
        "centre": placement.week.offer.centre,
        "agreement": agreement,
        "agenda": list(zip(WEEKDAYS, agreement.agenda, strict=True)) if agreement else [],
        "parties": [{"label": label, "given": given.get(party)} for party, label in Confirmation.Party.choices],
        "form": AgreementForm(agreement=agreement) if writes else None,
        "writes": writes,
        "may_confirm": [(party, Confirmation.Party(party).label) for party in mine if party not in given]
        if agreement and placement.state == Placement.State.PLANNED
        else [],
        "may_arrive": may(placement, "arrive", viewer) and conditions.week_has_begun(placement) is None,
        "stop_form": StopForm(verbs=stops) if stops else None,
        "report": _report_for(placement, viewer),
        "is_participant": states.applicant(placement.application, viewer),
        "earlier": [row for row in placement.agreements.all() if agreement and row.pk != agreement.pk],
        **_days(placement, viewer),
        **extra,
    }
    return render(request, "exchanges/placement.html", context, status=status)


def _days(placement: Placement, viewer: Viewer) -> dict[str, Any]:
    """Return the five days, which of them the viewer can confirm now, and whether the week can be ended."""
    confirmed = {row.day for row in placement.attendance.all()}
    is_host = states.host_of(placement, viewer)
    so_far = (clock.today() - placement.week.starts_on).days + 1
    over = so_far > stays.DAYS or len(confirmed) == stays.DAYS
    may_end = may(placement, "end", viewer) and len(confirmed) >= conditions.DAYS_NEEDED
    return {
        "is_host": is_host,
        "days": [
            {
                "day": day,
                "name": name,
                "confirmed": day in confirmed,
                "may": is_host and placement.state == Placement.State.UNDER_WAY and day <= so_far,
            }
            for day, name in enumerate(WEEKDAYS, start=1)
        ],
        "may_end": may_end and over,
        "may_end_early": may_end and not over,
    }


def _may_stop(placement: Placement, verb: str, viewer: Viewer) -> bool:
    """Return whether the viewer can close the week by `verb`, so that nothing is offered that would be refused."""
    if not may(placement, verb, viewer):
        return False
    if verb == "no_show":
        return conditions.week_has_begun(placement) is None
    return verb != "interrupt" or conditions.few_days_confirmed(placement) is None


def _report_for(placement: Placement, viewer: Viewer) -> Report | None:
    """Return the report if the viewer may read it: a draft is the participant's alone."""
    report: Report | None = getattr(placement, "report", None)
    if report is None or (report.state == Report.State.DRAFT and not states.applicant(placement.application, viewer)):
        return None
    return report


@member_required
@require_GET
def placement_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one exchange week: what is agreed, what is next."""
    return _page(request, _placement(request, pk))


@writing
@require_http_methods(["GET", "HEAD", "POST"])
def write_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a new version of the agreement."""
    placement = _placement(request, pk)
    if request.method != "POST":
        return redirect(placement)
    form = AgreementForm(request.POST, agreement=None)
    if not agreements.parties_of(placement=placement, viewer=request.viewer):  # type: ignore[attr-defined]
        raise NotAllowed("Only participant, sending contact point and host write the agreement.")
    if request.stale_token:  # type: ignore[attr-defined]
        form.add_error(None, STALE_TOKEN)
        return _page(request, placement, form=form, status=403)
    if not form.is_valid():
        return _page(request, placement, form=form, status=400)
    try:
        version = agreements.write(
            placement=placement,
            by=request.viewer,  # type: ignore[attr-defined]
            objectives=form.cleaned_data["objectives"],
            agenda=form.agenda,
            language=form.cleaned_data["language"],
            outcome=form.cleaned_data["outcome"],
            base_version=form.cleaned_data["base_version"],
        )
    except StaleVersion:
        return _overtaken(request, pk)
    except ConditionFailed as refusal:
        return _page(request, placement, status=409, problems=refusal.problems, typed=typed.texts(request.POST))
    messages.success(request, f"Version {version.version} is written. All three are asked to confirm it.")
    return redirect(placement)


def _overtaken(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the newer version above, and the own text in the form, ready to be sent as the next one."""
    placement = _placement(request, pk)
    newest = next(iter(placement.agreements.all()), None)
    data = request.POST.copy()
    data["base_version"] = str(newest.version if newest else 0)
    return _page(request, placement, form=AgreementForm(data, agreement=None), status=409, clash=newest)


@action()
@step_up_required(on=ON_POST)
def confirm_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm the version that the page showed."""
    placement = _placement(request, pk)
    shown = request.POST.get("agreement", "")
    number = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 10 else 0
    agreement = get_object_or_404(placement.agreements, pk=number)
    by = request.viewer  # type: ignore[attr-defined]
    done = agreements.confirm(agreement=agreement, party=request.POST.get("party", ""), by=by)
    if done.state == Placement.State.AGREED:
        messages.success(request, "All three have confirmed. The week is agreed.")
    else:
        messages.success(request, f"You confirmed version {agreement.version}.")
    return redirect(placement)


@action()
def confirm_arrival(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that the guest is here."""
    placement = stays.arrive(placement=_placement(request, pk), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(
        request, "Arrival is confirmed. Please confirm each day; the days are the proof for the scholarship."
    )
    return redirect(placement)


@action(up=2)
def confirm_day(request: HttpRequest, pk: int, day: int) -> HttpResponse:
    """Confirm one day."""
    placement = _placement(request, pk)
    stays.confirm_day(placement=placement, day=day, by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, f"{WEEKDAYS[day - 1]} is confirmed.")
    return redirect(placement)


@action()
def end_week(request: HttpRequest, pk: int) -> HttpResponse:
    """End the week; the report is due."""
    placement = stays.end(placement=_placement(request, pk), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, "The week is over. The participant is asked for the report.")
    return redirect(placement)


@action()
@step_up_required(on=ON_POST)
def stop_week(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a week that does not come to its end: nobody came, it was broken off, or it is cancelled."""
    placement = _placement(request, pk)
    form = StopForm(request.POST, verbs=list(stays.STOPS))
    if not form.is_valid():
        return _page(request, placement, status=400, stop_form=form)
    verb, reason = form.cleaned_data["verb"], form.cleaned_data["reason"]
    done = stays.stop(placement=placement, verb=verb, reason=reason, by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, f"The week is now “{done.get_state_display()}”. Everybody who has a part in it is told.")
    return redirect(done)
