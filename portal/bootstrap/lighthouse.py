"""`make lighthouse`: measures the public pages with Lighthouse, as a telephone and as a desk, against our goals.

Lighthouse comes from npm, pinned with hashes in `tests/lighthouse/`, and is installed into `var/lighthouse`; Node is
the machine's own. The pages are those of `tests/e2e/pages.toml` that are marked so. They are served by the same
processes as in `make run`, with data of their own. What comes out lies in `var/lighthouse` too: `results.md`,
`results.json`, and the report behind each row.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import time
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.bootstrap import environment, places, serve, tools
from portal.bootstrap.processes import end_with_parent
from portal.bootstrap.progress import Trouble, say

LOCK = places.ROOT / "tests" / "lighthouse" / "package-lock.json"
PAGES = places.ROOT / "tests" / "e2e" / "pages.toml"
WORK = places.CACHES / "lighthouse"
PROGRAM = WORK / "node_modules" / "lighthouse" / "cli" / "index.js"
#: The oldest Node that the pinned Lighthouse runs on.
NODE = (18, 20)
#: form factor: the least score in each category, of 100 (design: interface).
GOALS = {"mobile": 98, "desktop": 100}
#: How often a run that measured nothing is tried.
ATTEMPTS = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
#: Seconds until the portal must answer; the first time it makes its database.
START_LIMIT = 400


@dataclass
class Row:
    """One page in one form factor: its scores of 100, and which audits lost points with what they said."""

    path: str
    form: str
    #: Kept out of search engines on purpose: whether they may list it is the one audit left out.
    unlisted: bool = False
    scores: dict[str, int] = field(default_factory=dict)
    performance: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether every category reaches its goal."""
        return all(score >= GOALS[self.form] for score in self.scores.values())


def run() -> int:
    """Measure every marked page; return 0 if all reach their goals. Raises `Trouble` for what the machine lacks."""
    pages = marked()
    node, chromium = _need_node(), _need_chromium()
    install()
    reports = WORK / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    rows = []
    with _portal() as home:
        for path, unlisted in pages:
            # The first reader of a page pays for what later ones find ready; nobody measures that twice alike.
            with _opener().open(f"{home}{path}", timeout=60) as page:
                page.read()
            for form in GOALS:
                row = _measure(Row(path, form, unlisted), [node, str(PROGRAM), f"{home}{path}"], chromium, reports)
                rows.append(row)
                say(_line(row))
                # At once: what was measured is kept when somebody ends the rest.
                (WORK / "results.json").write_text(json.dumps([vars(one) for one in rows], indent=1), encoding="utf-8")
                (WORK / "results.md").write_text(table(rows), encoding="utf-8")
    below = [row for row in rows if not row.good]
    for row in below:
        say(f"\n{row.path} as {row.form} lost points:")
        for words in row.lost:
            say(f"  {words}")
    reached = f"{len(rows) - len(below)} of {len(rows)} reach their goals"
    say(f"\n{reached}; the table: {os.path.relpath(WORK / 'results.md')}")
    return 1 if below else 0


def marked() -> list[tuple[str, bool]]:
    """Return (address, whether search engines are to leave it alone) of each page that is measured."""
    listed = tomllib.loads(PAGES.read_text(encoding="utf-8"))["page"]
    return [(page["path"], page.get("unlisted", False)) for page in listed if page.get("lighthouse")]


def table(rows: list[Row]) -> str:
    """Return the results as a table in Markdown."""
    lines = ["| page | as | performance | accessibility | best practices | SEO |", "|---|---|---|---|---|---|"]
    for row in rows:
        cells = [str(row.scores[category]) for category in CATEGORIES]
        lines.append(f"| `{row.path}` | {row.form} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def install() -> None:
    """Install Lighthouse into `var/lighthouse` unless this very lock was installed. Raises `Trouble` with npm's words.

    No script of a package is run, and npm's own cache and logs stay beside it.
    """
    stamp = WORK / "installed"
    wanted = environment.digest(LOCK)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        raise Trouble("npm is missing; it comes with Node. Nothing else of the portal needs it.")
    say("Installing Lighthouse from npm into var/lighthouse ...")
    WORK.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK.with_name(name), WORK / name)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    done = subprocess.run(
        [npm, "ci", *quiet, "--cache", str(WORK / "npm-cache")],
        cwd=WORK, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise Trouble(f"npm could not install Lighthouse:\n{done.stderr[-2000:]}\nNothing else was changed.")
    stamp.write_text(wanted)


def read(report: dict[str, Any]) -> tuple[dict[str, int], list[str]]:
    """Return the scores of a Lighthouse report by category, and in words which audits that count lost points."""
    scores = {name: round(100 * category["score"]) for name, category in report["categories"].items()}
    lost = []
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                value = audit.get("displayValue", "")
                lost.append(f"{category['title']}: {audit['title']} {value} ({audit['score']:.2f})")
    return scores, lost


def _measure(row: Row, command: list[str], chromium: str, reports: Path) -> Row:
    """Fill `row`. The performance counted is the median of three runs; where two agree on the goal, they decide."""
    goal = GOALS[row.form]
    for number in range(3):
        report = _report(row, command, chromium, reports, again=number > 0)
        scores, lost = read(report)
        row.performance.append(scores["performance"])
        if number == 0:
            row.scores, row.lost = scores, lost
        reached = [score >= goal for score in row.performance]
        if max(reached.count(True), reached.count(False)) == 2:
            break
    row.scores["performance"] = round(statistics.median_low(row.performance))
    return row


def _report(row: Row, command: list[str], chromium: str, reports: Path, *, again: bool) -> dict[str, Any]:
    """Return the report of one run; the first of a page is kept as a file. Raises `Trouble` with Lighthouse's words.

    Now and then a trace is cut short (NO_NAVSTART and its like); such a run has no scores and is made again.
    """
    name = re.sub(r"[^a-z0-9]+", "-", row.path.lower()).strip("-") or "home"
    target = reports / f"{name}-{row.form}{'-again' if again else ''}.json"
    options = ["--quiet", "--no-enable-error-reporting", "--output=json", f"--output-path={target}"]
    options += ["--preset=desktop"] if row.form == "desktop" else []
    options += ["--only-categories=performance"] if again else []
    options += ["--skip-audits=is-crawlable"] if row.unlisted else []
    flags = " ".join(["--headless=new", *tools.CHROMIUM_ARGUMENTS])
    (WORK / "tmp").mkdir(exist_ok=True)
    for _ in range(ATTEMPTS):
        target.unlink(missing_ok=True)
        words, code = _run([*command, *options, f"--chrome-flags={flags}"], chromium)
        if code == 0 and target.is_file():
            return dict(json.loads(target.read_text(encoding="utf-8")))
    raise Trouble(f"Lighthouse did not measure {row.path}:\n{words[-2000:]}")


def _run(command: list[str], chromium: str) -> tuple[str, int]:
    """Return what a program said and its exit code. When somebody ends us, it gets the time to end its Chromium."""
    process = subprocess.Popen(
        command,
        env={**os.environ, "CHROME_PATH": chromium, "TMPDIR": str(WORK / "tmp")},
        cwd=WORK,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        words, _ = process.communicate()
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=10)
        raise
    return words, process.returncode


def _line(row: Row) -> str:
    scores = "  ".join(f"{row.scores[category]:>3}" for category in CATEGORIES)
    return f"  {'ok   ' if row.good else 'BELOW'}  {row.form:<8} {scores}   {row.path}"


def _need_node() -> str:
    """Return the path of Node. Raises `Trouble` when it is missing or too old."""
    node = shutil.which("node")
    wanted = ".".join(map(str, NODE))
    if node is None:
        raise Trouble(f"make lighthouse needs Node {wanted} or newer, with npm. Nothing else of the portal does.")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < NODE:
        raise Trouble(f"make lighthouse needs Node {wanted} or newer; {node} is {version}.")
    return node


def _need_chromium() -> str:
    found = tools.chromium()
    if found is None:
        raise Trouble("make lighthouse needs Chromium: sudo apt-get install chromium")
    return found


@contextmanager
def _portal() -> Iterator[str]:
    """Serve the portal on a free port with data beneath `var/lighthouse`; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = WORK / "portal.log"
    say("Starting a portal of its own ...")
    with log.open("wb") as lines:
        process = subprocess.Popen(
            [str(places.python()), "-m", "portal.bootstrap", "serve", "--port", str(port)],
            cwd=places.ROOT,
            env=places.tool_environment(NOC_VAR=str(WORK / "portal")),
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=lines,
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other thread runs here
        )
    try:
        deadline = time.monotonic() + START_LIMIT
        while serve.OPEN not in log.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Trouble(f"The portal did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.3)
        yield places.address(port)
    finally:
        process.terminate()
        process.wait()


def _opener() -> urllib.request.OpenerDirector:
    # A proxy named in the environment is no way to this machine.
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
