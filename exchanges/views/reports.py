"""Writing a report, and accepting it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from exchanges.domain import queries_decide as queries
from exchanges.domain import reports
from exchanges.domain.versions import StaleVersion
from exchanges.forms.decide import ReportForm, ReturnForm
from exchanges.models import Report
from exchanges.views.common import EXCHANGES
from exchanges.views.placements import WEEKS
from exchanges.views.saving import saved, stale, version_of
from exchanges.views.writing import STALE_TOKEN, action, writing
from portal.accounts import typed
from portal.accounts.stepup import ON_POST, step_up_required
from portal.files.models import Attachment
from portal.journal.errors import ConditionFailed, JournalError
from portal.journal.machine import may

ZONE = {
    "tlp": "TLP:AMBER",
    "title": "Exchange report.",
    "text": "Seen by the participant, both contact points, the host and the programme office",
}
DRAFT_ZONE = {"tlp": "TLP:AMBER", "title": "Your report.", "text": "Seen by you alone until you send it"}


def _report(request: HttpRequest, pk: int) -> Report:
    return get_object_or_404(queries.report_for(request.viewer, pk))  # type: ignore[attr-defined]


def _page(request: HttpRequest, report: Report, status: int = 200, **extra: Any) -> HttpResponse:
    viewer = request.viewer  # type: ignore[attr-defined]
    writes = report.state in reports.WRITABLE and viewer.person_id == report.placement.application.applicant_id
    placement = report.placement
    context = {
        "zone": DRAFT_ZONE if report.state == Report.State.DRAFT else ZONE,
        "crumbs": [
            EXCHANGES,
            WEEKS,
            (_title(report), placement.get_absolute_url()),
        ],
        "report": report,
        "placement": placement,
        "application": placement.application,
        "centre": placement.week.offer.centre,
        "writes": writes,
        "form": extra.pop("form", None) or (ReportForm(instance=report) if writes else None),
        "may_accept": may(report, "accept", viewer),
        "return_form": ReturnForm(),
        "files": list(Attachment.objects.of(report)),
        **extra,
    }
    return render(request, "exchanges/report.html", context, status=status)


def _title(report: Report) -> str:
    return f"{report.placement.application.applicant.name} in {report.placement.week.offer.centre.city}"


@writing
@require_http_methods(["GET", "HEAD", "POST"])
def report_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the report; POST keeps what is valid of it, and sends it with the button `submit`."""
    viewer = request.viewer  # type: ignore[attr-defined]
    report = _report(request, pk)
    if request.method != "POST":
        return _page(request, report)
    form = ReportForm(request.POST, request.FILES, instance=report)
    form.is_valid()
    if request.stale_token:  # type: ignore[attr-defined]
        form.add_error(None, STALE_TOKEN)
        return _page(request, report, status=403, form=form)
    try:
        _save(request, report, form)
        if upload := form.cleaned_data.get("attachment"):
            reports.attach(report=report, upload=upload, by=viewer)
    except (StaleVersion, ConditionFailed) as refusal:
        return _not_saved(request, pk, form, refusal)
    if form.errors:
        return _page(request, _report(request, pk), status=400, form=form)
    if "submit" not in request.POST:
        messages.success(request, "Saved. You can go on whenever you like.")
        return redirect(report)
    fresh = _report(request, pk)
    if missing := reports.missing(fresh):
        for name, words in missing.items():
            form.add_error(name, f"Still to write: {words}")
        return _page(request, fresh, status=400, form=form)
    reports.submit(report=fresh, by=viewer)
    messages.success(request, "Your report is with the programme office. Thank you for writing it down.")
    return redirect(report.placement)


def _save(request: HttpRequest, report: Report, form: ReportForm) -> Report:
    version = version_of(request)
    if report.version != version and form.says_the_same:
        # The page's own autosave was under way when the button was pressed: nobody else wrote.
        version = report.version
    return reports.save(report=report, data=form.answers, version=version, by=request.viewer)  # type: ignore[attr-defined]


def _not_saved(request: HttpRequest, pk: int, form: ReportForm, refusal: Exception) -> HttpResponse:
    """Answer a POST that came too late: after another tab, or after the report was sent."""
    report = _report(request, pk)
    mine = report.placement.application.applicant_id == request.viewer.person_id  # type: ignore[attr-defined]
    if mine and report.state == Report.State.SUBMITTED and "submit" in request.POST:
        # Two clicks: the first one sent it.
        return redirect(report.placement)
    if report.state not in reports.WRITABLE:
        closed = [f"The report is “{report.get_state_display()}” and stays as it is."]
        return _page(request, report, status=409, problems=closed, typed=typed.texts(request.POST))
    if isinstance(refusal, ConditionFailed):
        form.add_error("attachment", " ".join(refusal.problems))
        return _page(request, report, status=409, form=form)
    theirs = [(form.fields[name].label, getattr(report, name)) for name in reports.FIELDS if name != "lesson_public"]
    return _page(request, report, status=409, form=form, clash=report, theirs=theirs)


@writing
@require_POST
def report_autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Keep what is valid of a report while it is written."""
    report = _report(request, pk)
    if request.stale_token:  # type: ignore[attr-defined]
        return JsonResponse({"message": STALE_TOKEN}, status=403)
    form = ReportForm(request.POST, instance=report)
    form.is_valid()
    try:
        kept = _save(request, report, form)
    except StaleVersion:
        theirs = _report(request, pk)
        return stale(theirs, {name: getattr(theirs, name) for name in reports.FIELDS})
    except JournalError as refusal:
        return JsonResponse({"message": " ".join(refusal.problems)}, status=403)
    return saved(kept, form)


@action(up=3)
def file_remove(request: HttpRequest, pk: int, file: uuid.UUID) -> HttpResponse:
    """Take a file out of a report."""
    report = _report(request, pk)
    attachment = get_object_or_404(Attachment.objects.of(report), pk=file)
    reports.detach(report=report, attachment=attachment, by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, f"“{attachment.name}” is removed.")
    return redirect(report)


@action()
@step_up_required(on=ON_POST)
def report_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a report and publish its lesson; the button `public` publishes it for anyone."""
    by = request.viewer  # type: ignore[attr-defined]
    placement = reports.accept(report=_report(request, pk), by=by, public="public" in request.POST)
    messages.success(request, "The report is accepted and its lesson stands in the library.")
    return redirect(placement)


@action()
@step_up_required(on=ON_POST)
def report_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a report back with a comment."""
    report = _report(request, pk)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, report, status=400, return_form=form)
    comment = form.cleaned_data["comment"]
    reports.return_to_participant(report=report, by=request.viewer, comment=comment)  # type: ignore[attr-defined]
    messages.success(request, "Returned with your comment.")
    return redirect(report)
