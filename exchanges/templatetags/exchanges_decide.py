"""What the second half of an exchange shows on pages of the first: a desk's next step, an application's outcome."""

from __future__ import annotations

from typing import Any

from django import template

from exchanges.domain import conditions, decisions, reviews
from exchanges.domain import queries_decide as queries
from exchanges.forms.decide import DeclineOfferForm
from exchanges.models import Application, Call, MatchRun, Placement
from portal.journal.machine import may

register = template.Library()

#: States of an application in which there is a result to explain.
RESULT = (
    Application.State.OFFERED,
    Application.State.ACCEPTED,
    Application.State.DECLINED,
    Application.State.EXPIRED,
    Application.State.WAITLISTED,
    Application.State.NOT_SELECTED,
    Application.State.BELOW_THRESHOLD,
)


@register.inclusion_tag("exchanges/desk/decide_block.html", takes_context=True)
def decide_block(context: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show the office what comes after the screening: reviews, runs, placements; nothing before that."""
    viewer = context["request"].viewer
    shown: dict[str, Any] = {"call": call, "request": context["request"], "csrf_token": context.get("csrf_token")}
    if call.state == Call.State.REVIEW:
        rows = reviews.progress(call)
        shown["progress"] = rows
        shown["short"] = [row for row in rows if row.assigned < row.needed]
        shown["complete"] = bool(rows) and all(row.complete for row in rows)
    if call.state in (Call.State.MATCHING, Call.State.DECIDED, Call.State.COMPLETED):
        shown["runs"] = list(queries.runs_for(viewer).filter(call=call).defer(*queries.LARGE))
    if call.state in (Call.State.DECIDED, Call.State.COMPLETED):
        shown["placements"] = list(queries.placements_of(viewer).filter(application__call=call))
    if call.state == Call.State.DECIDED:
        shown["may_complete"] = conditions.placements_closed(call) is None
    return shown


@register.inclusion_tag("exchanges/application/outcome_block.html", takes_context=True)
def outcome_block(context: dict[str, Any], application: Application) -> dict[str, Any]:
    """Show the result of an application with its reasons, and the answer buttons to the applicant."""
    viewer = context["request"].viewer
    shown: dict[str, Any] = {
        "application": application,
        "request": context["request"],
        "csrf_token": context.get("csrf_token"),
        "is_applicant": viewer.person_id == application.applicant_id,
        "has_result": application.state in RESULT,
    }
    if not shown["has_result"]:
        return shown
    run = MatchRun.objects.filter(call=application.call_id, state=MatchRun.State.SIGNED).order_by("-number").first()
    week = None
    if application.offered_week_id:
        week = queries.weeks_by_id([application.offered_week_id])[application.offered_week_id]
    return shown | {
        "week": week,
        "reasons": decisions.reasons_for(application=application, run=run) if run else [],
        "position": None if application.position is None else application.position + 1,
        "taking_part": len(run.problem.get("applicants", [])) if run else 0,
        "may_answer": may(application, "accept", viewer) and conditions.answer_in_time(application) is None,
        "decline_form": DeclineOfferForm(),
        "placement": Placement.objects.visible_to(viewer).filter(application=application).first(),
    }
