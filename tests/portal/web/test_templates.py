"""A static look at every template of the project: the content security policy allows nothing inline."""

import re
from pathlib import Path

import pytest

import portal

ROOT = Path(portal.__file__).parent.parent
AREAS = ("portal", "library", "exchanges", "events")
TEMPLATES = sorted(path for area in AREAS for path in (ROOT / area).glob("**/templates/**/*.html"))
COMPONENTS = sorted((ROOT / "portal" / "web" / "templates" / "components").glob("*.html"))
INLINE = re.compile(
    r"""\sstyle\s*=\s*["'{]|<style\b|<script(?![^>]*\s(?:src=|type="application/ld\+json"))[^>]*>|\son[a-z]+\s*=\s*["'{]|href\s*=\s*["']javascript:""",
    re.IGNORECASE,
)
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_nothing_inline(path):
    assert INLINE.findall(COMMENT.sub("", path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<script>x()</script>",
        '<a onclick="x()">',
        '<a href="javascript:x()">',
        "<style>p{}</style>",
    ],
)
def test_scan_finds_what_it_looks_for(text):
    assert len(INLINE.findall(text)) == 1


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.name)
def test_component_says_what_context_it_takes(path):
    assert path.read_text(encoding="utf-8").startswith(("{% comment %}\n", "{# "))
