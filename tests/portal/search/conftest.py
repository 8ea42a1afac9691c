"""A small library of Wagtail pages under rules, as a registered type, and an index in a folder of its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from wagtail.models import Locale, Page

from portal.access.labels import TLP, Audience
from portal.access.pages import set_page_rule
from portal.access.viewer import MEMBERS, PUBLIC, Viewer
from portal.search import registry, state
from portal.search.domain import changes
from portal.search.pages import page_type
from portal.search.rebuild import rebuild

MEMBER = Viewer(user_id=5, verified=True, principals=frozenset({PUBLIC, MEMBERS, "named:5", "group:1"}))
STRANGER = Viewer(user_id=6, verified=True, principals=frozenset({PUBLIC, MEMBERS, "named:6", "group:2"}))
#: Signed in, but without the second factor: no principal beyond the public.
UNVERIFIED = Viewer(user_id=5)

Add = Callable[..., Page]


class Shelf:
    """What the documents say beyond their page: page pk -> fields of the document."""

    def __init__(self) -> None:
        self.fields: dict[int, dict[str, Any]] = {}

    def document(self, page: Page, base: registry.Document) -> registry.Document:
        return replace(base, url=f"/p/{page.pk}/", **self.fields.get(page.pk, {}))


@pytest.fixture
def shelf(settings: Any, tmp_path: Path) -> Iterator[Shelf]:
    """Register the pages as kinds "report" and "lesson", with an index folder that nobody else uses."""
    settings.SEARCH_INDEX_ROOT = tmp_path / "index"
    before = registry.types()
    for entry in before:
        registry.unregister(entry.key)
    made = Shelf()
    kinds = {"report": "Report", "lesson": "Lesson"}
    registry.register(page_type(model=Page, key="report", label="Report", document=made.document, kinds=kinds))
    yield made
    state.forget()
    registry.unregister("report")
    for entry in before:
        registry.register(entry)


@pytest.fixture
def add(shelf: Shelf, db: None) -> Add:
    """Return a function that publishes a page: add("Title", "group:1", kind="lesson", parts=…)."""
    Locale.objects.get_or_create(language_code="en-gb")
    root = Page.objects.filter(depth=1).first() or Page.add_root(instance=Page(title="Root", slug="root"))
    # Wagtail's migrations bring a page of their own.
    root.get_children().delete()
    root.refresh_from_db()
    set_page_rule(page=root, tlp=TLP.CLEAR, audience=Audience.PUBLIC)
    home = root.add_child(instance=Page(title="Welcome", slug="welcome"))
    set_page_rule(page=home, tlp=TLP.CLEAR, audience=Audience.PUBLIC)

    def publish(title: str, principal: str = PUBLIC, **fields: Any) -> Page:
        audience, _, key = principal.partition(":")
        tlp = {"public": TLP.CLEAR, "members": TLP.GREEN, "group": TLP.AMBER, "named": TLP.RED}[audience]
        page = Page(title=title, slug=f"page-{Page.objects.count()}")
        fields.setdefault("date", dt.date(2023, 12, 1))
        if "text" in fields:
            fields["parts"] = (registry.Part(fields.pop("text")),)
        home.add_child(instance=page)
        shelf.fields[page.pk] = fields
        set_page_rule(page=page, tlp=tlp, audience=audience, keys=(key,) if key else ())
        return page

    return publish


@pytest.fixture
def index(add: Add) -> Callable[[], None]:
    """Return a function that brings the index up to date; the first call builds it."""
    rebuild()
    return changes.drain
