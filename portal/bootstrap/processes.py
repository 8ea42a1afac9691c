"""Starts processes side by side, passes on what they say, and ends all of them when one ends or somebody asks.

Each process leads a session of its own, so that it and whatever it started can be ended together, even when it died
first itself. Honcho was weighed: it watches a process's output instead of the process, so a worker that is killed
while its children live goes unnoticed, and their group is never ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Self

from portal.bootstrap.progress import say

#: Seconds a process gets to finish what it is at. A job that is cut off keeps its row and runs again.
PATIENCE = 10.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Processes:
    """A set of processes that live and end together. `stop_signal` is the signal that asked for the end, if any."""

    def __init__(self, *, cwd: Path, environment: Mapping[str, str]) -> None:
        self.stop_signal: int | None = None
        self._cwd = cwd
        self._environment = dict(environment)
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._relays: list[threading.Thread] = []
        self._width = 0

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._asked) for number in STOP_SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start `command`; its lines are printed with `name` before them."""
        self._width = max(self._width, len(name))
        process = subprocess.Popen(
            command,
            cwd=self._cwd,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - threads of ours hold no lock that the child would need
        )
        self._running[name] = process
        relay = threading.Thread(target=self._relay, args=(name, process), daemon=True)
        relay.start()
        self._relays.append(relay)

    def ended(self) -> tuple[str, int] | None:
        """Return name and exit code of a process that ended by itself; None while all run."""
        for name, process in self._running.items():
            if (code := process.poll()) is not None:
                return name, code
        return None

    def wait(self, until: Callable[[], bool] = lambda: False, *, pause: float = 0.2) -> bool:
        """Wait until `until()` is true, somebody asks for the end, or a process ends; return whether it came true."""
        while self.stop_signal is None and self.ended() is None:
            if until():
                return True
            time.sleep(pause)
        return False

    def stop(self) -> None:
        """End all processes and what they started: first kindly, after `PATIENCE` seconds for good.

        Only the leaders are asked: a worker whose pool is taken away cannot finish what it is at.
        """
        for process in self._running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and any(process.poll() is None for process in self._running.values()):
            time.sleep(0.05)
        for process in self._running.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for relay in self._relays:
            relay.join(timeout=1)

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        if self.stop_signal is None:
            self.stop_signal = number
            say("\nEnding all processes ...")

    def _relay(self, name: str, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 - PIPE was asked for
        with process.stdout as lines:
            for line in lines:
                say(f"{name:<{self._width}} | {line.rstrip()}")


def end_with_parent() -> None:
    """On Linux, have the kernel send SIGTERM when the parent dies without a word (SIGKILL, out of memory)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
