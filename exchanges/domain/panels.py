"""What the exchanges show on pages of the portal: the open call, who has been where, a figure, a date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext, ngettext

from exchanges.domain import queries, queries_public, story
from exchanges.models import Application, Call, MatchRun
from portal.access import clock
from portal.access.viewer import Viewer
from portal.pages.registries import Upcoming
from portal.web import words


def open_call_notice(viewer: Viewer, **context: Any) -> dict[str, Any] | None:
    """Return the notice of the call whose deadline is nearest, or None while none is open. One query."""
    calls = queries_public.open_calls(viewer)
    return notice_of(calls[0]) if calls else None


def notice_of(call: Call) -> dict[str, Any]:
    """Return the notice of an open call. No query."""
    closes = call.closes_at.astimezone(clock.BRUSSELS)
    return {
        "call": call,
        "title": call.title,
        "url": call.get_absolute_url(),
        "before": gettext("%(call)s is open until") % {"call": call},
        "date": call.closes_at,
        "after": gettext("%(weekday)s, %(time)s Brussels time. %(left)s")
        % {"weekday": formats.date_format(closes, "l"), "time": f"{closes:%H:%M}", "left": days_left(call)},
    }


def days_left(call: Call) -> str:
    """Return "69 days left.", "One day left." or "Today is the last day." for an open call."""
    days = (call.closes_at.astimezone(clock.BRUSSELS).date() - clock.today()).days
    if days <= 0:
        return gettext("Today is the last day.")
    if days == 1:
        return gettext("One day left.")
    return words.numbered(days, "%(n)s day left.", "%(n)s days left.")


def been_where(viewer: Viewer, **context: Any) -> dict[str, Any] | None:
    """Return the map of completed weeks with its table, or None while there is none. Two queries."""
    made = story.picture(queries_public.flows())
    return {**made, "url": reverse("exchanges:index")} if made else None


def sending_countries(viewer: Viewer, **context: Any) -> dict[str, Any] | None:
    """Return the figure of countries whose shift leaders went abroad, or None while there is none. One query."""
    count = len({flow.sender for flow in queries_public.flows()})
    label = ngettext(
        "member whose shift leaders went abroad for a week", "members whose shift leaders went abroad for a week", count
    )
    return {"figure": {"value": count, "label": label}} if count else None


def coming(viewer: Viewer) -> Iterator[Upcoming]:
    """Yield the deadlines of open calls."""
    for call in queries_public.open_calls(viewer):
        yield Upcoming(
            title=gettext("%(call)s closes") % {"call": call},
            url=call.get_absolute_url(),
            date=call.closes_at.astimezone(clock.BRUSSELS).date(),
            text=ngettext(
                "Your National Contact Point then has %(words)s day to endorse.",
                "Your National Contact Point then has %(words)s days to endorse.",
                call.endorse_days,
            )
            % {"words": words.in_words(call.endorse_days)},
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
