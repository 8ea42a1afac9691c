"""Links in letters outlive the portal's secret key, and a change of their own."""

from __future__ import annotations

import pytest

from portal.updates.domain import addresses, tokens
from portal.updates.domain.tokens import Purpose

ADDRESS = "jan@example.org"
OLD, NEW = "o" * 50, "n" * 50


@pytest.fixture
def token(settings) -> str:
    """A link to stop as it stands in an old letter."""
    settings.LINK_KEYS = [OLD]
    return tokens.token(purpose=Purpose.STOP, digest=addresses.digest(ADDRESS))


def test_link_to_stop_outlives_a_new_secret_key(token: str, settings) -> None:
    settings.SECRET_KEY = "another" * 10
    assert tokens.read(purpose=Purpose.STOP, token=token) == addresses.digest(ADDRESS)


def test_link_to_stop_outlives_a_new_key_for_links(token: str, settings) -> None:
    settings.LINK_KEYS = [NEW, OLD]
    assert tokens.read(purpose=Purpose.STOP, token=token) == addresses.digest(ADDRESS)
    assert tokens.token(purpose=Purpose.STOP, digest=addresses.digest(ADDRESS)) != token


def test_link_to_stop_under_a_key_that_was_taken_away_opens_nothing(token: str, settings) -> None:
    settings.LINK_KEYS = [NEW]
    assert tokens.read(purpose=Purpose.STOP, token=token) is None
