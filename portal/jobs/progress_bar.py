"""A progress bar for management commands that take longer than two seconds.

    for row in track(rows, total=count, label="Indexing"):
        ...

On a terminal one line is drawn over and over; elsewhere (a log, a pipe) a plain line comes every few seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Self, TextIO, TypeVar

Item = TypeVar("Item")

WIDTH = 30
#: Seconds between two drawings, on a terminal and elsewhere.
REDRAW = 0.1
RELOG = 5.0
#: Work that ends sooner (seconds) leaves no line in a log.
QUIET = 2.0


class ProgressBar:
    """Draws how far a piece of work is; `total` may be 0 when it is not known. Use as a context manager."""

    def __init__(
        self,
        *,
        total: int,
        label: str,
        stream: TextIO | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.total = total
        self.label = label
        self.done = 0
        self._stream = stream if stream is not None else sys.stderr
        self._tty = self._stream.isatty()
        self._seconds = seconds
        self._began = seconds()
        self._drawn: float | None = None

    def __enter__(self) -> Self:
        if self._tty:
            self._draw()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tty or self._drawn is not None or self._seconds() - self._began >= QUIET:
            self._draw()
        if self._tty:
            self._stream.write("\n")
            self._stream.flush()

    def step(self, count: int = 1) -> None:
        """Note that `count` more are done."""
        self.done += count
        pause = REDRAW if self._tty else RELOG
        moment = self._seconds()
        last = self._began - pause + QUIET if self._drawn is None and not self._tty else self._drawn or 0.0
        if moment - last >= pause:
            self._draw()

    def line(self) -> str:
        """Return the line as it stands, without its end."""
        if not self.total:
            return f"{self.label}  {self.done}"
        part = min(1.0, self.done / self.total)
        numbers = f"{self.done}/{self.total}  {part:.0%}"
        if not self._tty:
            return f"{self.label}  {numbers}"
        filled = round(WIDTH * part)
        return f"{self.label}  {'█' * filled}{'░' * (WIDTH - filled)}  {numbers}"

    def _draw(self) -> None:
        self._drawn = self._seconds()
        # Carriage return, then erase to the end of the line: a shorter line leaves nothing of a longer one.
        self._stream.write(f"\r{self.line()}\x1b[K" if self._tty else f"{self.line()}\n")
        self._stream.flush()


def track(items: Iterable[Item], *, total: int, label: str, stream: TextIO | None = None) -> Iterator[Item]:
    """Yield `items` one by one and draw how far they are."""
    with ProgressBar(total=total, label=label, stream=stream) as bar:
        for item in items:
            yield item
            bar.step()
