"""Every test of the exchanges lives on 1 December 2026, unless it says otherwise."""

from collections.abc import Iterator

import pytest

from portal.access import clock
from tests.exchanges.factories import NOW


@pytest.fixture(autouse=True)
def _first_of_december() -> Iterator[None]:
    with clock.at(NOW):
        yield
