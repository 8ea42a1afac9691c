"""The index of this process: where it lies, and the engine over its present state."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from django.conf import settings

from portal.search.engine import Readers, Store, translated
from portal.search.finder import Finder

_lock = threading.Lock()
_open: dict[Path, tuple[Readers, Finder | None]] = {}
# Open files share their place with those of the parent process; two workers would move it under each other.
os.register_at_fork(after_in_child=_open.clear)


def store() -> Store:
    """Return the folder of the index."""
    return Store(Path(settings.SEARCH_INDEX_ROOT))


def finder() -> Finder:
    """Return the engine over the present state of the index; a new commit or generation gives a new one.

    Raises `IndexUnavailable` if the index is missing, damaged or of an older shape.
    """
    root = Path(settings.SEARCH_INDEX_ROOT)
    with _lock:
        readers, known = _open.get(root) or (Readers(Store(root)), None)
        try:
            reader = readers.reader()
            if known is None or known.reader is not reader:
                with translated():
                    known = Finder(reader)
            _open[root] = (readers, known)
        except BaseException:
            _open.pop(root, None)
            raise
        return known


def forget() -> None:
    """Let go of everything open; the next question opens anew."""
    with _lock:
        _open.clear()
