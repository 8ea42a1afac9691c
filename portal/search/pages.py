"""Search types of Wagtail pages: published pages under their rule, described by one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wagtail.models import Page

from portal.access.clock import BRUSSELS
from portal.access.pages import visible_pages
from portal.access.viewer import Viewer
from portal.search.registry import Document, SearchType, document_id


def page_type(
    *,
    model: type[Page],
    key: str,
    label: str,
    document: Callable[[Any, Document], Document],
    kinds: Mapping[str, str] | None = None,
) -> SearchType:
    """Return the search type of a page model.

    `document(page, base)` gets the page and a document that has its id, kind, title, address, label, principals, day
    of first publication and search description, and returns it with the rest filled in (`dataclasses.replace`).
    Unpublished pages and pages without an access rule have no document.
    """

    def queryset_for(viewer: Viewer) -> Any:
        return visible_pages(viewer=viewer, pages=model._default_manager.all())

    def documents(pks: Sequence[Any]) -> Iterator[Document]:
        pages = model._default_manager.filter(pk__in=pks, live=True, access_rule__isnull=False)
        for page in pages.select_related("access_rule__rule", "locale"):
            yield document(page, _base(page, key))

    return SearchType(
        key=key,
        label=label,
        model=model._meta.label,
        queryset_for=queryset_for,
        documents=documents,
        kinds=kinds or {},
    )


def _base(page: Page, kind: str) -> Document:
    rule = page.access_rule.rule
    published = page.first_published_at
    return Document(
        id=document_id(page),
        kind=kind,
        title=page.title,
        url=page.url or "",
        tlp=rule.tlp,
        principals=rule.principals,
        summary=page.search_description,
        language=page.locale.language_code[:2],
        date=published.astimezone(BRUSSELS).date() if published else None,
    )
