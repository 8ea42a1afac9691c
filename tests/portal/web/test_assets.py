import re
from pathlib import Path

import brotli
import pytest

from portal.web.assets import BUILT_STYLESHEET, CSS_ROOT, SOURCES, joined_stylesheet

SCRIPTS = CSS_ROOT.parent / "js"
FONTS = CSS_ROOT.parent / "fonts"
KB = 1000


def compressed(path: Path) -> int:
    return len(brotli.compress(path.read_bytes()))


def test_stylesheet_is_current():
    assert BUILT_STYLESHEET.read_text(encoding="utf-8") == joined_stylesheet(), "Run manage.py build_css"


def test_stylesheet_takes_in_every_source():
    assert sorted(SOURCES) == sorted(str(path.relative_to(CSS_ROOT)) for path in CSS_ROOT.rglob("*.css"))


def test_stylesheet_starts_with_the_order_of_its_layers():
    assert joined_stylesheet().startswith("@layer reset,tokens,base,layout,components,utilities,print;")


def test_stylesheet_keeps_the_space_that_means_something():
    sheet = joined_stylesheet()
    assert ".notice :focus-visible{outline-color:#fff}" in sheet
    assert "calc(-1*var(--g4))" in sheet
    assert '.prose a[href^="http"]::after{content:" (" attr(href) ")"' in sheet
    assert re.findall(r"[{;,:] | [{};]", sheet) == []


@pytest.mark.parametrize("name", SOURCES)
def test_stylesheet_source_stays_readable(name):
    lines = (CSS_ROOT / name).read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 400
    assert max(map(len, lines)) <= 120


def test_stylesheet_fits_its_budget():
    assert compressed(BUILT_STYLESHEET) <= 14 * KB


def test_scripts_fit_their_budget_together():
    assert sum(compressed(path) for path in SCRIPTS.glob("*.js")) <= 12 * KB


def test_stylesheet_names_fonts_that_exist():
    named = set(re.findall(r"url\(fonts/([\w-]+\.woff2)\)", joined_stylesheet()))
    assert named == {path.name for path in FONTS.glob("*.woff2")}


def test_entry_script_loads_modules_that_exist():
    named = set(re.findall(r'import\("\./(\w+\.js)"\)', (SCRIPTS / "portal.js").read_text(encoding="utf-8")))
    assert named == {path.name for path in SCRIPTS.glob("*.js")} - {"portal.js"}


def test_stylesheet_needs_nothing_from_elsewhere():
    assert re.findall(r"@import|url\((?!fonts/|#)", joined_stylesheet()) == []
