"""What the exchanges show on pages of the portal: the open call, who has been where, a figure, a date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from exchanges.domain import queries
from exchanges.models import Application, MatchRun, Placement
from portal.access import clock
from portal.access.viewer import Viewer
from portal.pages.registries import Upcoming
from portal.web import words
from portal.web.charts import flow_map


def open_call_notice(viewer: Viewer, **context: Any) -> dict[str, Any] | None:
    """Return the notice of the call whose deadline is nearest, or None while none is open."""
    calls = queries.open_calls(viewer)
    if not calls:
        return None
    call = calls[0]
    closes = call.closes_at.astimezone(clock.BRUSSELS)
    left = (closes.date() - clock.today()).days
    return {
        "call": call,
        "title": "A week in another country’s control room",
        "url": call.get_absolute_url(),
        "before": f"{call} is open until",
        "date": f"{closes.day} {closes:%B %Y}",
        "after": f"{closes:%A}, {closes:%H:%M} Brussels time. {days_left(left)}",
        "countries": len({sender for sender, _, _ in queries.flows()}),
    }


def days_left(days: int) -> str:
    """Return "69 days left.", "One day left." or "Today is the last day."."""
    if days <= 0:
        return "Today is the last day."
    return "One day left." if days == 1 else f"{days} days left."


def been_where(viewer: Viewer, **context: Any) -> dict[str, Any] | None:
    """Return the map of completed weeks with its table, or None while there is none."""
    flows = queries.flows()
    if not flows:
        return None
    total = sum(count for _, _, count in flows)
    number = words.in_words(total).capitalize()
    return {
        "chart": flow_map(flows),
        "caption": f"{number} completed week{'' if total == 1 else 's'}, from the sending country to the host. "
        "Choose a country to see its weeks alone.",
        "sample": queries.flows_are_sample(),
        "url": reverse("exchanges:index"),
    }


def sending_countries(viewer: Viewer, **context: Any) -> dict[str, Any] | None:
    """Return the figure of countries whose shift leaders went abroad, or None while there is none."""
    count = (
        Placement.objects.filter(state=Placement.State.COMPLETED)
        .values("application__applicant__country_id")
        .distinct()
        .count()
    )
    label = "members whose shift leaders went abroad for a week"
    return {"figure": {"value": count, "label": label}} if count else None


def coming(viewer: Viewer) -> Iterator[Upcoming]:
    """Yield the deadlines of open calls."""
    for call in queries.open_calls(viewer):
        yield Upcoming(
            title=f"{call} closes",
            url=call.get_absolute_url(),
            date=call.closes_at.astimezone(clock.BRUSSELS).date(),
            text=f"Your National Contact Point then has {words.in_words(call.endorse_days)} days to endorse.",
            is_sample=call.is_sample,
        )


def doors(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the desks of the viewer's roles, (words, address)."""
    found = []
    if viewer.holds("office"):
        found.append(("The office’s desk", reverse("exchanges:office")))
    if queries.countries_of(viewer):
        found.append(("Endorsements", reverse("exchanges:endorsements")))
    if queries.centres_of(viewer) or queries.countries_of(viewer) or viewer.holds("office"):
        found.append(("Host weeks", reverse("exchanges:offers")))
    if viewer.holds("reviewer"):
        found.append(("Your reviews", reverse("exchanges:reviews")))
    if viewer.is_member:
        found.append(("Exchange weeks", reverse("exchanges:placements")))
    return found


def desks(*, viewer: Viewer) -> dict[str, Any] | None:
    """Return the ways on from the page of what waits: desks, the own applications, and a committee's match runs."""
    if not viewer.is_member:
        return None
    own = Application.objects.filter(applicant_id=viewer.person_id).select_related("call").order_by("-call__opens_on")
    runs = MatchRun.objects.none()
    if viewer.holds("committee"):
        shown = [MatchRun.State.PROPOSED, MatchRun.State.SIGNED]
        runs = MatchRun.objects.visible_to(viewer).filter(state__in=shown).select_related("call")
    return {
        "doors": doors(viewer),
        "applications": list(own[:5]),
        "runs": list(runs.order_by("-requested_at")[:5]),
    }
