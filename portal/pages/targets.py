"""The pages that blocks point to, as far as the viewer may see them: one question for a whole page of blocks."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.text import capfirst
from wagtail.fields import StreamField
from wagtail.models import Page

from portal.access.pages import visible_pages
from portal.access.viewer import ANONYMOUS
from portal.web import languages


@dataclass(frozen=True)
class Target:
    """A page to go on to. `note` says what kind of page it is; the names fit the components `files` and `linked`."""

    title: str
    url: str
    text: str
    note: str
    tlp: str


def targets_for(keys: Collection[int], context: Mapping[str, Any]) -> list[Target]:
    """Return the pages of `keys` that whoever asks may see, in that order; what is hidden is left out without a word.

    `context` is that of the page's template. All blocks of a page are answered by one query, kept on the request.
    """
    request, page = context.get("request"), context.get("page")
    known: dict[int, Target | None] = getattr(request, "block_targets", {})
    unknown = set(keys) - known.keys()
    if unknown:
        # A key that is asked and not found is kept as None: it is hidden, and is not asked for again.
        wanted = unknown.union(_pointed_at(page))
        known = known | dict.fromkeys(wanted) | _visible(wanted, request)
        if request is not None:
            request.block_targets = known
    return [target for key in keys if (target := known[key]) is not None]


def _pointed_at(page: Any) -> Iterator[int]:
    """Yield the keys of all pages that the blocks of `page` point to."""
    if not isinstance(page, Page):
        return
    for field in page._meta.get_fields():
        value = getattr(page, field.name, None) if isinstance(field, StreamField) else None
        if value:
            for model, key, *_ in field.stream_block.extract_references(value):
                if issubclass(model, Page):
                    yield int(key)


def _visible(keys: Collection[int], request: Any) -> dict[int, Target]:
    viewer = getattr(request, "viewer", ANONYMOUS)
    pages = Page.objects.filter(pk__in=keys).select_related("access_rule__rule")
    found = visible_pages(viewer=viewer, pages=pages) if keys else []
    return {
        page.pk: Target(
            title=page.title,
            url=languages.local(page.get_url(request) or ""),
            text=page.search_description,
            note=capfirst(_kind(page)),
            tlp=page.access_rule.rule.tlp,
        )
        for page in found
    }


def _kind(page: Page) -> str:
    model = ContentType.objects.get_for_id(page.content_type_id).model_class()
    return str(model._meta.verbose_name) if model else "page"
