"""Reads that the library's pages need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict

from library.models import Kind, LessonPage, RecordPage
from portal.access.viewer import Viewer
from portal.community.models import Objective
from portal.pages.registries import Answer

#: Kinds that do not count as results on the home page: they are not made by a group for readers.
NO_RESULTS = (Kind.LESSON, Kind.VIDEO, Kind.SOP)


def entry_of(record: RecordPage) -> dict[str, Any]:
    """Return a record as a row of a list; it must come with `access_rule__rule` selected."""
    return {
        "title": record.title,
        "url": record.url,
        "date": record.dated_on,
        "date_text": record.date_text,
        "text": record.search_description or record.abstract,
        "kind": f"{record.kind_text}, sample" if record.is_sample else record.kind_text,
        "tlp": record.access_rule.rule.tlp,
        "lang": record.language if record.language != "en" else "",
    }


def records(viewer: Viewer) -> QuerySet[RecordPage]:
    """Return the records the viewer may see, the newest first, ready to be listed."""
    return RecordPage.objects.visible_to(viewer).select_related("access_rule__rule").order_by("-dated_on", "identifier")


def newest(*, viewer: Viewer, limit: int = 5) -> list[dict[str, Any]]:
    """Return the newest results of the groups, without films, procedures and lessons. One query."""
    return [entry_of(record) for record in records(viewer).exclude(kind__in=NO_RESULTS)[:limit]]


def films(*, viewer: Viewer, limit: int = 4) -> list[dict[str, Any]]:
    """Return films by their identifier. One query."""
    found = RecordPage.objects.visible_to(viewer).filter(kind=Kind.VIDEO).order_by("identifier")[:limit]
    return [{"title": film.title, "url": film.url} for film in found]


def record_context(*, record: RecordPage, viewer: Viewer, library: str) -> dict[str, Any]:
    """Return a record's facts and what is related to it, within what the viewer may see. Five queries.

    `library` is the address of the list that a single topic or scenario links to.
    """
    topics, scenarios = list(record.topics.all()), list(record.scenarios.all())
    objectives = list(record.objectives.select_related("group").order_by("group_id", "number"))
    facts: list[dict[str, Any]] = [
        {"label": "Identifier", "value": record.identifier},
        {"label": "Date", "value": record.date_text},
    ]
    if record.creators:
        facts.append({"label": "By", "value": record.creators})
    if record.group is not None:
        facts.append({"label": "Kept by", "value": record.group.short_name})
    facts += _terms("Scenario", "scenario", scenarios, library)
    facts += _terms("Topic", "topic", topics, library)
    if objectives:
        facts.append({"label": "Objective" if len(objectives) == 1 else "Objectives", "value": _numbers(objectives)})
    return {"facts": facts, "related": related(record=record, viewer=viewer)}


def _numbers(objectives: Sequence[Objective]) -> str:
    """Return "OC TIG 3, 6; QROC 1" for objectives in the order of their groups."""
    by_group: dict[str, list[str]] = {}
    for objective in objectives:
        by_group.setdefault(objective.group.short_name, []).append(str(objective.number))
    return "; ".join(f"{group} {', '.join(numbers)}" for group, numbers in by_group.items())


def _terms(label: str, name: str, terms: Sequence[Any], library: str) -> list[dict[str, str]]:
    """Return one fact for the terms of a vocabulary; a single term links to the list that it narrows."""
    if not terms:
        return []
    if len(terms) == 1:
        return [{"label": label, "value": terms[0].name, "url": f"{library}?{name}={terms[0].slug}"}]
    return [{"label": f"{label}s", "value": ", ".join(term.name for term in terms)}]


def related(*, record: RecordPage, viewer: Viewer, limit: int = 6) -> list[dict[str, str]]:
    """Return the records that this one names, or that name it, as far as the viewer may see them. One query."""
    chosen = RecordPage.objects.visible_to(viewer).exclude(pk=record.pk)
    found = chosen.filter(pk__in=record.related.values("pk")) | chosen.filter(related=record.pk)
    return [
        {"title": other.title, "url": other.url, "note": f"{other.kind_text}, {other.date_text}"}
        for other in found.distinct().order_by("-dated_on", "identifier")[:limit]
    ]


def answers(viewer: Viewer, objective_ids: Sequence[int]) -> Mapping[int, list[Answer]]:
    """Return, for objectives, the records that answer to them, within what the viewer may see. One query."""
    links = (
        RecordPage.objectives.through.objects.filter(
            objective_id__in=objective_ids, recordpage__in=RecordPage.objects.visible_to(viewer).values("pk")
        )
        .select_related("recordpage__access_rule__rule")
        .order_by("-recordpage__dated_on", "recordpage__identifier")
    )
    found: dict[int, list[Answer]] = {}
    for link in links:
        record = link.recordpage
        found.setdefault(link.objective_id, []).append(
            Answer(
                kind="film" if record.kind == Kind.VIDEO else "document",
                title=record.title,
                url=record.url,
                tlp=record.access_rule.rule.tlp,
                note=f"{record.kind_text}, {record.date_text}",
            )
        )
    return found


def group_results(*, group: Any, viewer: Viewer, limit: int = 6) -> list[dict[str, Any]]:
    """Return the newest records of a group, films among them. One query."""
    return [entry_of(record) for record in records(viewer).filter(group=group).exclude(kind=Kind.LESSON)[:limit]]


def lessons(*, viewer: Viewer) -> QuerySet[LessonPage]:
    """Return the lessons on the shelf that the viewer may see, the newest first."""
    return (
        LessonPage.objects.visible_to(viewer)
        .select_related("access_rule__rule", "centre__country")
        .order_by("-dated_on", "-identifier")
    )


def lesson_context(*, lesson: LessonPage, viewer: Viewer) -> dict[str, Any]:
    """Return where a lesson comes from. The author's name is for members; others read function and country."""
    centre, author = lesson.centre, lesson.author
    name = author.name if author is not None and viewer.is_member else ""
    source = f"From a week in {centre.city}" if centre else "From an exchange"
    return {"credit": ", ".join(filter(None, (name, lesson.author_credit))), "source": source, "centre": centre}


def shelf_context(*, viewer: Viewer, query: QueryDict) -> dict[str, Any]:
    """Return a page of the lessons that the viewer may see."""
    page = Paginator(lessons(viewer=viewer), 20).get_page(query.get("page"))
    return {"page_obj": page, "entries": [entry_of(lesson) for lesson in page]}
