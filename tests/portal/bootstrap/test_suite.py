"""Reading what pytest reports, the database server of the tests, and the words about missing tools."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from portal.bootstrap import postgres, suite, tools
from portal.bootstrap.progress import Trouble

REPORT = """<?xml version="1.0"?>
<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="20" time="1.5"/></testsuites>
"""


def test_counts_are_read_from_the_report(tmp_path: Path) -> None:
    (tmp_path / "r.xml").write_text(REPORT)
    assert suite._read("SQLite", tmp_path / "r.xml", seconds=2, content=False) == suite.Result(
        name="SQLite", passed=14, failed=3, skipped=3, seconds=2, content=False
    )


def test_run_without_a_report_counts_as_failed(tmp_path: Path) -> None:
    assert suite._read("SQLite", tmp_path / "r.xml", seconds=2, content=True) == suite.Result(
        name="SQLite", passed=0, failed=1, skipped=0, seconds=2, content=False
    )


def test_missing_tools_are_named_with_the_way_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(postgres, "programs", lambda: None)
    with pytest.raises(Trouble) as refused:
        tools.need_chromium_and_postgresql()
    assert str(refused.value) == (
        "The tests need chromium postgresql, which this machine lacks: sudo apt-get install chromium postgresql"
        "    (make test-fast goes without)"
    )


@pytest.mark.postgresql
def test_cluster_answers_and_leaves_nothing() -> None:
    with postgres.cluster() as url:
        folder = Path(url.partition("host=")[2])
        with psycopg.connect(f"host={folder} user=noc dbname=postgres") as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
            assert connection.execute("SELECT 6 * 7").fetchone() == (42,)
    assert folder.exists() is False
