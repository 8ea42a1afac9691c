"""A copy of the portal's own `var` that a benchmark may write to."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from portal.bootstrap import layout, places

#: Read by the benchmarks and written by none of them, so a link will do.
READ_ONLY = ("static", "media", "protected", "index")


@contextmanager
def copied() -> Iterator[Path | None]:
    """Give a folder for `NOC_VAR` with a copy of the portal's data, or None where there is none to copy."""
    source = places.var()
    if not (source / layout.DATABASE).is_file():
        print("No data here: run `make run` once, then measure again.")
        yield None
        return
    root = Path(tempfile.mkdtemp(prefix="noc-bench-"))
    try:
        with (
            closing(sqlite3.connect(source / layout.DATABASE)) as before,
            closing(sqlite3.connect(root / layout.DATABASE)) as after,
        ):
            before.backup(after)
        for name in READ_ONLY:
            if (source / name).exists():
                (root / name).symlink_to(source / name)
        os.environ["NOC_VAR"] = str(root)
        yield root
    finally:
        shutil.rmtree(root, ignore_errors=True)
