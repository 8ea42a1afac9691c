"""Nothing tells a known address from an unknown one: the same words, the same work, the same traces.

How long it takes is measured by tests/benchmarks/signing_in.py; here it is proved that the same is done.
"""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.accounts.hashing import Argon2
from portal.accounts.models import User
from portal.community.models import Person
from portal.jobs import queue
from portal.jobs.models import Job
from portal.outbox.models import Mail
from tests import factories

KNOWN, CLOSED, NEVER, UNKNOWN = "maja@example.org", "closed@example.org", "never@example.org", "nobody@example.org"
ALL = (KNOWN, CLOSED, NEVER, UNKNOWN)
RESET = "/accounts/password/reset/"


class CountingArgon2(Argon2):
    """The portal's hash, with a tally of how often it was worked out."""

    made = 0

    def encode(self, password: str, salt: str) -> str:
        CountingArgon2.made += 1
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        CountingArgon2.made += 1
        return super().verify(password, encoded)


@pytest.fixture
def people(enrolled: Person, settings) -> None:
    """A member, a closed account and one without a password, all under the real hash."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingArgon2"]
    enrolled.user.set_password(factories.PASSWORD)
    enrolled.user.save()
    User.objects.create_user(CLOSED, factories.PASSWORD, is_active=False)
    User.objects.create_user(NEVER)
    CountingArgon2.made = 0


def plain(page: str, email: str) -> str:
    """Return a page without what differs by itself: the token of its form, and the address that was typed."""
    return re.sub(r'(name="csrfmiddlewaretoken" value=)"[^"]*"', r"\1", page).replace(email, "…")


@pytest.mark.usefixtures("people", "machine")
def test_wrong_password_does_the_same_for_every_address() -> None:
    pages, hashes = set(), {}
    for email in ALL:
        CountingArgon2.made = 0
        answer = Client().post("/accounts/login/", {"login": email, "password": "wrong wrong wrong wrong"})
        hashes[email] = CountingArgon2.made
        pages.add((answer.status_code, plain(answer.content.decode(), email), tuple(sorted(answer.cookies))))
    assert hashes == dict.fromkeys(ALL, 1)
    assert len(pages) == 1


@pytest.mark.usefixtures("people", "machine")
def test_wrong_password_writes_nothing_whatever_the_address() -> None:
    for email in ALL:
        Client().post("/accounts/login/", {"login": email, "password": "wrong wrong wrong wrong"})
    assert Mail.objects.count() == Job.objects.count() == 0


@pytest.mark.usefixtures("people", "machine")
def test_forgotten_password_does_the_same_for_every_address() -> None:
    pages, asked = set(), set()
    for email in ALL:
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(RESET, {"email": email}, follow=True)
        words = plain(answer.content.decode(), email)
        pages.add((answer.status_code, tuple(answer.redirect_chain), words, tuple(sorted(client.cookies))))
        asked.add(tuple(query["sql"].partition(" ")[0] for query in queries))
    assert len(pages) == 1
    assert len(asked) == 1
    assert CountingArgon2.made == 0
    # One job each, and no letter before a worker looks.
    assert Job.objects.filter(name="accounts.forgotten_password").count() == len(ALL)
    assert Mail.objects.count() == 0
    assert all(email not in str(job.payload) for job in Job.objects.all() for email in ALL)


@pytest.mark.usefixtures("people", "machine")
def test_forgotten_password_writes_to_open_accounts_alone() -> None:
    for email in ALL:
        Client().post(RESET, {"email": email})
    queue.work_all()
    assert set(Mail.objects.values_list("to_address", flat=True)) == {KNOWN, NEVER}


@pytest.mark.usefixtures("people")
def test_forgotten_password_writes_three_letters_an_hour_and_never_refuses_the_owner(machine) -> None:
    for _ in range(8):
        assert Client().post(RESET, {"email": KNOWN}).status_code == 302
    queue.work_all()
    letters = Mail.objects.filter(to_address=KNOWN)
    assert letters.count() == 3
    machine.shift(3601)
    Client().post(RESET, {"email": KNOWN})
    queue.work_all()
    assert letters.count() == 4
