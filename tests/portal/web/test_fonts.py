"""The cuts of the typeface: every letter of the members' languages, within the budget of a page."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from portal.bootstrap.fonts import ASCII, CUTS, LETTERS, SCRIPTS, SIGNS, TARGET
from portal.web.assets import joined_stylesheet

KB = 1000
FACE = re.compile(
    r'font-family:\s*"([^"]+)";\s*src:\s*url\(fonts/([\w-]+\.woff2)\).*?unicode-range:\s*([^;}]+)', re.DOTALL
)


def size(*scripts: str) -> int:
    return sum((TARGET / f"noc-{cut}-{script}.woff2").stat().st_size for cut in CUTS for script in scripts)


def in_range(letter: str, ranges: str) -> bool:
    for part in ranges.split(","):
        first, _, last = part.strip().removeprefix("U+").partition("-")
        if int(first, 16) <= ord(letter) <= int(last or first, 16):
            return True
    return False


@pytest.fixture(scope="module")
def faces() -> list[tuple[str, str, str]]:
    """Family, file and range of each face, as the stylesheet gives them to browsers."""
    return FACE.findall(joined_stylesheet())


@pytest.fixture(scope="module")
def letters() -> dict[str, set[str]]:
    """What each file can draw."""
    return {path.name: {chr(code) for code in TTFont(path).getBestCmap()} for path in TARGET.glob("*.woff2")}


@pytest.mark.parametrize("language", LETTERS)
@pytest.mark.parametrize("family", [family for family, _ in CUTS.values()])
def test_every_letter_has_one_face_that_draws_it(language, family, faces, letters):
    for letter in LETTERS[language]:
        files = [file for name, file, ranges in faces if name == family and in_range(letter, ranges)]
        assert len(files) == 1, letter
        assert letter in letters[files[0]], letter


def test_signs_of_every_page_come_with_the_latin_letters(letters):
    for cut in CUTS:
        assert set(ASCII + SIGNS) - letters[f"noc-{cut}-latin.woff2"] == set()


def test_fonts_of_a_usual_page_fit_their_budget_polish_names_included():
    assert size("latin") <= 60 * KB


@pytest.mark.parametrize("script", ["greek", "cyrillic"])
def test_fonts_of_a_page_with_another_script_fit_their_budget(script):
    assert size("latin", script) <= 85 * KB


def test_files_are_those_that_the_cutter_writes():
    written = {f"noc-{cut}-{script}.woff2" for cut in CUTS for script in SCRIPTS}
    assert {path.name for path in Path(TARGET).glob("*.woff2")} == written


@pytest.mark.parametrize(("cut", "weights"), [("text", (400, 700)), ("display", None)])
def test_accented_letters_are_as_wide_as_their_bare_ones_and_kerned_like_them(cut, weights):
    font = TTFont(TARGET / f"noc-{cut}-latin.woff2")
    glyphs, widths = font.getBestCmap(), font["hmtx"]
    assert {widths[glyphs[ord(letter)]][0] for letter in "aāą"} == {widths["a"][0]}
    assert ("fvar" in font) == bool(weights)
    if weights:
        (axis,) = font["fvar"].axes
        assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", *weights)
    (pairs,) = [
        table
        for lookup in font["GPOS"].table.LookupList.Lookup
        for table in lookup.SubTable
        if type(table).__name__ == "PairPos" and table.Format == 2
    ]
    second = pairs.ClassDef2.classDefs
    assert second[glyphs[ord("ā")]] == second["a"]
    assert glyphs[ord("Ā")] in pairs.Coverage.glyphs
    assert glyphs[ord("ď")] not in pairs.Coverage.glyphs
