"""The test suite: on SQLite with coverage, on PostgreSQL, and in a browser."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from portal.bootstrap import places, postgres, tools
from portal.bootstrap.progress import say

RESULTS = places.CACHES / "test"
#: Spreads tests over two processes in their order: tests that empty the database come last, and a process that has
#: begun with them must get no other kind any more. Keeping files together would break that.
PARALLEL = ("-n", "2", "--dist", "load")


@dataclass(frozen=True)
class Result:
    """What one run of pytest came to: counts of tests, wall-clock seconds, and whether pytest was content."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    content: bool


def run_all() -> int:
    """Run everything; return the exit code. The last line printed is "N passed, N failed" over all runs."""
    tools.need_chromium_and_postgresql()
    shutil.rmtree(RESULTS, ignore_errors=True)
    RESULTS.mkdir(parents=True)
    quick = ("-m", "not browser and not postgresql", *PARALLEL)
    results = [_pytest("SQLite", *quick, coverage=True)]
    with postgres.cluster() as url:
        results.append(_pytest("PostgreSQL", "-m", "not browser", *PARALLEL, NOC_DATABASE_URL=url))
    results.append(_pytest("Browser", "-m", "browser"))
    covered = _coverage()
    say("\nSummary")
    for result in results:
        state = "" if result.content else "   <- not content"
        say(
            f"  {result.name:<11}{result.passed:>5} passed{result.failed:>5} failed{result.skipped:>5} skipped"
            f"{result.seconds:>7.0f} s{state}"
        )
    say(f"  Coverage   {'at or above' if covered else 'BELOW'} the floor of pyproject.toml")
    say(f"{sum(result.passed for result in results)} passed, {sum(result.failed for result in results)} failed")
    return 0 if covered and all(result.content for result in results) else 1


def run_fast() -> int:
    """Run what needs neither PostgreSQL nor a browser, without coverage; return the exit code."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    return 0 if _pytest("fast", "-m", "not browser and not postgresql", *PARALLEL).content else 1


def _pytest(name: str, *arguments: str, coverage: bool = False, **variables: str) -> Result:
    """Run pytest once, with a folder for temporary files that is deleted afterwards."""
    say(f"\n── Tests: {name} ──")
    report = RESULTS / f"{name.lower()}.xml"
    report.unlink(missing_ok=True)
    command = [str(places.python()), "-m", "pytest", "-q", f"--junitxml={report}", "-o", "junit_logging=no", *arguments]
    if coverage:
        # The floor is judged at the end: see _coverage.
        command += ["--cov", "--cov-branch", "--cov-report=", "--cov-fail-under=0"]
        variables["COVERAGE_FILE"] = str(_coverage_file(name))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="noc-tests-", ignore_cleanup_errors=True) as folder:
        done = subprocess.run(
            command, cwd=places.ROOT, env=places.tool_environment(TMPDIR=folder, **variables), check=False
        )
    return _read(name, report, seconds=time.monotonic() - began, content=done.returncode == 0)


def _read(name: str, report: Path, *, seconds: float, content: bool) -> Result:
    """Return the counts of a JUnit report; a run that left none counts as one failure."""
    if not report.is_file():
        return Result(name, 0, 1, 0, seconds, content=False)
    total = failed = skipped = 0
    for part in ET.parse(report).iter("testsuite"):  # noqa: S314 - written by our own pytest a moment ago
        total += int(part.get("tests", 0))
        failed += int(part.get("failures", 0)) + int(part.get("errors", 0))
        skipped += int(part.get("skipped", 0))
    return Result(name, max(0, total - failed - skipped), failed, skipped, seconds, content)


def _coverage_file(name: str) -> Path:
    return RESULTS / f"coverage-{name.lower()}"


def _coverage() -> bool:
    """Report the branches that the run on SQLite took; return whether they are as many as the floor asks for.

    The other runs take hardly a branch more, and measuring them costs a third of their time.
    """
    say("\n── Coverage ──")
    environment = places.tool_environment(COVERAGE_FILE=str(_coverage_file("SQLite")))
    command = [str(places.python()), "-m", "coverage", "report"]
    return subprocess.run(command, cwd=places.ROOT, env=environment, check=False).returncode == 0
