"""docs/security.md: every requirement stands there once, with an answer, and every test it names exists."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "security.md"
#: ASVS 5.0.0: for each chapter its sections, and in each a digit for every requirement, which is its level.
LEVELS = {
    1: "22 1111122223 112222222223 222 123",
    2: "122 112 12223 23",
    3: "3 113 12223 11222233 11122333 3 22333",
    4: "12233 23333 22 1222",
    5: "2 112333 113 222",
    6: "122 111111112222 11223333 112233 22222333 2223 33 2222",
    7: "222 1111 22 11222 223 22",
    8: "1233 1123 133 23",
    9: "111 1222",
    10: "22 223 22223 1111122222233333 22222 22 222",
    11: "2233 22233 11233 1222 23 23 33",
    12: "12233 11 22223",
    13: "2333 222223 2233 1222233",
    14: "22 12223333 122",
    15: "12233 12233 1222222 3333",
    16: "2 22222 2222 222 2223",
    17: "23 22223333 22",
}
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| \*\*(Proved|Held|Not applicable|Gap)\*\*(?:\. | by )([^|]+) \|$",
    re.MULTILINE,
)
NAMED = re.compile(r"(tests/[\w/]+\.py)::(\w+)")


def requirements() -> dict[str, str]:
    """Return the level of each requirement of levels 1 and 2."""
    every = {
        f"{chapter}.{section}.{number}": level
        for chapter, sections in LEVELS.items()
        for section, levels in enumerate(sections.split(), start=1)
        for number, level in enumerate(levels, start=1)
    }
    return {number: level for number, level in every.items() if level in "12"}


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file; none where there is no such file."""
    file = settings.BASE_DIR / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return frozenset(name for name in found if name.startswith("test_"))


def test_every_requirement_stands_there_once_with_its_level_and_an_answer() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert Counter(re.findall(r"^\| (\d+\.\d+\.\d+) \|", page, re.MULTILINE)) == Counter(list(requirements()))
    assert {number: level for number, level, *_ in ROW.findall(page)} == requirements()


def test_every_test_that_is_named_exists() -> None:
    named = set(NAMED.findall(PAGE.read_text(encoding="utf-8")))
    assert len(named) > 200
    assert [f"{path}::{name}" for path, name in sorted(named) if name not in names_in(path)] == []


def test_what_is_proved_names_a_test() -> None:
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert [number for number, _, answer, text in rows if answer == "Proved" and not NAMED.search(text)] == []


def test_counts_are_those_of_the_tables() -> None:
    page = PAGE.read_text(encoding="utf-8")
    count = Counter(answer for _, _, answer, _ in ROW.findall(page))
    words = (
        f"Of {count.total()} requirements {count['Proved']} are proved, {count['Held']} held, "
        f"{count['Not applicable']} not applicable, and {count['Gap']} gaps."
    )
    assert words in page
