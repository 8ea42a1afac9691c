"""Fixtures that every test may use."""

import os
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, sync_playwright

from portal.bootstrap import tools
from portal.bootstrap.places import CACHES

# Hypothesis remembers failing examples in the work tree otherwise.
os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(CACHES / "hypothesis"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs PostgreSQL where the suite runs on SQLite; the runner runs it on both."""
    if connection.vendor == "postgresql":
        return
    left_out = [item for item in items if item.get_closest_marker("postgresql")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Start each test with an empty cache: rate limits and sessions of one test must not reach the next."""
    cache.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Open the machine's Chromium, one for the session: Playwright refuses a second one beside it in one process."""
    path = tools.chromium()
    assert path, "Chromium is missing: sudo apt-get install chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=tools.CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()
