from collections.abc import Iterator

import pytest

from portal.jobs import queue


@pytest.fixture
def handlers() -> Iterator[None]:
    """Forget afterwards the handlers that a test registers."""
    before = dict(queue._handlers)
    yield
    queue._handlers.clear()
    queue._handlers.update(before)
