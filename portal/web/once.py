"""Reads that several parts of one page share.

    @shared
    def flows() -> list[tuple[str, str, int]]: ...

    with one_page():
        ...  # flows() asks the database once, however many panels call it

Outside `one_page` a shared function asks every time, so nothing is ever older than the page that is being made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Given = ParamSpec("Given")
Found = TypeVar("Found")

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("reads of one page", default=None)


@contextmanager
def one_page() -> Iterator[None]:
    """Keep what shared functions return inside; one within another keeps with the outer one."""
    token = _kept.set({}) if _kept.get() is None else None
    try:
        yield
    finally:
        if token is not None:
            _kept.reset(token)


def shared(function: Callable[Given, Found]) -> Callable[Given, Found]:
    """Have a read answer from memory when one page asks it again with the same arguments, which must be hashable.

    The result belongs to all who ask: it must not be changed, and a queryset has to come as a list.
    """

    @wraps(function)
    def ask(*args: Given.args, **kwargs: Given.kwargs) -> Found:
        kept = _kept.get()
        if kept is None:
            return function(*args, **kwargs)
        key = (function, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            kept[key] = function(*args, **kwargs)
        found: Found = kept[key]
        return found

    return ask
