"""Reads that the pages of pilots need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext

from events.pilots.domain.measures import REQUIRED_SCENARIOS, Comparison, by_scenario, compare, scenario_rule
from events.pilots.domain.pictures import matrix, medians, ranges
from events.pilots.models import PilotPage, PilotRun
from library.domain.queries import objective_links
from portal.access.viewer import Viewer
from portal.pages.domain.groups import pages_of
from portal.pages.registries import Answer
from portal.web import dates
from portal.web.tables import Cell, Column, Table
from portal.web.words import counted

#: Pilots on a page of the list.
PAGE_SIZE = 20


def pilots(viewer: Viewer) -> Any:
    """Return the pilots that the viewer may see, with rule and group, the latest first."""
    return (
        PilotPage.objects.visible_to(viewer)
        .in_language()
        .select_related("access_rule__rule", "group")
        .order_by("-starts_on", "pk")
    )


def entry_of(pilot: PilotPage) -> dict[str, Any]:
    """Return a pilot as a row of a list."""
    return {
        "title": pilot.title,
        "url": pilot.url,
        "date": pilot.starts_on,
        "date_text": dates.month_year(pilot.starts_on),
        "text": pilot.search_description or pilot.question,
        "kind": pilot.get_status_display().split(", ")[-1].capitalize(),
        "tlp": pilot.access_rule.rule.tlp,
    }


def index_context(*, viewer: Viewer, query: QueryDict) -> dict[str, Any]:
    """Return a page of the pilots that the viewer may see. Two queries."""
    page = Paginator(pilots(viewer), PAGE_SIZE).get_page(query.get("page"))
    return {"entries": [entry_of(pilot) for pilot in page], "page_obj": page}


def period(pilot: PilotPage) -> str:
    """Return "2 March to 18 September 2026", or the first day while a pilot runs."""
    if pilot.ends_on is None:
        return gettext("Since %(day)s") % {"day": dates.day(pilot.starts_on)}
    return dates.span(pilot.starts_on, pilot.ends_on)


def pilot_context(*, pilot: PilotPage, viewer: Viewer) -> dict[str, Any]:
    """Return facts, rule, measures, pictures, tables and needs of a pilot. Six queries."""
    centres = list(pilot.centres.select_related("country").order_by("pk"))
    runs = list(pilot.runs.select_related("scenario").order_by("date", "pk"))
    names = {centre.pk: centre.city for centre in centres}
    grouped = [(found[0].scenario, found) for _, found in by_scenario(runs)]
    comparisons = [made for scenario, found in grouped if (made := compare(scenario.short_name, found))]
    total = compare("All", runs)
    rule = scenario_rule(runs)
    objectives = list(pilot.objectives.select_related("group").order_by("group_id", "number"))
    groups = {pilot.group_id, *(objective.group_id for objective in objectives)}
    pages = pages_of(group_ids=groups, viewer=viewer)
    facts: list[dict[str, Any]] = [
        {"label": gettext("Group"), "value": pilot.group.short_name, "url": pages.get(pilot.group_id, "")},
        {"label": gettext("When"), "value": period(pilot)},
        {"label": gettext("Centres"), "value": ", ".join(names.values()) or gettext("Not yet named")},
        {"label": gettext("Scenarios"), "value": rule.text},
        {"label": gettext("Messages"), "value": _messages(total, pilot)},
        {"label": gettext("Objectives"), "links": objective_links(objectives, pages)}
        if objectives
        else {"label": gettext("Objectives"), "value": gettext("None named")},
    ]
    return {
        "facts": facts,
        "rule": rule,
        "total": total,
        "matrices": [matrix(scenario.short_name, found, centres) for scenario, found in grouped],
        "pairs": _pairs(grouped, names),
        "ranges": ranges(comparisons),
        "table": _table(comparisons, total),
        "needs": list(pilot.needs.all()),
    }


def _messages(total: Comparison | None, pilot: PilotPage) -> str:
    if total is None:
        return gettext("None sent yet")
    usual = total.baseline.count if total.baseline else 0
    words = {"count": total.solution.count, "solution": pilot.solution, "usual": usual}
    return gettext("%(count)s by %(solution)s, %(usual)s by the usual channel") % words


def _pairs(grouped: Sequence[tuple[Any, Sequence[PilotRun]]], names: Mapping[int, str]) -> dict[str, Any]:
    """Return the matrices as one table: a row for each pair of centres, a column for each scenario."""
    values = [medians(found) for _, found in grouped]
    pairs = [(a, b) for a in names for b in names if a != b]
    return {
        "headers": ["From, to", *(scenario.short_name for scenario, _ in grouped)],
        "rows": [
            (f"{names[a]}, {names[b]}", *(f"{v[a, b]:.1f}" if (a, b) in v else "not tried" for v in values))
            for a, b in pairs
        ],
    }


def _table(comparisons: Sequence[Comparison], total: Comparison | None) -> Table | None:
    """Return medians, ranges and counts as a table."""
    if total is None:
        return None
    return Table(
        "Median minutes until acknowledged, range and number of messages",
        [
            Column("Scenario", heads=True),
            Column("Solution, median and range", end=True),
            Column("Usual channel", small_label="Usual:"),
            Column("Messages", number=True, end=True, small_label="n ="),
        ],
        [
            [
                Cell(it.name),
                Cell(f"{it.solution.text} min", soft=it.solution.range_text),
                Cell(f"{it.baseline.text} min", soft=it.baseline.range_text) if it.baseline else Cell("not measured"),
                Cell(f"{it.solution.count} + {it.baseline.count if it.baseline else 0}"),
            ]
            for it in (*comparisons, total)
        ],
    )


def answers(viewer: Viewer, objective_ids: Sequence[int]) -> Mapping[int, list[Answer]]:
    """Return, for objectives, the pilots that answer to them, within what the viewer may see. One query."""
    links = (
        PilotPage.objectives.through.objects.filter(
            objective_id__in=objective_ids, pilotpage__in=PilotPage.objects.visible_to(viewer).values("pk")
        )
        .select_related("pilotpage__access_rule__rule")
        .order_by("-pilotpage__starts_on", "pilotpage_id")
    )
    found: dict[int, list[Answer]] = {}
    for link in links:
        pilot = link.pilotpage
        found.setdefault(link.objective_id, []).append(
            Answer("pilot", pilot.title, pilot.url, pilot.access_rule.rule.tlp, pilot.get_status_display())
        )
    return found


def rule_figure(*, viewer: Viewer) -> dict[str, Any]:
    """Return the rule of scenarios as a figure for the home page."""
    return {
        "figure": {"value": REQUIRED_SCENARIOS, "label": gettext("scenarios at least in every action plan for pilots")}
    }


def group_panel(*, viewer: Viewer, group: Any) -> dict[str, Any] | None:
    """Return a group's pilots for its page; None while there is none to see. One query."""
    found = [entry_of(pilot) for pilot in pilots(viewer).filter(group=group)[:6]]
    return {"entries": found, "text": counted(len(found), "pilot")} if found else None
