"""The query language: what is read from what is typed, and that nothing typed is an error."""

import pytest

from portal.search.plan import Clause
from portal.search.query import LONGEST_QUERY, parse


@pytest.mark.parametrize(
    ("typed", "clauses", "filters"),
    [
        ("border alert", (Clause(("border",)), Clause(("alert",))), {}),
        ('"golden hour"', (Clause(("golden", "hour")),), {}),
        ("C-UAS", (Clause(("c", "uas")),), {}),
        ("border -drone", (Clause(("border",)), Clause(("drone",), negative=True)), {}),
        ('-"golden hour"', (Clause(("golden", "hour"), negative=True),), {}),
        ("bord*", (Clause(("bord",), prefix=True),), {}),
        ("bo*", (Clause(("bo",)),), {}),
        ("what is the golden hour", (Clause(("golden",)), Clause(("hour",))), {}),
        ("what is the", (Clause(("what",)), Clause(("is",)), Clause(("the",))), {}),
        ("kind:sop border", (Clause(("border",)),), {"kind": ("sop",)}),
        ('topic:"golden hour" country:PL', (), {"topic": ("golden hour",), "country": ("PL",)}),
        ("year:2023 YEAR:2024", (), {"year": ("2023", "2024")}),
        ("colour:red", (Clause(("colour", "red")),), {}),
        ("border border", (Clause(("border",)),), {}),
        ("exer\u00adcise \u202ealert", (Clause(("exercise",)), Clause(("alert",))), {}),
        ("ﬁle", (Clause(("file",)),), {}),
    ],
)
def test_parse_reads_the_language(typed: str, clauses: tuple[Clause, ...], filters: dict[str, tuple[str, ...]]) -> None:
    found = parse(typed)
    assert (found.clauses, found.filters) == (clauses, filters)


HOSTILE = [
    "",
    "?????*",
    "*",
    '"',
    '"""',
    '"unbalanced phrase',
    "(a OR b) AND [a TO z] ~ ^ : \\",
    'kind: topic:"" country:',
    "-",
    "--",
    "\x00\x01\x7f",
    "\u202e\u2066\u200f",
    "\ud800",
    "ا ب ت",
    "a" * 10_000,
    "a* " * 4_000,
    "%_%",
    "'; drop table search_itemtext; --",
    "<script>alert(1)</script>",
    " ".join(f"word{n}" for n in range(500)),
    "💥" * 200,
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_parse_takes_anything(typed: str) -> None:
    found = parse(typed)
    assert len(found.text) <= LONGEST_QUERY * 20
    assert len(found.clauses) <= 16


def test_parse_says_when_it_cut() -> None:
    assert parse("a" * (LONGEST_QUERY + 1)).cut is True
    assert parse(" ".join(f"word{n}" for n in range(17))).cut is True
    assert parse(" ".join(f"word{n}" for n in range(16))).cut is False


def test_parse_reads_few_beginnings() -> None:
    assert [clause.prefix for clause in parse("abc* bcd* cde* def*").clauses] == [True, True, False, False]
