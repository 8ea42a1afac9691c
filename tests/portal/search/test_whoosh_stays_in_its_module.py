"""Whoosh is known to one module, and what was seen to lose or resurrect documents is used nowhere (design: search)."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[3]
ENGINE = ROOT / "portal/search/engine.py"
FORBIDDEN = {
    "refresh",
    "reuse",
    "AsyncWriter",
    "BufferedWriter",
    "QueryParser",
    "MultifieldParser",
    "suggest",
    "highlights",
    "open_dir",
}


def sources() -> list[Path]:
    return [file for area in ("portal", "library", "exchanges", "events") for file in (ROOT / area).rglob("*.py")]


def names(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
    return found


def test_only_the_engine_imports_whoosh() -> None:
    imports = [file for file in sources() if "whoosh" in names(ast.parse(file.read_text()))]
    assert imports == [ENGINE]


def test_engine_uses_nothing_that_was_seen_to_fail() -> None:
    assert names(ast.parse(ENGINE.read_text())) & FORBIDDEN == set()


def test_the_scan_sees_what_it_looks_for() -> None:
    assert names(ast.parse("import whoosh.index\nix.refresh(reuse=1)")) >= {"whoosh", "refresh", "reuse"}
