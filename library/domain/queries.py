"""Reads that the library's pages need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import get_language_info, gettext, ngettext

from library.models import Kind, LessonPage, RecordPage, SOPPage, VideoPage
from portal.access.viewer import Viewer
from portal.community.models import Objective
from portal.pages.domain.groups import pages_of
from portal.pages.registries import Answer
from portal.web import dates
from portal.web.once import shared

#: Kinds that do not count as results on the home page: they are not made by a group for readers.
NO_RESULTS = (Kind.LESSON, Kind.VIDEO, Kind.SOP)
#: As what a record answers to an objective; all other kinds are documents.
ANSWERS_AS = {Kind.VIDEO: "film", Kind.LESSON: "lesson"}


def entry_of(record: RecordPage) -> dict[str, Any]:
    """Return a record as a row of a list; it must come with `access_rule__rule` selected."""
    return {
        "title": record.title,
        "url": record.url,
        "date": record.dated_on,
        "date_text": record.date_text,
        "text": record.search_description or record.abstract,
        "kind": gettext("%(kind)s, sample") % {"kind": record.kind_text} if record.is_sample else record.kind_text,
        "tlp": record.access_rule.rule.tlp,
        "lang": record.language if record.language != "en" else "",
    }


def records(viewer: Viewer) -> QuerySet[RecordPage]:
    """Return the records the viewer may see, the newest first, ready to be listed."""
    return RecordPage.objects.visible_to(viewer).select_related("access_rule__rule").order_by("-dated_on", "identifier")


@shared
def front(viewer: Viewer) -> list[RecordPage]:
    """Return the three newest results of the groups and the first four films, for the home page. One query for both."""
    visible = RecordPage.objects.visible_to(viewer)
    results = visible.exclude(kind__in=NO_RESULTS).order_by("-dated_on", "identifier").values("pk")[:3]
    films = visible.filter(kind=Kind.VIDEO).order_by("identifier").values("pk")[:4]
    return list(records(viewer).filter(Q(pk__in=results) | Q(pk__in=films)))


def newest(*, viewer: Viewer) -> list[dict[str, Any]]:
    """Return the newest results of the groups, without films, procedures and lessons."""
    return [entry_of(record) for record in front(viewer) if record.kind not in NO_RESULTS]


def films(*, viewer: Viewer) -> list[dict[str, Any]]:
    """Return the first films by their identifier."""
    found = sorted((record for record in front(viewer) if record.kind == Kind.VIDEO), key=lambda film: film.identifier)
    return [{"title": film.title, "url": film.url} for film in found]


def record_context(*, record: RecordPage, viewer: Viewer, library: str) -> dict[str, Any]:
    """Return a record's facts and what is related to it, within what the viewer may see. Six queries.

    `library` is the address of the list that topics and scenarios link to.
    """
    topics, scenarios = list(record.topics.all()), list(record.scenarios.all())
    objectives = list(record.objectives.select_related("group").order_by("group_id", "number"))
    groups = {objective.group_id for objective in objectives} | {record.group_id} - {None}
    pages = pages_of(group_ids=groups, viewer=viewer) if groups else {}
    facts = [*_own_facts(record)]
    if record.creators:
        facts.append({"label": gettext("By"), "value": record.creators})
    if record.group is not None:
        facts.append(
            {"label": gettext("Kept by"), "value": record.group.short_name, "url": pages.get(record.group_id, "")}
        )
    facts += _terms(ngettext("Scenario", "Scenarios", len(scenarios)), "scenario", scenarios, library)
    facts += _terms(ngettext("Topic", "Topics", len(topics)), "topic", topics, library)
    if objectives:
        facts.append(
            {
                "label": ngettext("Objective", "Objectives", len(objectives)),
                "links": objective_links(objectives, pages),
            }
        )
    facts.append({"label": gettext("Identifier"), "value": record.identifier})
    return {"facts": facts, "related": related(record=record, viewer=viewer)}


def _own_facts(record: RecordPage) -> list[dict[str, Any]]:
    """Return what a record's own type says of it first: version and review of a procedure, length of a film."""
    if isinstance(record, SOPPage):
        version = str(record.version)
        if record.in_force_since:
            words = {"version": version, "day": dates.day(record.in_force_since)}
            version = gettext("%(version)s, since %(day)s") % words
        review = dates.day(record.review_by) if record.review_by else gettext("No date set")
        return [
            {"label": gettext("Version"), "value": version},
            {"label": gettext("Review by"), "value": review},
        ]
    facts = [
        {"label": gettext("Date"), "value": record.date_text},
        {"label": gettext("Language"), "value": language_name(record.language)},
    ]
    if isinstance(record, VideoPage):
        facts.append({"label": gettext("Length"), "value": record.duration_text or gettext("Not known")})
        if record.published_in or record.published_url:
            where = record.published_in or urlsplit(record.published_url).netloc
            facts.append({"label": gettext("Published in"), "value": where, "url": record.published_url})
    return facts


def language_name(code: str) -> str:
    """Return the English name of a language by its ISO 639-1 code; the code itself where Django has no name for it."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


def objective_links(objectives: Sequence[Objective], pages: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return ("OC TIG 3", address) for objectives; the group is named once, in front of its first objective.

    `pages` are the addresses of the groups' pages by key; an objective of a group without one stays words.
    """
    links: list[tuple[str, str]] = []
    named: set[int] = set()
    for objective in objectives:
        first = objective.group_id not in named
        named.add(objective.group_id)
        words = f"{objective.group.short_name} {objective.number}" if first else str(objective.number)
        page = pages.get(objective.group_id, "")
        links.append((words, f"{page}#o{objective.number}" if page else ""))
    return links


def _terms(label: str, name: str, terms: Sequence[Any], library: str) -> list[dict[str, Any]]:
    """Return one fact for the terms of a vocabulary, each a link to the list that it narrows."""
    if not terms:
        return []
    links = [(term.name, f"{library}?{name}={term.slug}" if library else "") for term in terms]
    return [{"label": label, "links": links}]


def related(*, record: RecordPage, viewer: Viewer, limit: int = 6) -> list[dict[str, str]]:
    """Return the records that this one names, or that name it, as far as the viewer may see them. One query."""
    through = RecordPage.related.through.objects
    named = through.filter(from_recordpage=record.pk).values("to_recordpage")
    naming = through.filter(to_recordpage=record.pk).values("from_recordpage")
    found = RecordPage.objects.visible_to(viewer).filter(Q(pk__in=named) | Q(pk__in=naming)).exclude(pk=record.pk)
    return [
        {"title": other.title, "url": other.url, "note": f"{other.kind_text}, {other.date_text}"}
        for other in found.order_by("-dated_on", "identifier")[:limit]
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
                kind=ANSWERS_AS.get(Kind(record.kind), "document"),
                title=record.title,
                url=record.url,
                tlp=record.access_rule.rule.tlp,
                note=f"{record.kind_text}, {record.date_text}",
            )
        )
    return found


def group_results(*, group: Any, viewer: Viewer, limit: int = 4) -> list[dict[str, Any]]:
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
    source = gettext("From a week in %(city)s") % {"city": centre.city} if centre else gettext("From an exchange")
    return {"credit": ", ".join(filter(None, (name, lesson.author_credit))), "source": source, "centre": centre}


def shelf_context(*, viewer: Viewer, query: QueryDict) -> dict[str, Any]:
    """Return a page of the lessons that the viewer may see."""
    page = Paginator(lessons(viewer=viewer), 20).get_page(query.get("page"))
    return {"page_obj": page, "entries": [entry_of(lesson) for lesson in page]}
