"""From an address typed into a form to a confirmed subscription, and out again.

The page never looks up the address: it writes down what was asked and hands it to a job. So neither the answer nor
its time, nor the number of queries, can tell whether an address is new, waiting, subscribed or blocked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import StrEnum

from django.db import transaction

from portal.access import clock
from portal.access.viewer import ANONYMOUS, Viewer
from portal.jobs import queue
from portal.journal import door
from portal.journal.errors import NotAllowed
from portal.outbox import post
from portal.updates.domain import addresses, tokens
from portal.updates.models import Ask, Block, Choice, Subscriber
from portal.updates.registries import Topic, labels

#: Name of the job that deals with what was asked.
ANSWER = "updates.answer"
#: How many letters one mailbox gets within a day because somebody typed its address, whoever that was.
LETTERS_A_DAY = 3
A_DAY = dt.timedelta(days=1)
#: How long an address waits for its confirmation before it is forgotten.
FORGET_AFTER = dt.timedelta(days=14)
#: Templates of the letters, which are also the kinds of the outbox.
CONFIRM_LETTER, KNOWN_LETTER, UPDATE_LETTER = "updates_confirm", "updates_known", "updates_letter"
LETTERS = (CONFIRM_LETTER, KNOWN_LETTER, UPDATE_LETTER)


class Standing(StrEnum):
    """What a link to confirm is worth."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@transaction.atomic
def ask(*, address: str, topics: Iterable[str]) -> None:
    """Write down that somebody wants updates for a tidied `address`; a job answers by letter. Never says more."""
    wanted = set(topics)
    row = Ask.objects.create(
        address=address,
        digest=addresses.digest(address),
        topics=[topic for topic in Topic.values if topic in wanted],
        asked_at=clock.now(),
    )
    queue.enqueue(ANSWER, key=f"{ANSWER}:{row.pk}", ask_id=row.pk)


@queue.handler(ANSWER)
def answer(job: queue.RunningJob, ask_id: int) -> None:
    """Send the letter that fits: confirm, or "you have them already". None to a blocked or flooded mailbox."""
    asked = Ask.objects.select_for_update().filter(pk=ask_id).exclude(address="").first()
    if asked is None:
        return
    address, asked.address = asked.address, ""
    asked.save(update_fields=["address"])
    lately = Ask.objects.filter(digest=asked.digest, asked_at__gt=asked.asked_at - A_DAY, pk__lt=asked.pk)
    if Block.objects.filter(pk=asked.digest).exists() or lately.count() >= LETTERS_A_DAY:
        return
    subscriber, _ = Subscriber.objects.get_or_create(
        digest=asked.digest, defaults={"address": address, "asked_at": asked.asked_at}
    )
    subscriber = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if subscriber.confirmed_at is None:
        # The latest wish counts: whoever confirms has read it in the letter.
        Subscriber.objects.filter(pk=subscriber.pk).update(address=address, asked_at=asked.asked_at)
        _choose(subscriber, asked.topics)
        subscriber.address = address
    _write(subscriber, asked.topics)


def _write(subscriber: Subscriber, topics: Sequence[str]) -> None:
    known = subscriber.confirmed_at is not None
    context = {"topics": labels(topics), **tokens.links(subscriber)}
    if not known:
        context["confirm_url"] = tokens.confirm_url(subscriber)
    template = KNOWN_LETTER if known else CONFIRM_LETTER
    post.post(to=subscriber.address, template=template, context=context)


def standing(*, token: str) -> tuple[Standing, Subscriber | None]:
    """Return what a link to confirm is worth now, with the subscription where there is one. Changes nothing."""
    found = tokens.read_confirm(token)
    if found is None:
        return Standing.UNKNOWN, None
    pk, until = found
    subscriber = Subscriber.objects.prefetch_related("choices").filter(pk=pk).first()
    if subscriber is not None and subscriber.confirmed_at is not None:
        return Standing.CONFIRMED, subscriber
    if until <= clock.now():
        return Standing.EXPIRED, None
    return (Standing.WAITING, subscriber) if subscriber is not None else (Standing.UNKNOWN, None)


@transaction.atomic
def confirm(*, token: str) -> Standing:
    """Confirm the subscription behind a link; twice is once. Returns what the link was worth before."""
    was, subscriber = standing(token=token)
    if was is Standing.WAITING and subscriber is not None:
        waits = Subscriber.objects.filter(pk=subscriber.pk, confirmed_at=None)
        if waits.update(confirmed_at=clock.now()):
            # Nobody's name: the journal keeps that this subscription was confirmed, for as long as it lives.
            door.record(thing=subscriber, verb="confirm", by=ANONYMOUS)
    return was


def subscriber_of(digest: str) -> Subscriber | None:
    """Return the confirmed subscription of a mailbox, with its topics."""
    return Subscriber.objects.confirmed().prefetch_related("choices").filter(digest=digest).first()


@transaction.atomic
def choose(*, subscriber: Subscriber, topics: Iterable[str]) -> None:
    """Set the topics of a subscription. Raises `ValueError` for none: that would be stopping."""
    wanted = [Topic(topic).value for topic in topics]
    if not wanted:
        raise ValueError("a subscription has at least one topic")
    # Locked, because whoever stops in another tab at this moment has stopped.
    if Subscriber.objects.select_for_update().filter(pk=subscriber.pk).exists():
        _choose(subscriber, wanted)


def _choose(subscriber: Subscriber, topics: Sequence[str]) -> None:
    subscriber.choices.exclude(topic__in=topics).delete()
    there = set(subscriber.choices.values_list("topic", flat=True))
    # Two tabs at once: the row that is there already is the one that was wanted.
    Choice.objects.bulk_create(
        [Choice(subscriber=subscriber, topic=topic) for topic in topics if topic not in there], ignore_conflicts=True
    )


@transaction.atomic
def stop(*, digest: str, by: Viewer = ANONYMOUS) -> bool:
    """Forget the mailbox at once, with its letters, waiting or sent; returns whether there was a subscription."""
    subscriber = Subscriber.objects.select_for_update().filter(digest=digest).first()
    if subscriber is None:
        return False
    _forget([subscriber], verb="stop", by=by)
    return True


@transaction.atomic
def block(*, digest: str, by: Viewer = ANONYMOUS) -> None:
    """Write to the mailbox no more, whoever types its address; its subscription goes."""
    stop(digest=digest, by=by)
    Block.objects.get_or_create(digest=digest, defaults={"since": clock.now()})


@transaction.atomic
def on_request(*, address: str, deed: str, by: Viewer) -> bool:
    """Do for somebody who wrote to the office what the links in the letters do: "stop", "block" or "unblock".

    Returns whether anything was there to change. Raises `NotAllowed` for others than the office.
    """
    if not by.holds("office"):
        raise NotAllowed("Only the programme office can do this. Nothing was changed.")
    digest = addresses.digest(address)
    if deed == "stop":
        return stop(digest=digest, by=by)
    if deed == "unblock":
        return bool(Block.objects.filter(pk=digest).delete()[0])
    fresh = not Block.objects.filter(pk=digest).exists()
    block(digest=digest, by=by)
    return fresh


def _forget(subscribers: Sequence[Subscriber], *, verb: str, by: Viewer) -> None:
    """Remove subscriptions, and after them their letters: one that is just being written is committed by then."""
    for subscriber in subscribers:
        door.record(thing=subscriber, verb=verb, by=by)
        address = subscriber.address
        subscriber.delete()
        post.forget(to=address, kinds=LETTERS)


def tidy_up() -> int:
    """Forget the addresses that nobody confirmed within 14 days, and what was asked and answered more than a day ago.

    What no job has answered yet stays as long as an address waits. Returns how many addresses were forgotten.
    """
    moment = clock.now()
    Ask.objects.filter(address="", asked_at__lte=moment - A_DAY).delete()
    Ask.objects.filter(asked_at__lte=moment - FORGET_AFTER).delete()
    with transaction.atomic():
        old = list(
            Subscriber.objects.select_for_update().filter(confirmed_at=None, asked_at__lte=moment - FORGET_AFTER)
        )
        for subscriber in old:
            subscriber.delete()
            post.forget(to=subscriber.address, kinds=LETTERS)
    return len(old)
