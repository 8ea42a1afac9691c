"""Passwords and backup codes under Argon2id, worked out where they keep nobody waiting for a page.

A hash is meant to be slow. Each process works on one at a time, in a thread of low priority beside those that answer
requests: whoever sends many wrong passwords slows down signing in, and not the portal.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

#: How much lower the thread's priority is (nice).
NICE = 5
#: How many requests of one process may wait for a hash at once: half of its threads, so that the others answer pages.
#: One more is kept for browsers that are known.
PLACES, KEPT = 2, 1


class _Workshop:
    """The one thread of this process that makes hashes, and the places of those who wait for it."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Start without a thread, as a forked process does, and with every place free."""
        self.places, self.kept = threading.BoundedSemaphore(PLACES), threading.BoundedSemaphore(KEPT)
        # The thread begins with the first piece of work: one begun before the fork would not be here.
        self.pool = ThreadPoolExecutor(1, thread_name_prefix="argon2", initializer=_step_back)


def _step_back() -> None:
    # Linux counts threads as processes here; elsewhere the priority stays as it is.
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


_workshop = _Workshop()
os.register_at_fork(after_in_child=_workshop.begin_anew)


class Busy(RuntimeError):
    """So many passwords are being looked at that this one would keep pages waiting."""


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, twice over, one lane: above what OWASP ASVS 5.0 asks for (appendix C)."""

    time_cost = 2
    memory_cost = 47_104
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        return str(_apart(super().encode, password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether a password has this hash."""
        return bool(_apart(super().verify, password, encoded))


@contextlib.contextmanager
def place(*, known: bool) -> Iterator[None]:
    """Hold one of the places for requests that make hashes; one is kept for `known` browsers. Raises `Busy`."""
    for places in (_workshop.places, _workshop.kept)[: 2 if known else 1]:
        if places.acquire(blocking=False):
            break
    else:
        raise Busy
    try:
        yield
    finally:
        places.release()


def _apart(work: Callable[..., Any], *arguments: str) -> Any:
    return _workshop.pool.submit(work, *arguments).result()
