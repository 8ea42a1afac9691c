"""A session that is ended while its own request goes on. SQLite has no row locks, so this needs PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client

from portal.accounts.domain.sessions import end_all
from portal.accounts.models import EndedSession, Session
from portal.accounts.session_store import SessionStore
from tests import factories

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def _together(*works: Callable[[], object]) -> None:
    """Run all of `works` in threads that begin together."""
    gate = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


@pytest.mark.parametrize("cycles", [False, True])
def test_session_ended_during_its_own_request_stays_ended(cycles: bool) -> None:
    member = factories.person()
    faults: list[Exception] = []
    for _ in range(20):
        browser = factories.sign_in(Client(), member)
        key = browser.cookies["sessionid"].value

        def answer(key: str = key) -> None:
            session = SessionStore(key)
            session["seen"] = True
            try:
                if cycles:
                    session.cycle_key()
                session.save()
            except UpdateError as fault:
                faults.append(fault)

        _together(answer, lambda: end_all(user=member.user, reason="device"))
        assert Session.objects.filter(user=member.user).count() == 0
    assert faults == []
    assert EndedSession.objects.filter(user=member.user, why="device").count() == 20
