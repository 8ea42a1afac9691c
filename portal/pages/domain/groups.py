"""What group and project pages show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, gettext_noop
from wagtail.models import Page

from portal.access.pages import visible_pages
from portal.access.viewer import Viewer
from portal.community.models import Group, Objective
from portal.pages.domain.news import newest
from portal.pages.registries import Answer, answers_for
from portal.web.charts import member_map
from portal.web.registries import panels_for
from portal.web.words import counted, numbered

if TYPE_CHECKING:
    from portal.pages.models import GroupIndexPage, GroupPage, ProjectPage, WorkPackage
    from portal.pages.models.groups import Plan

#: Kinds of answers in the order in which their squares stand; the mark is the square's class.
KINDS = (
    (gettext_noop("document"), ""),
    (gettext_noop("film"), "v"),
    (gettext_noop("pilot"), "p"),
    (gettext_noop("lesson"), "l"),
    (gettext_noop("meeting"), "m"),
)
#: A count of each kind, in the page's language.
TALLIES: dict[str, Callable[[int], str]] = {
    "document": lambda number: numbered(number, "%(n)s document", "%(n)s documents"),
    "film": lambda number: numbered(number, "%(n)s film", "%(n)s films"),
    "pilot": lambda number: numbered(number, "%(n)s pilot", "%(n)s pilots"),
    "lesson": lambda number: numbered(number, "%(n)s lesson", "%(n)s lessons"),
    "meeting": lambda number: numbered(number, "%(n)s meeting", "%(n)s meetings"),
}


def results_of(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return results as squares, in words and as a list, each once: `answers`, `squares`, `tally`."""
    by_url = {answer.url: answer for answer in answers}
    order = {kind: place for place, (kind, _) in enumerate(KINDS)}
    once = sorted(by_url.values(), key=lambda answer: order[answer.kind])
    return {"answers": once, "squares": [dict(KINDS)[answer.kind] for answer in once], "tally": tally(once)}


def goals_of(
    *, objectives: Sequence[Objective], answers: Mapping[int, Sequence[Answer]], plans: Iterable[Plan]
) -> list[dict[str, Any]]:
    """Return the objectives, each with its results and with what is planned."""
    planned: dict[int, list[str]] = defaultdict(list)
    for plan in plans:
        planned[plan.objective_id].append(plan.text)
    return [
        {
            "number": objective.number,
            "title": objective.title,
            "text": objective.text,
            "planned": planned[objective.pk],
            **results_of(answers[objective.pk]),
        }
        for objective in objectives
    ]


def key_kinds(results: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return (kind, mark) of every kind that stands among results, for the key of the squares."""
    seen = {answer.kind for result in results for answer in result["answers"]}
    return [(kind, mark) for kind, mark in KINDS if kind in seen]


def tally(answers: Sequence[Answer]) -> str:
    """Return "4 documents, 1 film" for what answers to an objective; empty for nothing."""
    counts = Counter(answer.kind for answer in answers)
    return ", ".join(TALLIES[kind](counts[kind]) for kind, _ in KINDS if counts[kind])


def group_context(*, page: GroupPage, viewer: Viewer) -> dict[str, Any]:
    """Return a group's objectives, work and panels; its members only for a verified member of the community."""
    group = page.group
    objectives = list(group.objectives.order_by("number"))
    facts = [(gettext("Leader"), group.leader_name)] if group.leader_name else []
    if page.founded_by:
        facts.append((gettext("Founded by"), page.founded_by))
    answers = answers_for(viewer, [objective.pk for objective in objectives]) if objectives else {}
    goals = goals_of(objectives=objectives, answers=answers, plans=page.plans.all())
    return {
        "group": group,
        "facts": facts,
        "goals": goals,
        "kinds": key_kinds(goals),
        "work_items": list(group.work_items.order_by("order")),
        "panels": panels_for("group", viewer, group=group),
        "news": newest(viewer=viewer, group=group),
        **(members_context(group) if viewer.is_member else {"members": None}),
    }


def members_context(group: Group) -> dict[str, Any]:
    """Return the active members of a group, as a list and on the map, for members' eyes. One query."""
    people = list(
        group.members.filter(active=True).select_related("country", "centre").order_by("country__name", "name")
    )
    counts = Counter(person.country_id for person in people)
    return {
        "members": [
            {
                "name": person.name,
                "role": person.function,
                "place": f"{person.centre.city}, {person.country.name}" if person.centre else person.country.name,
            }
            for person in people
        ],
        "members_are_sample": any(person.is_sample for person in people),
        "member_map": member_map(counts) if people else None,
        "map_caption": f"{counted(len(people), 'member')} from {counted(len(counts), 'country', 'countries')}; "
        "a circle without a figure is one person.",
    }


def project_context(*, page: ProjectPage, viewer: Viewer) -> dict[str, Any]:
    """Return a project's facts, objectives and work packages, each with its results and with what is planned.

    Beside the answers of each source: three queries for objectives, packages and plans, one for the objectives that
    packages name.
    """
    objectives = list(page.group.objectives.order_by("number"))
    facts: list[Any] = []
    if page.number:
        facts.append((gettext("Project"), page.number))
    if page.months:
        facts.append((gettext("Duration"), numbered(page.months, "%(n)s month", "%(n)s months")))
    if page.funding:
        facts.append((gettext("Funded by"), page.funding))
    if page.website:
        facts.append(
            {"label": gettext("On the web"), "value": page.website.split("//")[-1].rstrip("/"), "url": page.website}
        )
    packages = list(page.packages.all())
    named = _named_by(packages)
    # What answers to the project's objectives and to those that its packages name is asked for once.
    wanted = {objective.pk for objective in objectives} | {pk for pks in named.values() for pk in pks}
    answers = answers_for(viewer, sorted(wanted)) if wanted else {}
    goals = goals_of(objectives=objectives, answers=answers, plans=page.plans.all())
    work = [
        {
            "package": package,
            **results_of([answer for pk in named.get(package.pk, ()) for answer in answers[pk]]),
        }
        for package in packages
    ]
    return {
        "group": page.group,
        "facts": facts,
        "goals": goals,
        "kinds": key_kinds([*goals, *work]),
        "packages": work,
        "news": newest(viewer=viewer, group=page.group),
    }


def _named_by(packages: Sequence[WorkPackage]) -> dict[int, list[int]]:
    """Return the objectives that packages name, keys by keys. One query; a preview's unsaved packages name none."""
    from portal.pages.models import WorkPackage  # late: the models import this module

    through = WorkPackage.objectives.through
    keys = [package.pk for package in packages if package.pk]
    found: dict[int, list[int]] = defaultdict(list)
    rows = through.objects.filter(workpackage_id__in=keys).order_by("objective__group_id", "objective__number")
    for package, objective in rows.values_list("workpackage_id", "objective_id"):
        found[package].append(objective)
    return found


def page_of(*, group: Group, viewer: Viewer) -> str:
    """Return the address of a group's or project's page; empty where the viewer sees none. One query, two at most."""
    from portal.pages.models import GroupPage, ProjectPage  # late: the models import this module

    model: type[GroupPage | ProjectPage] = ProjectPage if group.kind == Group.Kind.PROJECT else GroupPage
    found = model.objects.visible_to(viewer).filter(group=group).first()
    return (found.url or "") if found else ""


def pages_of(*, group_ids: Collection[int], viewer: Viewer) -> dict[int, str]:
    """Return the addresses of the pages of groups and projects, by the group's key, as far as the viewer sees them.

    One query.
    """
    either = Q(grouppage__group__in=group_ids) | Q(projectpage__group__in=group_ids)
    found = visible_pages(viewer=viewer, pages=Page.objects.filter(either)).annotate(
        group_key=Coalesce("grouppage__group_id", "projectpage__group_id")
    )
    return {page.group_key: page.url or "" for page in found}


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
