"""What public pages cost: `python -m tests.benchmarks.pages`.

Milliseconds of processor time (median), as a copy and made anew, beside a fixed piece of work in the same run: another
machine is faster or slower, but the ratio stays. Works on the portal's own `var`; writes nothing there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")

RUNS = 15
PATHS = """
/ /about/ /join/ /news/ /glossary/ /groups/ /groups/operational-centres/ /groups/qroc/ /library/ /library/lessons/
/library/critical-factors/ /library/manhunt-the-first-sixty-minutes/ /meetings/ /meetings/london-october-2023/ /pilots/
/exchanges/ /search/ /search/?q=border /feeds/results.atom /sitemap.xml
""".split()


def reference() -> None:
    """Work that the portal has no part in: a hundred thousand steps of a sum."""
    total = 0
    for number in range(100_000):
        total = (total * 31 + number) % 1_000_003


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median processor time of `work` in milliseconds."""
    times = []
    for _ in range(RUNS):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times) * 1000


def main() -> int:
    """Print the figures; 1 where there is no content to measure."""
    import logging

    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from portal.web import copies

    logging.disable(logging.WARNING)
    settings.ALLOWED_HOSTS = ["localhost"]
    visitor = Client(SERVER_NAME="localhost", headers={"accept-encoding": "gzip"})
    try:
        found = visitor.get("/").status_code == 200
    except Exception as error:  # noqa: BLE001 - whatever is missing, the remedy is the same
        print(error)
        found = False
    if not found:
        print("No home page here: run `make run` once, then measure again.")
        return 1
    unit = milliseconds(reference)
    print(f"reference {unit:.1f} ms; a page costs milliseconds (times the reference), copied and made anew")
    place_of = copies.place_of
    for path in PATHS:
        visitor.get(path)
        copied = milliseconds(lambda path=path: visitor.get(path))
        copies.place_of = lambda request: None
        visitor.get(path)
        made = milliseconds(lambda path=path: visitor.get(path))
        with CaptureQueriesContext(connection) as queries:
            answer = visitor.get(path)
        copies.place_of = place_of
        print(
            f"  {path:<44} {copied:6.2f} ({copied / unit:4.2f})  {made:6.1f} ({made / unit:4.1f})  "
            f"{len(queries):2} queries  {len(answer.content) / 1000:5.1f} kB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
