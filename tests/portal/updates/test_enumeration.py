"""Nobody finds out by the form whose address is known: status, headers, body and queries are the same for all."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.updates.domain import subscriptions
from portal.updates.models import Ask
from tests.portal.updates.conftest import ask, letters, subscribe

pytestmark = pytest.mark.django_db

ADDRESS = "jan@example.org"


def _new() -> None:
    pass


def _waiting() -> None:
    ask(Client(), ADDRESS)
    letters()


def _subscribed() -> None:
    subscribe(ADDRESS)


def _blocked() -> None:
    subscriptions.block(digest=subscribe(ADDRESS).digest)


def _flooded() -> None:
    for _ in range(4):
        ask(Client(), ADDRESS)
    letters()


STATES = {"new": _new, "waiting": _waiting, "subscribed": _subscribed, "blocked": _blocked, "flooded": _flooded}


def _answer(address: str) -> tuple[object, ...]:
    with CaptureQueriesContext(connection) as asked:
        answer = ask(Client(), address)
    page = Client().get(answer.url)
    verbs = [query["sql"].split()[0] for query in asked.captured_queries]
    return answer.status_code, dict(answer.headers), answer.content, page.content, dict(page.headers), verbs


@pytest.mark.parametrize("prepare", STATES.values(), ids=STATES)
def test_answer_is_the_same_whatever_is_known_of_an_address(prepare: Callable[[], None]) -> None:
    prepare()
    known = _answer(ADDRESS)
    assert known == _answer("never.seen@example.org")
    assert known[0] == 302


def test_page_asks_the_database_for_no_address() -> None:
    subscribe(ADDRESS)
    with CaptureQueriesContext(connection) as asked:
        ask(Client(), ADDRESS)
    tables = {
        word for query in asked.captured_queries for word in query["sql"].split('"') if word.startswith("updates_")
    }
    assert tables == {"updates_ask"}
    assert Ask.objects.filter(address=ADDRESS).count() == 1


def test_states_differ_in_the_mailbox_alone() -> None:
    said = {}
    for name, prepare in STATES.items():
        prepare()
        ask(Client(), ADDRESS)
        said[name] = [letter.subject for letter in letters()]
        subscriptions.stop(digest=subscriptions.addresses.digest(ADDRESS))
        subscriptions.Block.objects.all().delete()
        Ask.objects.all().delete()
    confirm, known = ["Please confirm your address"], ["You get our updates already"]
    assert said == {"new": confirm, "waiting": confirm, "subscribed": known, "blocked": [], "flooded": []}
