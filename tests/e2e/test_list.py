"""The list of pages names every template that a whole page is rendered from."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from wagtail.models import get_page_models

from portal.bootstrap import places
from portal.bootstrap.layout import AREAS
from tests.e2e.listed import pages

EXTENDS = re.compile(r"{%\s*extends\s+[\"']([^\"']+)[\"']\s*%}")
#: template: why no browser needs to look at it.
NO_PAGE = {
    "wagtailcore/shared/block_preview.html": "a frame in the CMS around one block; pages made of blocks are walked",
    "wagtailusers/users/confirm_delete.html": "other words on a page of the CMS; tests/portal/privacy reads it",
    "wagtailusers/bulk_actions/confirm_bulk_delete.html": "other words on a page of the CMS, as above",
    "privacy/copy/index.html": "lies in an archive and is read from somebody's disk; tests/portal/privacy reads it",
}


@cache
def texts() -> dict[str, str]:
    """Return name: text of every HTML template of ours that is a whole page or extends one."""
    found = {}
    for area in AREAS:
        for folder in (places.ROOT / area).glob("**/templates"):
            for path in folder.rglob("*.html"):
                text = path.read_text(encoding="utf-8")
                if EXTENDS.search(text) or "<!doctype" in text.lower():
                    found[path.relative_to(folder).as_posix()] = text
    return found


def meant(name: str) -> str:
    """Return the template that `name` stands for: one that only extends another shows that other's page."""
    text = texts()[name]
    alias = EXTENDS.fullmatch(text.strip())
    return meant(alias[1]) if alias else name


def in_code() -> set[str]:
    """Return the page templates that the code names, and those of Wagtail's page types."""
    named = {model.template for model in get_page_models() if model.__module__.split(".")[0] in AREAS}
    for area in AREAS:
        for path in (places.ROOT / area).rglob("*.py"):
            named |= strings(path)
    return named & texts().keys()


def strings(path: Path) -> set[str]:
    """Return the strings of a module that end like a template's name."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html")
    }


def test_list_names_every_page_template() -> None:
    bases = {base for text in texts().values() for base in EXTENDS.findall(text)}
    wanted = {meant(name) for name in (texts().keys() - bases) | in_code()}
    assert len(wanted) > 60
    assert wanted - NO_PAGE.keys() == {page.template for page in pages()}


def test_list_knows_templates_of_all_kinds() -> None:
    """A view, a page type, one that others extend as well, one that Django asks for by itself, one of allauth's."""
    kinds = {
        "exchanges/run.html",
        "pages/home.html",
        "exchanges/apply/section.html",
        "errors/404.html",
        "account/login.html",
    }
    assert kinds <= {meant(name) for name in in_code() | texts().keys()}


def test_every_page_type_has_a_template_of_ours() -> None:
    models = [model for model in get_page_models() if model.is_creatable]
    ours = [model for model in models if model.__module__.split(".")[0] in AREAS]
    assert len(ours) > 10
    assert [model.__name__ for model in ours if model.template not in texts()] == []


def test_page_is_listed_once() -> None:
    names = [page.name for page in pages()]
    assert sorted(set(names)) == sorted(names)
