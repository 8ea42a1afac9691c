"""`make run` as a whole: it comes back quickly and unchanged, and nothing is left when it ends."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import closing

from tests.e2e.stack import Stack

#: Tables that the running processes write by themselves.
LIVING = {"django_session", "jobs_job", "journal_seal"}


def contents(stack: Stack) -> dict[str, list[tuple]]:
    """Return the rows of every table that only people change."""
    with closing(sqlite3.connect(stack.var / "portal.sqlite3")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
            for name in names
            if name not in LIVING
        }


def settle(stack: Stack) -> None:
    """Wait until the jobs that loading the sample content left behind are done."""
    deadline = time.monotonic() + 90
    with closing(sqlite3.connect(stack.var / "portal.sqlite3")) as connection:
        while connection.execute("SELECT count(*) FROM jobs_job WHERE state IN ('waiting', 'running')").fetchone()[0]:
            assert time.monotonic() < deadline
            time.sleep(0.5)


def test_interrupt_ends_every_process_and_second_start_is_quick_and_changes_nothing(stack: Stack) -> None:
    assert len(stack.processes()) >= 6  # the supervisor, web and its two workers, the worker, beat
    settle(stack)
    before = contents(stack)
    assert len(before) > 50
    static = {path: path.stat().st_mtime_ns for path in (stack.var / "static").rglob("*")}
    assert stack.interrupt() == 0
    assert "All processes have ended." in stack.log
    assert stack.processes() == {}
    stack.start()
    # Nothing happens side by side before the first page, so on a machine of its own this is the time it takes.
    assert 0.5 < stack.processor_seconds < 10
    assert contents(stack) == before
    assert {path: path.stat().st_mtime_ns for path in (stack.var / "static").rglob("*")} == static


def test_death_of_the_worker_ends_the_others_with_a_clear_message(stack: Stack) -> None:
    worker = min(number for number, command in stack.processes().items() if " worker " in command)
    os.kill(worker, signal.SIGKILL)
    assert stack.wait() == 1
    assert "worker ended by itself (killed by signal 9). Ending the others" in stack.log
    assert stack.processes() == {}
    stack.start()


def test_death_of_the_supervisor_leaves_no_process(stack: Stack) -> None:
    supervisor = min(number for number, command in stack.processes().items() if "portal.bootstrap serve" in command)
    os.kill(supervisor, signal.SIGKILL)
    stack.wait()
    stack.wait_until_gone()
    assert stack.processes() == {}
    stack.start()
