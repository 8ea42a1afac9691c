"""What a person sees while the portal gets ready: step n of m, and how long each took."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """The run cannot go on. The words say what happened, what was kept and what to do next."""


def say(text: str = "") -> None:
    """Print a line at once: it may be read through a pipe while we wait."""
    print(text, flush=True)


class Steps:
    """Counts steps. Each is announced when it begins and closed with its time."""

    def __init__(self, total: int, *, done: int = 0) -> None:
        self.total = total
        self.done = done
        self.began = time.monotonic()

    @contextmanager
    def step(self, title: str) -> Iterator[Note]:
        """Announce `title`; inside, set the yielded note's `text` for the closing line."""
        self.done += 1
        label = f"[{self.done}/{self.total}] {title}"
        say(f"{label} ...")
        note = Note(label)
        start = time.monotonic()
        yield note
        say(f"{label}: {note.text} ({time.monotonic() - start:.1f} s)")


class Note:
    """The closing words of a step, and a counter that moves while it lasts."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.text = "done"
        self._shown = time.monotonic()

    def count(self, done: int, total: int, what: str) -> None:
        """Show that `done` of `total` (0: nobody knows) is done: in place on a terminal, else every five seconds."""
        moment = time.monotonic()
        line = f"  {done} of {total} {what}" if total else f"  {done} {what}"
        if sys.stdout.isatty():
            print(f"\r{line}\033[K", end="\r\033[K" if done == total else "\r", flush=True)
        elif moment - self._shown > 5:
            self._shown = moment
            say(line)
