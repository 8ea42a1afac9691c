"""Host weeks: every button of the page saves what was typed, then does its own."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from exchanges.domain import applications, wishes
from exchanges.models import Application
from exchanges.views.common import posted_number
from exchanges.views.section_page import SectionPage

#: The buttons that move a week; their value is its id.
MOVES = ("up", "down", "out", "back")


def save(page: SectionPage) -> HttpResponse:
    """Keep days away and reasons, then move the week whose button was pressed; the save button confirms the order."""
    request = page.request
    viewer = request.viewer  # type: ignore[attr-defined]
    more, without = "add" in request.POST, posted_number(request, "remove")
    form = page.form(request.POST, more=more, without=without)
    mistakes = not form.is_valid()
    page.renew(
        applications.save_section(
            application=page.application, section=page.key, data=form.valid_data, version=page.version, by=viewer
        )
    )
    verb = next((name for name in MOVES if name in request.POST), "")
    week_id = posted_number(request, verb) if verb else None
    if verb:
        page.renew(_move(page, verb, week_id))
    elif not more and without is None:
        page.renew(_rank(page, _order(page)))
    if mistakes:
        # Leaving a week out or putting it back changes which reasons are asked for.
        renewed = page.form(request.POST, more=more, without=without) if verb in ("out", "back") else form
        return page.opened(form=renewed, status=400)
    if verb:
        return redirect(f"{page.url}#week-{week_id}")
    if more or without is not None:
        return page.again(more=more)
    messages.success(request, "Saved: Host weeks.")
    return page.next()


def _order(page: SectionPage) -> list[int]:
    """Return the possible weeks in the order of the page, those that it did not show at the end."""
    possible = [week.pk for week in wishes.acceptable_set(wishes.with_facts(page.application), weeks=page.weeks)]
    shown = [int(value) for value in page.request.POST.getlist("order") if value.isascii() and value.isdigit()]
    kept = [pk for pk in dict.fromkeys(shown) if pk in possible]
    return kept + [pk for pk in possible if pk not in kept]


def _rank(page: SectionPage, order: list[int]) -> Application:
    viewer = page.request.viewer  # type: ignore[attr-defined]
    return wishes.rank(application=page.application, week_ids=order, by=viewer, version=page.version)


def _move(page: SectionPage, verb: str, week_id: int | None) -> Application:
    viewer = page.request.viewer  # type: ignore[attr-defined]
    known = {week.pk: week for week in page.weeks}
    if week_id not in known:
        raise Http404
    if verb == "out":
        return wishes.leave_out(
            application=page.application, week=known[week_id], reason="", by=viewer, version=page.version
        )
    if verb == "back":
        return wishes.put_back(application=page.application, week=known[week_id], by=viewer, version=page.version)
    order = _order(page)
    if week_id in order:
        here = order.index(week_id)
        there = max(0, here - 1) if verb == "up" else min(len(order) - 1, here + 1)
        order.insert(there, order.pop(here))
    return _rank(page, order)
