"""What the site search knows of pages of text, groups and projects."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.html import strip_tags

from portal.pages.models import GroupPage, ProjectPage, StandardPage
from portal.search import registry
from portal.search.pages import page_type
from portal.search.registry import Document, Part


def stream_text(value: Any) -> str:
    """Return the words of a StreamField's value, without markup."""
    field = value.stream_block if value is not None else None
    found = field.get_searchable_content(value) if field is not None else []
    return strip_tags(" ".join(str(piece) for piece in found))


def parts_of(*texts: str) -> tuple[Part, ...]:
    """Return texts as parts of a document, without empty ones."""
    return tuple(Part(text) for text in texts if text.strip())


def _standard(page: StandardPage, base: Document) -> Document:
    return dataclasses.replace(
        base, summary=base.summary or page.lead, parts=parts_of(page.lead, stream_text(page.body))
    )


def _group(page: GroupPage, base: Document) -> Document:
    group = page.group
    objectives = [
        Part(f"{it.title}. {it.text}", f"Objective {it.number}", f"#o{it.number}")
        for it in group.objectives.order_by("number")
    ]
    work = [Part(f"{item.title}. {item.text}", "At work now", "#h-k") for item in group.work_items.order_by("order")]
    return dataclasses.replace(
        base,
        summary=base.summary or page.lead,
        group=group.short_name,
        parts=(*parts_of(page.lead, stream_text(page.body)), *objectives, *work),
    )


def _project(page: ProjectPage, base: Document) -> Document:
    packages = [Part(f"{it.title}. {it.text}", it.code, "#h-w") for it in page.packages.all()]
    objectives = [
        Part(f"{it.title}. {it.text}", f"Objective {it.number}", f"#o{it.number}")
        for it in page.group.objectives.order_by("number")
    ]
    return dataclasses.replace(
        base,
        summary=base.summary or page.lead,
        group=page.group.short_name,
        parts=(*parts_of(page.lead, stream_text(page.body)), *objectives, *packages),
    )


registry.register(page_type(model=StandardPage, key="page", label="Page", document=_standard))
registry.register(page_type(model=GroupPage, key="group", label="Group", document=_group))
registry.register(page_type(model=ProjectPage, key="project", label="Project", document=_project))
