"""A visitor who reads mail, and sources that offer what a test needs."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client

from portal.jobs import queue
from portal.updates import registries
from portal.updates.models import Subscriber
from portal.updates.registries import Item, Topic
from tests import factories


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[Item]]]:
    """What the sources offer, by topic, in place of the areas' own; tests put items in and take them out."""
    items: dict[str, list[Item]] = {topic: [] for topic in Topic.values}
    monkeypatch.setattr(registries, "_sources", {})
    for topic in Topic.values:
        registries.add_source(topic, lambda viewer, since, topic=topic: list(items[topic]))
    return items


@pytest.fixture
def office(client: Client, db: None) -> Client:
    """A client of the programme office."""
    return factories.sign_in(client, factories.person("Anna Wzorowa", roles=[("office", "")]))


def item(number: int = 1, **fields: object) -> Item:
    return Item(**{"key": f"test:{number}", "title": f"Thing {number}", "url": f"/things/{number}/", **fields})


def ask(client: Client, address: str = "jan@example.org", topics: tuple[str, ...] = ("news",)):
    return client.post("/updates/", {"address": address, "topics": topics})


def letters() -> list[mail.EmailMessage]:
    """Do what waits and return the letters that were sent by it."""
    before = len(mail.outbox)
    queue.work_all()
    return mail.outbox[before:]


def path_in(letter: mail.EmailMessage, kind: str) -> str:
    """Return the path of the one link of a kind ("confirm", "manage", "stop", "block") in a letter."""
    found = set(re.findall(rf"https?://[^/\s]+(/updates/{kind}/\S+/)", letter.body))
    assert len(found) == 1, letter.body
    return found.pop()


def subscribe(address: str = "jan@example.org", topics: tuple[str, ...] = ("news",)) -> Subscriber:
    """Take an address the whole way from the form to its confirmation; return the subscription."""
    client = Client()
    ask(client, address, topics)
    (letter,) = letters()
    client.post(path_in(letter, "confirm"))
    return Subscriber.objects.get(address=address)
