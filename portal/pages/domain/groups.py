"""What group and project pages show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from portal.access.viewer import Viewer
from portal.community.models import Group, Objective
from portal.pages.registries import Answer, answers_for
from portal.web.charts import member_map
from portal.web.registries import panels_for
from portal.web.tables import Column, Table
from portal.web.words import counted

if TYPE_CHECKING:
    from portal.pages.models import GroupIndexPage, GroupPage, ProjectPage

#: Kinds of answers in the order in which their squares stand; the mark is the square's class.
KINDS = (("document", ""), ("film", "v"), ("pilot", "p"))


def goals_of(*, objectives: Sequence[Objective], viewer: Viewer) -> list[dict[str, Any]]:
    """Return the objectives, each with what answers to it, as squares and as a list."""
    answers = answers_for(viewer, [objective.pk for objective in objectives])
    return [
        {
            "number": objective.number,
            "title": objective.title,
            "text": objective.text,
            "answers": answers[objective.pk],
            "squares": [mark for kind, mark in KINDS for answer in answers[objective.pk] if answer.kind == kind],
            "tally": tally(answers[objective.pk]),
        }
        for objective in objectives
    ]


def tally(answers: Sequence[Answer]) -> str:
    """Return "4 documents, 1 film" for what answers to an objective; empty for nothing."""
    counts = Counter(answer.kind for answer in answers)
    return ", ".join(counted(counts[kind], kind) for kind, _ in KINDS if counts[kind])


def group_context(*, page: GroupPage, viewer: Viewer) -> dict[str, Any]:
    """Return a group's objectives, work and panels; its members only for a verified member of the community."""
    group = page.group
    objectives = list(group.objectives.order_by("number"))
    facts = [("Leader", group.leader_name)] if group.leader_name else []
    if page.founded_by:
        facts.append(("Founded by", page.founded_by))
    return {
        "group": group,
        "facts": facts,
        "goals": goals_of(objectives=objectives, viewer=viewer),
        "work_items": list(group.work_items.order_by("order")),
        "panels": panels_for("group", viewer, group=group),
        **(members_context(group) if viewer.is_member else {"members": None}),
    }


def members_context(group: Group) -> dict[str, Any]:
    """Return the active members of a group, as a table and on the map, for members' eyes. One query."""
    people = list(
        group.members.filter(active=True).select_related("country", "centre").order_by("country__name", "name")
    )
    counts = Counter(person.country_id for person in people)
    table = Table(
        "Members of the group",
        [Column("Name", heads=True), Column("Country", end=True), Column("Function"), Column("Centre", end=True)],
        [
            (person.name, person.country.name, person.function, person.centre.city if person.centre else "")
            for person in people
        ],
    )
    return {
        "members": people,
        "members_table": table,
        "members_are_sample": any(person.is_sample for person in people),
        "member_map": member_map(counts) if people else None,
        "map_caption": f"{counted(len(people), 'member')} from {counted(len(counts), 'country', 'countries')}; "
        "a circle without a figure is one person.",
    }


def project_context(*, page: ProjectPage, viewer: Viewer) -> dict[str, Any]:
    """Return a project's facts, objectives and work packages."""
    objectives = list(page.group.objectives.order_by("number"))
    facts: list[Any] = []
    if page.number:
        facts.append(("Project", page.number))
    if page.months:
        facts.append(("Duration", f"{page.months} months"))
    if page.funding:
        facts.append(("Funded by", page.funding))
    if page.website:
        facts.append({"label": "On the web", "value": page.website.split("//")[-1].rstrip("/"), "url": page.website})
    return {
        "group": page.group,
        "facts": facts,
        "goals": goals_of(objectives=objectives, viewer=viewer),
        "packages": list(page.packages.all()),
    }


def groups_context(*, page: GroupIndexPage, viewer: Viewer) -> dict[str, Any]:
    """Return the group pages and the project pages that the viewer may see."""
    from portal.pages.models import GroupPage, ProjectPage  # late: the models import this module

    def entries(model: type[GroupPage | ProjectPage]) -> list[dict[str, Any]]:
        found = model.objects.visible_to(viewer).child_of(page).select_related("group")
        return [
            {"title": child.title, "url": child.url, "text": child.group.summary or child.lead}
            for child in found.order_by("path")
        ]

    return {"groups": entries(GroupPage), "projects": entries(ProjectPage)}
