"""Accounts in the states that signing in tells apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from portal.accounts.models import AuthenticatorDevice, User
from portal.community.models import Person
from tests import factories

#: Ten seconds into a time step, so that a test can move in both directions without leaving it.
MOMENT = dt.datetime(2026, 11, 20, 14, 0, 10, tzinfo=dt.UTC)


@pytest.fixture
def machine() -> Iterator[time_machine.Traveller]:
    """Hold the machine's clock at MOMENT; `machine.shift(30)` goes on to the next code."""
    with time_machine.travel(MOMENT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def enrolled(db: None) -> Person:
    """A member with a confirmed authenticator app."""
    member = factories.person("Maja Wzór", email="maja@example.org")
    AuthenticatorDevice.objects.create(user=member.user, name="Telephone")
    return member


@pytest.fixture
def newcomer(db: None) -> User:
    """An account without a password and without a device, as an approved request leaves it."""
    return User.objects.create_user("new@example.org")
