"""Words: folding, stemming, and the language of a document."""

import pytest

from portal.search.spelling import Vocabulary, distance
from portal.search.text import BREAK, fold, index_terms, normalise, stem, stems


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Poznań", "poznan"), ("Łódź", "lodz"), ("Straße", "strasse"), ("Ægir", "aegir"), ("Τήλος", "τηλοσ"), ("Й", "и")],
)
def test_fold_takes_case_and_accents(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_normalise_joins_ligatures_and_drops_invisible_marks() -> None:
    assert normalise("o\ufb03ce\u00ad\u202e\nnext\x00") == "office next "


@pytest.mark.parametrize(
    ("language", "left", "right"),
    [
        ("en", "alerting", "alerts"),
        ("pl", "patrole", "patroli"),
        ("cs", "policie", "policii"),
        ("el", "σταθμός", "σταθμοί"),
        ("et", "piirid", "piiri"),
        ("lt", "namas", "namai"),
        ("de", "leitstellen", "leitstelle"),
    ],
)
def test_stem_joins_forms_of_a_word(language: str, left: str, right: str) -> None:
    assert stem(left, language) == stem(right, language)


def test_stem_of_a_language_without_stemmer_folds() -> None:
    assert stem("šķērso", "lv") == "skerso"


def test_stems_cover_every_language_of_the_index() -> None:
    assert {stem("alerts", "en"), stem("alerts", "pl"), "alerts"} <= stems("alerts", frozenset({"en", "pl"}))


def test_index_terms_part_the_parts() -> None:
    assert index_terms(["golden", "hours"], "en") == ["golden", BREAK, "hour"]


@pytest.mark.parametrize(
    ("left", "right", "steps"),
    [("alert", "alert", 0), ("alrt", "alert", 1), ("bordre", "border", 1), ("boder", "bordre", 2), ("a", "bcd", 3)],
)
def test_distance_counts_changes_and_swaps(left: str, right: str, steps: int) -> None:
    assert distance(left, right, 2) == steps


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("bordre", [(1, "border"), (2, "boarder")]),
        ("order", [(1, "border")]),
        ("vorder", [(1, "border")]),
        ("obrder", [(1, "border")]),
        ("xborder", [(1, "border")]),
        ("border", [(1, "boarder")]),
        ("wate", [(1, "water")]),
        ("2024", []),
        ("zz", []),
    ],
)
def test_vocabulary_finds_neighbours_only(typed: str, near: list[tuple[int, str]]) -> None:
    assert sorted(Vocabulary(["border", "boarder", "water", "2023", "it"]).near(typed)) == near
