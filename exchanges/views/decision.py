"""Runs, signatures, and the steps of the office around them."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from exchanges.domain import calls, matches, reviews
from exchanges.domain import queries_decide as queries
from exchanges.models import Application, Call, HostWeek, MatchRun
from exchanges.views.common import EXCHANGES
from exchanges.views.writing import action
from portal.accounts.decorators import member_required
from portal.accounts.stepup import ON_POST, step_up_required
from portal.jobs.models import Job, JobState
from portal.web import charts
from portal.web.tables import Cell, Column, Table
from portal.web.words import counted

ZONE = {"tlp": "TLP:AMBER", "title": "Match run.", "text": "Programme office and committee of this call"}
COMPUTED = (MatchRun.State.PROPOSED, MatchRun.State.SIGNED, MatchRun.State.SUPERSEDED)


def _call_for_office(request: HttpRequest, slug: str) -> Call:
    viewer = request.viewer  # type: ignore[attr-defined]
    if not viewer.holds("office"):
        raise Http404
    return get_object_or_404(Call.objects.visible_to(viewer), slug=slug)


def _desk(call: Call) -> HttpResponse:
    return redirect(reverse("exchanges:desk", args=[call.slug]))


@action()
@step_up_required(on=ON_POST)
def assign_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """Assign the reviews that are still needed."""
    call = _call_for_office(request, slug)
    count = reviews.assign(call=call, by=request.viewer)  # type: ignore[attr-defined]
    if count:
        words = f"{counted(count, 'review')} assigned, none with a conflict of interest. The reviewers are told."
        messages.success(request, words)
    else:
        messages.info(request, "Nothing to assign: every application has the reviewers it needs.")
    return _desk(call)


@action()
@step_up_required(on=ON_POST)
def begin_matching(request: HttpRequest, slug: str) -> HttpResponse:
    """Freeze merit and begin the matching."""
    call = matches.begin_matching(call=_call_for_office(request, slug), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, "Merit is frozen. The next step is a match run.")
    return _desk(call)


@action()
def request_run(request: HttpRequest, slug: str) -> HttpResponse:
    """Queue a new match run, unless the newest still stands."""
    run = matches.request_run(call=_call_for_office(request, slug), by=request.viewer)  # type: ignore[attr-defined]
    if run.state == MatchRun.State.PROPOSED:
        messages.info(request, f"Run {run.number} still stands: no application and no week has changed since.")
    return redirect(run)


@action()
@step_up_required(on=ON_POST)
def complete_call(request: HttpRequest, slug: str) -> HttpResponse:
    """Complete a call whose placements are all closed."""
    call = calls.complete_call(call=_call_for_office(request, slug), by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, f"{call} is completed.")
    return _desk(call)


def _run(request: HttpRequest, slug: str, number: int) -> MatchRun:
    return get_object_or_404(queries.runs_for(request.viewer), call__slug=slug, number=number)  # type: ignore[attr-defined]


@member_required
@require_GET
def run_detail(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Show a run: the proposal, the reasons, its proof, who signed."""
    viewer = request.viewer  # type: ignore[attr-defined]
    run = _run(request, slug, number)
    is_office = viewer.holds("office")
    above = reverse("exchanges:desk", args=[run.call.slug]) if is_office else run.call.get_absolute_url()
    context: dict[str, Any] = {
        "zone": ZONE,
        "crumbs": [EXCHANGES, (str(run.call), above)],
        "run": run,
        "call": run.call,
        "title": f"Match run {run.number}",
        "lead": LEADS.get(run.state, ""),
        "is_office": is_office,
    }
    if run.state == MatchRun.State.QUEUED:
        context["progress"] = _progress(run)
    elif run.state in COMPUTED and run.digest:
        context["faults"] = faults = matches.faults_of(run)
        context["stale"] = run.state == MatchRun.State.PROPOSED and not faults and matches.is_stale(run)
        applications = queries.applications_by_number(run.call)
        applicants = {row.applicant_id for row in applications.values()}
        sound = not faults and not context["stale"]
        context["may_sign"] = sound and matches.may_sign(run=run, by=viewer, applicants=applicants)
        context["signed_by_me"] = any(row.person_id == viewer.person_id for row in run.signatures.all())
        if not faults:
            context |= _result(run, applications, is_office=is_office)
    return render(request, "exchanges/run.html", context)


LEADS = {
    MatchRun.State.PROPOSED: (
        "A proposal. It becomes the decision when two members of the committee, from different countries, have signed."
    ),
    MatchRun.State.SIGNED: "Signed. This run is the decision.",
    MatchRun.State.SUPERSEDED: "A newer run took its place.",
}


@member_required
@require_safe
def run_progress(request: HttpRequest, slug: str, number: int) -> JsonResponse:
    """Answer how far a run is, for static/web/js/progress.js; the page itself says what became of it."""
    run = _run(request, slug, number)
    response = JsonResponse({**_progress(run), "location": run.get_absolute_url()})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _progress(run: MatchRun) -> dict[str, Any]:
    """Return value and max of the work, where it stands in words, and whether it is over."""
    job = Job.objects.filter(pk=run.job_id).first()
    if run.state != MatchRun.State.QUEUED or job is None:
        return {"value": 1, "max": 1, "text": "Done.", "done": True}
    text = f"{job.progress_note}." if job.progress_note else "Waiting for a free worker."
    if job.state == JobState.FAILED:
        text = "The computation did not come to its end. The run is marked as failed within a minute."
    elif job.state == JobState.WAITING and job.error:
        text = "This did not work at first. It is tried again by itself."
    return {"value": job.progress_done, "max": job.progress_total or 4, "text": text, "done": False}


def _result(run: MatchRun, applications: dict[str, Application], *, is_office: bool) -> dict[str, Any]:
    """Return what the page of a computed run without faults shows; `applications` of the call by their number."""
    rows = {row["id"]: row for row in run.problem["applicants"]}
    weeks = queries.weeks_by_id([int(row["id"]) for row in run.problem["weeks"]])
    placed = {number: weeks.get(int(week)) for number, week in run.assignment}
    flows: Counter[tuple[str, str]] = Counter()
    for number, week in placed.items():
        if week is not None and number in applications:
            flows[(applications[number].applicant.country.name, week.offer.centre.country.name)] += 1
    bands = [(sender, host, count) for (sender, host), count in sorted(flows.items())]
    waiting = 0
    cells = []
    for number in sorted(rows, key=lambda key: rows[key]["position"]):
        week = placed.get(number)
        waiting += week is None
        result = Cell(f"Waiting list, {waiting}", mark="half")
        if week is not None:
            result = Cell(f"Wish {rows[number]['wishes'].index(str(week.pk)) + 1}", mark="full")
        cells.append(_row(number, applications.get(number), week, result, linked=is_office))
    placements, served = len(placed), len({sender for sender, _ in flows})
    many = "sending countries"
    countries = {number: row.applicant.country.name for number, row in applications.items()}
    return {
        "table": Table("Applications in the run, by merit", COLUMNS, cells),
        "bands": charts.bands(bands) if bands else None,
        "bands_rows": bands,
        "caption": f"{counted(placements, 'placement')} from {counted(served, 'sending country', many)}.",
        "seats": f"{placements} of {run.problem['seats']} used",
        "refused": [
            {
                # Within one call the last three digits tell applications apart.
                "application": row["applicant"].rpartition("-")[2],
                "country": countries.get(row["applicant"], ""),
                "rank": row["rank"] + 1,
                "week": weeks.get(int(row["week"])),
                "words": row["words"],
            }
            for row in run.reasons
        ],
        "taking_part": len(rows),
    }


COLUMNS = [
    Column("Number", hide=True),
    Column("Applicant", heads=True),
    Column("From", end=True),
    Column("Merit", number=True, small_label="Merit"),
    Column("Proposed week", end=True),
    Column("Result"),
]


def _row(number: str, row: Application | None, week: HostWeek | None, result: Cell, *, linked: bool) -> list[Any]:
    place = f"{week.offer.centre.city}, week {week.number}" if week else "none yet"
    number = number.rpartition("-")[2]
    if row is None:
        return [number, Cell("An application that is no more"), "", "", place, result]
    url = reverse("exchanges:eligibility", args=[row.pk]) if linked else ""
    return [number, Cell(row.applicant.name, url=url), row.applicant.country.name, _points(row.merit), place, result]


def _points(merit: Decimal | None) -> str:
    """Return points as people write them: 88, 87.5, 91.333."""
    return "" if merit is None else f"{merit:f}".rstrip("0").rstrip(".")


@action()
@step_up_required(on=ON_POST)
def sign_run(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Sign a run."""
    signed = matches.sign(run=_run(request, slug, number), by=request.viewer)  # type: ignore[attr-defined]
    if signed.state == MatchRun.State.SIGNED:
        messages.success(request, "Both signatures are there. The call is decided and everybody is being told.")
    else:
        messages.success(request, "You signed. A second signature, from another country, decides the call.")
    return redirect(signed)
