"""From "Send" to one letter for each subscriber: never two, never one to somebody who has just stopped."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Sequence
from email.utils import parseaddr
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer
from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.outbox import post
from portal.outbox.models import Mail
from portal.updates.domain import gathering, tokens
from portal.updates.domain.subscriptions import UPDATE_LETTER
from portal.updates.models import Choice, Subscriber, SubscriberQuerySet, Update, UpdateItem
from portal.updates.registries import Topic

#: Name of the job that writes the letters.
SEND = "updates.send"
#: Letters written in one transaction; a killed worker loses one such batch at most.
BATCH = 50


def send(*, update: Update, by: Viewer, shown: str) -> Update:
    """Send a draft as it was `shown` (`gathering.shown`); a job writes the letters. Returns the fresh update.

    Raises `NotAllowed`, `IllegalTransition` (a second click) or `ConditionFailed`; then nothing was sent.
    """

    def begin(fresh: Update) -> None:
        if gathering.shown(fresh) != shown:
            raise ConditionFailed("The update was changed after you looked at it. Look once more, then send it.")
        fresh.sent_at = clock.now()
        fresh.job_id = queue.enqueue(SEND, key=f"{SEND}:{fresh.pk}", owner_id=by.user_id, update_id=fresh.pk).pk

    return door.perform(thing=update, verb="send", by=by, effect=begin)


def readers(*, update: Update, topics: Collection[str]) -> SubscriberQuerySet:
    """Return who gets a letter: confirmed before it was sent, with at least one of its topics."""
    confirmed = Subscriber.objects.confirmed()
    if update.sent_at is not None:
        confirmed = confirmed.filter(confirmed_at__lte=update.sent_at)
    return confirmed.filter(pk__in=Choice.objects.filter(topic__in=topics).values("subscriber_id"))


@queue.handler(SEND, long=True, lease_seconds=120)
def write_letters(job: queue.RunningJob, update_id: int) -> Callable[[], Any] | None:
    """Write the letters, batch by batch. What a worker that was killed has written is found by its key and kept.

    What is no longer public when the letters are written is not told, whatever the draft said.
    """
    update = Update.objects.filter(pk=update_id, state=Update.State.SENDING).first()
    if update is None:
        return None
    allowed = gathering.public_now(update)
    items = [item for item in gathering.told(update) if gathering.as_told(item) in allowed]
    everybody = readers(update=update, topics={item.topic for item in items}).order_by("pk")
    total, done, last = everybody.count(), 0, None
    while True:
        with transaction.atomic():
            rest = everybody if last is None else everybody.filter(pk__gt=last)
            # Locked: somebody who stops now waits for this batch, and takes their letter with them.
            batch = list(rest.select_for_update().prefetch_related("choices")[:BATCH])
            if not batch:
                break
            _write_batch(update=update, items=items, batch=batch)
            done, last = done + len(batch), batch[-1].pk
            # Inside the transaction: a worker that has lost its lease takes its batch back.
            job.progress(done=done, total=max(total, done))
    return functools.partial(_finish, update)


def _write_batch(*, update: Update, items: Sequence[UpdateItem], batch: Sequence[Subscriber]) -> None:
    keys = {subscriber.pk: letter_key(update, subscriber) for subscriber in batch}
    written = set(Mail.objects.filter(key__in=keys.values()).values_list("key", flat=True))
    for subscriber in batch:
        if keys[subscriber.pk] in written:
            continue
        links = tokens.links(subscriber)
        post.post(
            to=subscriber.address,
            template=UPDATE_LETTER,
            context=letter_context(items=items, topics=subscriber.topics) | links,
            about=update,
            key=keys[subscriber.pk],
            headers=list_headers(stop_url=links["stop_url"]),
        )


def _finish(update: Update) -> None:
    def count(fresh: Update) -> None:
        fresh.letters = Mail.objects.filter(key__startswith=f"update:{fresh.pk}:").count()

    door.perform(thing=update, verb="finish", by=SYSTEM, effect=count)


def letter_key(update: Update, subscriber: Subscriber) -> str:
    """Return the outbox key under which a subscriber's letter is written, once."""
    return f"update:{update.pk}:{subscriber.pk}"


def letter_context(*, items: Sequence[UpdateItem], topics: Collection[str]) -> dict[str, Any]:
    """Return what the letter to somebody with these topics tells: sections in the order of the topics."""
    told = [item for item in items if item.topic in topics]
    sections = [(Topic(topic).label, list(rows)) for topic, rows in groupby(told, key=lambda item: item.topic)]
    return {"sections": sections, "first": told[0] if told else None, "more": max(len(told) - 1, 0)}


def list_headers(*, stop_url: str) -> dict[str, str]:
    """Return the header lines of RFC 2369 and RFC 8058: mail programs show their own "unsubscribe" by them."""
    office = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return {
        "List-Unsubscribe": f"<{stop_url}>, <mailto:{office}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def preview(update: Update) -> tuple[str, str]:
    """Return subject and text of the letter as somebody with every topic gets it; its links are stand-ins."""
    context = letter_context(items=gathering.told(update), topics=Topic.values)
    stand_ins = {"manage_url": "(the reader’s own link)", "stop_url": "(the reader’s own link)"}
    return post.words(template=UPDATE_LETTER, context=context | stand_ins)


def job_of(update: Update) -> Job | None:
    """Return the job that writes an update's letters, while they are being written."""
    return Job.objects.filter(pk=update.job_id).first() if update.job_id else None


def send_on(*, update: Update, by: Viewer) -> None:
    """Let a job that was given up go on where it stopped. Raises `NotAllowed` for others than the office."""
    if not by.holds("office"):
        raise NotAllowed("Only the programme office can do this. Nothing was changed.")
    job = job_of(update)
    if job is not None and job.state == JobState.FAILED:
        queue.retry(job)
