"""The lock files: complete, fresh, with hashes, without an index host; and what came from npm."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from portal.bootstrap import checks, places, vendor

LIGHTHOUSE = places.ROOT / "tests" / "lighthouse" / "package.json"


def pinned(name: str) -> dict[str, str]:
    """Return package: version of a lock file."""
    return dict(re.findall(r"^([^ #=]+)==([^ ;\\]+)", (places.ROOT / name).read_text(), re.MULTILINE))


def test_development_lock_holds_all_of_the_runtime_lock() -> None:
    runtime, development = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert len(runtime) > 50
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_pin_has_a_hash_and_no_line_names_a_host(name: str) -> None:
    text = (places.ROOT / name).read_text()
    blocks = re.split(r"\n(?=[^ #\n])", text)
    assert [block.splitlines()[0] for block in blocks if "==" in block and "--hash=sha256:" not in block] == []
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links", text) == []


def test_locks_are_compiled_from_the_present_inputs() -> None:
    assert checks.stale_locks() == []


def test_every_direct_dependency_is_documented() -> None:
    page = (places.ROOT / "docs" / "dependencies.md").read_text()
    inputs = [(places.ROOT / name).read_text() for name in ("requirements.in", "requirements-dev.in")]
    names = {name for text in inputs for name in re.findall(r"^([A-Za-z][\w.-]*)", text, re.MULTILINE)}
    documented = set(re.findall(r"^\| \[?`?([A-Za-z][\w.-]*)", page, re.MULTILINE))
    assert "Django" in names
    assert names - documented == set()
    from_npm = {package.name for package in vendor.PACKAGES} | set(json.loads(LIGHTHOUSE.read_text())["dependencies"])
    assert documented - names - {"package"} == from_npm


def test_vendored_files_are_the_bytes_that_were_pinned() -> None:
    assert vendor.changed() == []


def test_every_ignored_rule_of_ruff_has_its_reason_beside_it() -> None:
    text = (places.ROOT / "pyproject.toml").read_text()
    lint = tomllib.loads(text)["tool"]["ruff"]["lint"]
    rules = [*lint["ignore"], *(rule for rules in lint["per-file-ignores"].values() for rule in rules)]
    assert lint["select"] == ["ALL"]
    assert [rule for rule in rules if not re.search(rf'^.*"{rule}".*# \S+ \S+', text, re.MULTILINE)] == []
