"""What the site search knows of pages of text, news, the glossary, contact, groups and projects."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.utils.html import strip_tags
from django.utils.text import slugify
from django.utils.translation import gettext_noop

from portal.pages.models import ContactPage, GlossaryPage, GroupPage, NewsPage, ProjectPage, StandardPage, Term
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


def planned(page: GroupPage | ProjectPage) -> list[Part]:
    """Return what is planned for the objectives of a group or project."""
    return [
        Part(plan.text, f"Objective {plan.objective.number}, planned", f"#o{plan.objective.number}")
        for plan in page.plans.select_related("objective")
    ]


def _standard(page: StandardPage, base: Document) -> Document:
    return dataclasses.replace(
        base, summary=base.summary or page.lead, parts=parts_of(page.lead, stream_text(page.body))
    )


def _news(page: NewsPage, base: Document) -> Document:
    return dataclasses.replace(
        base,
        summary=base.summary or page.lead,
        group=page.group.short_name if page.group else "",
        parts=parts_of(page.lead, stream_text(page.body)),
        date=page.date,
        date_text=page.date_text,
    )


def _glossary(page: GlossaryPage, base: Document) -> Document:
    terms = [
        Part(". ".join(filter(None, (it.term, it.aliases, it.short, strip_tags(it.text)))), it.term, f"#{it.slug}")
        for it in Term.objects.order_by("term")
    ]
    return dataclasses.replace(base, summary=base.summary or page.lead, parts=(*parts_of(page.lead), *terms))


def _contact(page: ContactPage, base: Document) -> Document:
    topics = [f"{it.get_about_display()}. {it.answered_by}. {it.text}" for it in page.topics.all()]
    return dataclasses.replace(
        base, summary=base.summary or page.lead, parts=parts_of(page.lead, *topics, stream_text(page.body))
    )


def _group(page: GroupPage, base: Document) -> Document:
    group = page.group
    objectives = [
        Part(f"{it.title}. {it.text}", f"Objective {it.number}", f"#o{it.number}")
        for it in group.objectives.order_by("number")
    ]
    work = [Part(f"{item.title}. {item.text}", "At work now", "#h-k") for item in group.work_items.order_by("order")]
    plans = planned(page)
    return dataclasses.replace(
        base,
        summary=base.summary or page.lead,
        group=group.short_name,
        parts=(*parts_of(page.lead, stream_text(page.body)), *objectives, *work, *plans),
    )


def _project(page: ProjectPage, base: Document) -> Document:
    packages = [
        Part(". ".join(filter(None, (it.title, it.text, it.planned))), it.code, f"#{slugify(it.code)}")
        for it in page.packages.all()
    ]
    plans = planned(page)
    objectives = [
        Part(f"{it.title}. {it.text}", f"Objective {it.number}", f"#o{it.number}")
        for it in page.group.objectives.order_by("number")
    ]
    return dataclasses.replace(
        base,
        summary=base.summary or page.lead,
        group=page.group.short_name,
        parts=(*parts_of(page.lead, stream_text(page.body)), *objectives, *packages, *plans),
    )


registry.register(page_type(model=StandardPage, key="page", label=gettext_noop("Page"), document=_standard))
registry.register(page_type(model=NewsPage, key="news", label=gettext_noop("News"), document=_news))
registry.register(page_type(model=GlossaryPage, key="glossary", label=gettext_noop("Glossary"), document=_glossary))
registry.register(page_type(model=ContactPage, key="contact", label=gettext_noop("Contact"), document=_contact))
registry.register(page_type(model=GroupPage, key="group", label=gettext_noop("Group"), document=_group))
registry.register(page_type(model=ProjectPage, key="project", label=gettext_noop("Project"), document=_project))
