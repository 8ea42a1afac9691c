"""Processes that live and end together, with real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.bootstrap import processes as module
from portal.bootstrap.processes import Processes

#: Starts a child of its own, writes both numbers, and stays.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("numbers", os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); time.sleep(600)"
)


def alive(number: int) -> bool:
    """Return whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(number: int, within: float = 5) -> bool:
    """Return whether a process is gone, waiting for it."""
    deadline = time.monotonic() + within
    while alive(number) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not alive(number)


def read_until(capfd: pytest.CaptureFixture[str], word: str) -> str:
    """Return what was printed once `word` stands in it."""
    text, deadline = "", time.monotonic() + 10
    while word not in text and time.monotonic() < deadline:
        text += capfd.readouterr().out
        time.sleep(0.02)
    assert word in text
    return text


def test_end_reaches_children_of_children(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Processes(cwd=tmp_path, environment=os.environ) as running:
        running.start("family", [sys.executable, "-c", FAMILY])
        parent, child = map(int, read_until(capfd, "numbers").split("numbers")[1].split()[:2])
        assert (alive(parent), alive(child)) == (True, True)
    assert (gone(parent), gone(child)) == (True, True)


def test_death_of_one_is_noticed_though_its_child_lives_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with Processes(cwd=tmp_path, environment=os.environ) as running:
        running.start("family", [sys.executable, "-c", FAMILY])
        running.start("other", [sys.executable, "-c", "import time; time.sleep(600)"])
        parent, child = map(int, read_until(capfd, "numbers").split("numbers")[1].split()[:2])
        os.kill(parent, signal.SIGKILL)
        assert running.wait() is False
        assert running.ended() == ("family", -signal.SIGKILL)
        assert alive(child)
    assert gone(child)


def test_process_that_does_not_listen_is_killed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    with Processes(cwd=tmp_path, environment=os.environ) as running:
        running.start("stubborn", [sys.executable, "-c", STUBBORN])
        read_until(capfd, "here")
    assert running.ended() == ("stubborn", -signal.SIGKILL)


def test_signal_ends_the_waiting_and_handlers_are_put_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Processes(cwd=tmp_path, environment=os.environ) as running:
        running.start("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
        os.kill(os.getpid(), signal.SIGTERM)
        assert running.wait() is False
        assert (running.stop_signal, running.ended()) == (signal.SIGTERM, None)
    assert signal.getsignal(signal.SIGTERM) == before


def test_lines_carry_the_name_of_their_process(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    speak = "import sys, time; print('hello', sys.argv[1], flush=True); time.sleep(600)"
    with Processes(cwd=tmp_path, environment=os.environ) as running:
        running.start("worker", [sys.executable, "-c", speak, "first"])
        first = read_until(capfd, "first")
        running.start("web", [sys.executable, "-c", speak, "second"])
        second = read_until(capfd, "second")
    assert (first, second) == ("worker | hello first\n", "web    | hello second\n")


def test_child_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    supervisor = f"""
import os, sys, time
from pathlib import Path
from portal.bootstrap.processes import Processes
with Processes(cwd=Path({str(tmp_path)!r}), environment=os.environ) as running:
    running.start("sleeper", [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(600)"])
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", supervisor], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline().split("|")[1])
        process.kill()
    assert gone(child)
