"""The embedded cache: files that all processes of one machine share.

Django's own counts by reading and then writing, so of two requests at once one is not counted; limits on wrong
passwords must not be passed by sending many at the same moment. Redis, which production needs, counts by itself.
"""

from __future__ import annotations

import fcntl
import pickle
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache

#: How many locks the keys share.
LOCKS = 64


class CountingFileCache(FileBasedCache):
    """Django's cache in files, whose `add` and `incr` happen for one process and thread at a time."""

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Store a value unless there is one; return whether it was stored."""
        with self._alone(key, version):
            return bool(super().add(key, value, timeout, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a number, whose end stays what it was. Raises `ValueError` where there is none."""
        with self._alone(key, version):
            path = Path(self._key_to_file(key, version))
            try:
                with path.open("rb") as file:
                    ends = pickle.load(file)  # noqa: S301 - written by this very class
                    number = pickle.loads(zlib.decompress(file.read())) + delta  # noqa: S301 - as above
            except (FileNotFoundError, EOFError):
                raise ValueError(f"Key {key!r} not found") from None
            if ends is not None and ends <= time.time():
                raise ValueError(f"Key {key!r} not found")
            self.set(key, number, None if ends is None else max(1, ends - time.time()), version)
            return int(number)

    @contextmanager
    def _alone(self, key: str, version: int | None) -> Iterator[None]:
        self._createdir()
        lock = int(Path(self._key_to_file(key, version)).stem, 16) % LOCKS
        # A lock on a file opened anew holds between the threads of one process too.
        with (Path(self._dir) / f"{lock}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
