"""What `make lighthouse` measures, how it reads the reports, and that what it installs is pinned."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from portal.bootstrap import lighthouse
from portal.bootstrap.lighthouse import Row
from portal.bootstrap.progress import Trouble


def category(title: str, score: float, **weights: int) -> dict[str, Any]:
    """A category of a report, with its audits and their weights."""
    return {
        "title": title,
        "score": score,
        "auditRefs": [{"id": name, "weight": weight} for name, weight in weights.items()],
    }


def report(performance: float, seo: float = 1.0) -> dict[str, Any]:
    """A report of Lighthouse, as far as it is read."""
    return {
        "categories": {
            "performance": category("Performance", performance, lcp=25),
            "seo": category("SEO", seo, robots=1, uncounted=0),
        },
        "audits": {
            "lcp": {"title": "Largest Contentful Paint", "score": performance, "displayValue": "1.6 s"},
            "robots": {"title": "Page can be indexed", "score": seo},
            "uncounted": {"title": "Not counted", "score": 0},
        },
    }


def stub(folder: Path, name: str, lines: str) -> None:
    """Put a program of this name into a folder."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{lines}\n")
    program.chmod(0o755)


def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str, scores: list[float]) -> Row:
    """Measure one page with a stand-in for Lighthouse that gives these scores for performance, one after the other."""
    for number, score in enumerate(scores):
        (tmp_path / f"{number}.in").write_text(json.dumps(report(score)))
    stub(
        tmp_path,
        "lighthouse",
        f'cd "{tmp_path}"; next=$(ls *.in | head -n 1)\n'
        'for word in "$@"; do case "$word" in --output-path=*) mv "$next" "${word#--output-path=}";; esac; done',
    )
    monkeypatch.setattr(lighthouse, "WORK", tmp_path)
    return lighthouse._measure(Row("/", form), [str(tmp_path / "lighthouse")], "chromium", tmp_path)


def test_pages_to_measure_come_from_the_list() -> None:
    paths = [path for path, _ in lighthouse.marked()]
    assert len(paths) > 15
    assert paths[0] == "/"
    assert [path for path in paths if "{" in path] == []


def test_report_is_read_with_what_lost_points() -> None:
    scores, lost = lighthouse.read(report(0.97, seo=0.0))
    assert scores == {"performance": 97, "seo": 0}
    assert lost == ["Performance: Largest Contentful Paint 1.6 s (0.97)", "SEO: Page can be indexed  (0.00)"]


@pytest.mark.parametrize(
    ("form", "runs", "result"),
    [
        ("mobile", [0.99, 0.98, 0.5], (98, True)),
        ("mobile", [0.97, 0.99, 0.98], (98, True)),
        ("mobile", [0.99, 0.9, 0.97], (97, False)),
        ("desktop", [0.99, 0.98, 1.0], (98, False)),
        ("desktop", [1.0, 1.0, 0.5], (100, True)),
    ],
)
def test_performance_is_the_median_of_three(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, form: str, runs: list[float], result: tuple[int, bool]
) -> None:
    row = measured(monkeypatch, tmp_path, form, runs)
    assert (row.scores["performance"], row.good) == result


@pytest.mark.parametrize(("form", "seo", "good"), [("mobile", 97, False), ("mobile", 98, True), ("desktop", 99, False)])
def test_every_category_must_reach_the_goal(form: str, seo: int, good: bool) -> None:
    assert Row("/", form, scores={"performance": 100, "seo": seo}).good is good


def test_only_pages_meant_to_be_unlisted_are_excused_from_being_listed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert [path for path, unlisted in lighthouse.marked() if unlisted] == ["/search/?q=centre"]
    (tmp_path / "good").write_text(json.dumps(report(1.0)))
    stub(
        tmp_path,
        "lighthouse",
        f'cd "{tmp_path}"; echo "$@" >> asked\n'
        'for word in "$@"; do case "$word" in --output-path=*) cp good "${word#--output-path=}";; esac; done',
    )
    monkeypatch.setattr(lighthouse, "WORK", tmp_path)
    for unlisted in (False, True):
        lighthouse._measure(Row("/", "mobile", unlisted), [str(tmp_path / "lighthouse")], "chromium", tmp_path)
    asked = ["--skip-audits=is-crawlable" in line for line in (tmp_path / "asked").read_text().splitlines()]
    assert asked == [False, False, True, True]


def test_run_that_measured_nothing_is_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "good").write_text(json.dumps(report(1.0)))
    stub(
        tmp_path,
        "lighthouse",
        f'cd "{tmp_path}"; if [ ! -e tried ]; then touch tried; echo NO_NAVSTART >&2; exit 1; fi\n'
        'for word in "$@"; do case "$word" in --output-path=*) cp good "${word#--output-path=}";; esac; done',
    )
    monkeypatch.setattr(lighthouse, "WORK", tmp_path)
    row = lighthouse._measure(Row("/", "mobile"), [str(tmp_path / "lighthouse")], "chromium", tmp_path)
    assert row.scores == {"performance": 100, "seo": 100}
    stub(tmp_path, "lighthouse", "echo NO_NAVSTART >&2; exit 1")
    with pytest.raises(Trouble, match="did not measure /library/:\nNO_NAVSTART"):
        lighthouse._measure(Row("/library/", "mobile"), [str(tmp_path / "lighthouse")], "chromium", tmp_path)


def test_table_has_a_row_for_each_page_and_form() -> None:
    scores = dict(zip(lighthouse.CATEGORIES, (98, 100, 100, 100), strict=True))
    text = lighthouse.table([Row("/", "mobile", scores=scores), Row("/library/", "desktop", scores=scores)])
    assert text.splitlines()[2:] == [
        "| `/` | mobile | 98 | 100 | 100 | 100 |",
        "| `/library/` | desktop | 98 | 100 | 100 | 100 |",
    ]


def test_lock_names_every_package_by_its_digest_and_no_registry() -> None:
    lock = json.loads(lighthouse.LOCK.read_text())
    wanted = json.loads(lighthouse.LOCK.with_name("package.json").read_text())
    assert lock["packages"][""]["dependencies"] == wanted["dependencies"]
    packages = [package for name, package in lock["packages"].items() if name]
    assert len(packages) > 100
    assert [package for package in packages if "resolved" in package or "sha512-" not in package["integrity"]] == []
    assert lock["packages"]["node_modules/lighthouse"]["version"] == wanted["dependencies"]["lighthouse"]


def test_old_node_is_refused_with_its_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stub(tmp_path, "node", "echo v16.20.2")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(Trouble, match=r"needs Node 18\.20 or newer; .* is v16\.20\.2"):
        lighthouse._need_node()


def test_missing_node_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Trouble, match=r"needs Node 18\.20 or newer, with npm"):
        lighthouse._need_node()


def test_installed_lock_is_not_installed_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    stub(tmp_path, "npm", f'echo "$@" >> "{asked}"')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(lighthouse, "WORK", tmp_path / "work")
    lighthouse.install()
    lighthouse.install()
    (command,) = asked.read_text().splitlines()
    assert command.startswith("ci --ignore-scripts")
    assert f"--cache {tmp_path / 'work' / 'npm-cache'}" in command
    shutil.rmtree(tmp_path / "work")
