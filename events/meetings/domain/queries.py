"""Reads that the pages of meetings need."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import QueryDict
from django.utils.translation import gettext

from events.meetings.domain.pictures import glance
from events.meetings.models import AgendaItem, Decision, ItemKind, MeetingPage, MeetingState
from library.domain.queries import records
from library.models import RecordPage
from portal.access import clock
from portal.access.viewer import Viewer
from portal.pages.domain.groups import pages_of
from portal.pages.registries import Answer, Upcoming
from portal.web import dates
from portal.web.languages import local

MARKS = {Decision.Progress.DONE: "full", Decision.Progress.UNDER_WAY: "half", Decision.Progress.OPEN: "empty"}


def day_range(start: dt.date, end: dt.date) -> str:
    """Return "11–12 October 2023", "30 May – 1 June 2024" or one day."""
    last = dates.day(end)
    if start == end:
        return last
    if (start.year, start.month) == (end.year, end.month):
        return f"{dates.day_number(start)}–{last}"
    return f"{dates.day(start) if start.year != end.year else dates.day_month(start)} – {last}"


def meetings(viewer: Viewer) -> Any:
    """Return the meetings that the viewer may see, with rule and group."""
    return MeetingPage.objects.visible_to(viewer).in_language().select_related("access_rule__rule", "group")


def entry_of(meeting: MeetingPage) -> dict[str, Any]:
    """Return a meeting as a row of a list."""
    return {
        "title": meeting.title,
        "url": meeting.url,
        "date": meeting.starts_on,
        "date_text": day_range(meeting.starts_on, meeting.ends_on),
        "text": meeting.search_description or meeting.lead,
        "kind": meeting.get_status_display(),
        "tlp": meeting.access_rule.rule.tlp,
    }


def index_context(*, viewer: Viewer, query: QueryDict) -> dict[str, Any]:
    """Return coming meetings, the nearest first, and a page of past ones, the latest first. Three queries."""
    today = clock.today()
    past = Paginator(meetings(viewer).filter(ends_on__lt=today).order_by("-starts_on", "pk"), 20)
    page = past.get_page(query.get("page"))
    return {
        "coming": [
            entry_of(meeting) for meeting in meetings(viewer).filter(ends_on__gte=today).order_by("starts_on", "pk")
        ],
        "past": [entry_of(meeting) for meeting in page],
        "page_obj": page,
    }


def meeting_context(*, meeting: MeetingPage, viewer: Viewer) -> dict[str, Any]:
    """Return facts, agenda by day, the picture of the days and the decisions. Five queries."""
    items = sorted(meeting.agenda.all(), key=lambda item: (item.day, item.starts_at, item.sort_order or 0))
    facts: list[dict[str, Any]] = [
        {
            "label": gettext("Group"),
            "value": meeting.group.short_name,
            "url": pages_of(group_ids=[meeting.group_id], viewer=viewer).get(meeting.group_id, ""),
        },
        {"label": gettext("Where"), "value": meeting.venue},
    ]
    if meeting.led_by:
        facts.append({"label": gettext("Led by"), "value": meeting.led_by})
    if meeting.workshop:
        facts.append({"label": gettext("Workshop"), "value": meeting.workshop})
    facts.append({"label": gettext("State"), "value": meeting.get_status_display()})
    if items:
        facts.append({"label": gettext("Times"), "value": meeting.zone_words})
    return {
        "facts": facts,
        "dates_text": day_range(meeting.starts_on, meeting.ends_on),
        "is_past": meeting.ends_on < clock.today(),
        "is_cancelled": meeting.status == MeetingState.CANCELLED,
        "glance": glance(items),
        "days": days_of(items),
        "decisions": [_decision(decision) for decision in meeting.decisions.all()],
        "materials": materials(meeting=meeting, viewer=viewer),
    }


def materials(*, meeting: MeetingPage, viewer: Viewer) -> list[dict[str, str]]:
    """Return the records that belong to a meeting, as far as the viewer may see them. One query."""
    found = records(viewer).filter(pk__in=meeting.materials.values("pk"))
    return [
        {
            "title": record.title,
            "url": record.url,
            "note": f"{record.kind_text}, {record.date_text}",
            "tlp": record.access_rule.rule.tlp,
        }
        for record in found
    ]


def days_of(items: Iterable[AgendaItem]) -> list[dict[str, Any]]:
    """Return agenda items by day, as `components/agenda.html` draws them."""
    days: dict[dt.date, list[dict[str, Any]]] = defaultdict(list)
    for item in items:
        end = (dt.datetime.combine(item.day, item.starts_at) + dt.timedelta(minutes=item.minutes)).time()
        led = gettext("Led by %(name)s.") % {"name": item.presenter} if item.presenter else ""
        days[item.day].append(
            {
                "start": f"{item.starts_at:%H:%M}",
                "end": f"{end:%H:%M}",
                "kind": item.get_kind_display(),
                "title": item.title,
                "text": " ".join(filter(None, (led, item.text))),
                "outcome": item.outcome,
                "pause": item.kind == ItemKind.BREAK,
            }
        )
    return [{"title": dates.weekday_and_day(day), "slots": slots} for day, slots in sorted(days.items())]


def _decision(decision: Decision) -> dict[str, Any]:
    word = ", ".join(filter(None, (decision.get_progress_display() if decision.progress else "", decision.note)))
    return {
        "title": decision.title,
        "text": decision.owner,
        "mark": {"level": MARKS[Decision.Progress(decision.progress)], "word": word} if decision.progress else None,
        "note": "" if decision.progress else decision.note,
        "is_sample": decision.is_sample,
    }


def upcoming(viewer: Viewer) -> list[Upcoming]:
    """Return the coming meetings for the home page. One query."""
    found = meetings(viewer).filter(ends_on__gte=clock.today()).exclude(status=MeetingState.CANCELLED)
    dated = [
        Upcoming(
            title=meeting.title,
            url=meeting.url,
            date=meeting.starts_on,
            text=meeting.search_description or meeting.lead,
            is_sample=meeting.is_sample,
        )
        for meeting in found.order_by("starts_on", "pk")[:3]
    ]
    # Said to everybody who sees no date, so that it tells nothing of a meeting they may not see.
    return dated or [
        Upcoming(
            gettext("Next meeting of the OC TIG"),
            local("/meetings/"),
            None,
            gettext("To be announced. The last public reports are here."),
        )
    ]


def answers(viewer: Viewer, objective_ids: Sequence[int]) -> Mapping[int, list[Answer]]:
    """Return, for objectives, the meetings whose documents or films answer to them. One query.

    Only what the viewer may see counts: a meeting is not named for a paper that is hidden.
    """
    through = MeetingPage.materials.through
    links = (
        through.objects.filter(
            recordpage__objectives__in=objective_ids,
            recordpage__in=RecordPage.objects.visible_to(viewer).values("pk"),
            meetingpage__in=MeetingPage.objects.visible_to(viewer).values("pk"),
        )
        .select_related("meetingpage__access_rule__rule")
        .annotate(objective=F("recordpage__objectives"))
        .order_by("-meetingpage__starts_on", "meetingpage_id")
    )
    found: dict[int, dict[int, Answer]] = defaultdict(dict)
    for link in links:
        meeting = link.meetingpage
        found[link.objective].setdefault(
            meeting.pk,
            Answer(
                kind="meeting",
                title=meeting.title,
                url=meeting.url,
                tlp=meeting.access_rule.rule.tlp,
                note=gettext("Meeting, %(dates)s") % {"dates": day_range(meeting.starts_on, meeting.ends_on)},
            ),
        )
    return {objective: list(meetings.values()) for objective, meetings in found.items()}


def group_panel(*, viewer: Viewer, group: Any) -> dict[str, Any] | None:
    """Return a group's next meetings and its last ones for its page; None while there is none to see. One query."""
    today = clock.today()
    found = list(meetings(viewer).filter(group=group).order_by("-starts_on", "pk")[:6])
    if not found:
        return None
    return {
        "coming": [entry_of(meeting) for meeting in reversed(found) if meeting.ends_on >= today],
        "past": [entry_of(meeting) for meeting in found if meeting.ends_on < today],
    }
