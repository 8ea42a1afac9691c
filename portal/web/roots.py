"""Where the pages of the CMS begin, kept for the length of one request.

Wagtail looks into the cache for each address of a page, unless it is handed the request; a list of pages that are
asked for their `url` would read the same file, or ask Redis the same question, once for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

_kept: ContextVar[SimpleNamespace | None] = ContextVar("site_roots", default=None)


@contextmanager
def keeping() -> Iterator[None]:
    """Keep them inside."""
    token = _kept.set(SimpleNamespace())
    try:
        yield
    finally:
        _kept.reset(token)


def kept() -> SimpleNamespace | None:
    """Return where Wagtail keeps them (`Page.get_url_parts` takes it for the request), or None outside a request."""
    return _kept.get()
