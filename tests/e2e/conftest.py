"""The running portal and a browser before it. Tests that use these carry the marker `browser`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.e2e.readers import DESK, Readers
from tests.e2e.stack import Stack
from tests.e2e.watch import Watch


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test beneath this folder: the other runs of the suite leave them out."""
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The portal with sample content, all processes running, one for the whole session."""
    running = Stack()
    try:
        running.start()
        yield running
    finally:
        running.close()


@pytest.fixture(scope="session")
def readers(stack: Stack, browser: Browser) -> Iterator[Readers]:
    """The sample people whom the list of pages names, each signed in once."""
    found = Readers(stack, browser)
    yield found
    found.close()


@pytest.fixture
def new_session(stack: Stack, browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts that know nothing of each other, as if each were somebody's own machine.

    Called with Playwright's options of a context, e.g. `viewport=PHONE`; addresses may be paths. The test fails at its
    end if any page violated the CSP, wrote an error, asked a third party, or got a 5xx.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**({"base_url": stack.url, "viewport": DESK, "locale": "en-GB"} | options))
        context.set_default_timeout(15_000)
        opened.append((context, Watch(context, stack.url)))
        return context

    yield make
    for context, _ in opened:
        context.close()
    assert [fault for _, watch in opened for fault in watch.faults] == []
