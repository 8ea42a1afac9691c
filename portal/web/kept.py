"""Answers that are dear to find and the same for everybody, kept in the cache until somebody says they changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar
from uuid import uuid4

from django.core.cache import cache
from django.db import transaction

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """One answer: `read` finds it, `seconds` is how long it is kept should a change ever go unnoticed.

    An answer carries the state it was found in. One that was found before a change and stored after it is therefore
    never given: a reader who began before the commit cannot bring the old answer back.
    """

    def __init__(self, name: str, *, seconds: int, read: Callable[[], Value]) -> None:
        self._name = name
        self._state = f"{name}.state"
        self._seconds = seconds
        self._read = read

    def get(self) -> Value:
        """Return the answer, from the cache if it is still right there."""
        found = cache.get_many((self._name, self._state))
        state = found.get(self._state)
        held: tuple[str | None, Value] | None = found.get(self._name)
        if held is not None and held[0] == state:
            return held[1]
        value = self._read()
        cache.set(self._name, (state, value), self._seconds)
        return value

    def forget(self) -> None:
        """Have the answer found anew: now, and once more when the change is committed, for who reads in between."""
        self._renew()
        transaction.on_commit(self._renew)

    def _renew(self) -> None:
        cache.set(self._state, uuid4().hex, None)
