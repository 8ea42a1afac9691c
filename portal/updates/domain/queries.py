"""Reads of the office's pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.access import clock
from portal.access.viewer import Viewer
from portal.jobs.models import JobState
from portal.updates.domain import gathering, sending
from portal.updates.models import Choice, Subscriber, Update, UpdateItem
from portal.updates.registries import Item, Topic
from portal.web.tables import Cell, Column, Table
from portal.web.words import counted


def subscribers(viewer: Viewer) -> QuerySet[Subscriber]:
    """Return the confirmed subscribers that the viewer may read, the newest first, with their topics."""
    return Subscriber.objects.visible_to(viewer).confirmed().prefetch_related("choices")


def subscribers_table(rows: list[Subscriber]) -> Table:
    """Return subscribers as a table. No query of its own."""
    return Table(
        "Who gets updates",
        [Column("Address", heads=True), Column("Topics")],
        [
            [
                Cell(row.address, soft=f"Confirmed {_day(row.confirmed_at)}{', sample' if row.is_sample else ''}"),
                ", ".join(TOPIC_WORDS[topic] for topic in row.topics),
            ]
            for row in rows
        ],
    )


def _day(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(clock.BRUSSELS):%-d %B %Y}" if moment else ""


#: Topics in one word, of a reader and of a thing.
TOPIC_WORDS = {Topic.NEWS.value: "news", Topic.CALLS.value: "calls", Topic.RESULTS.value: "results"}
KINDS = {Topic.NEWS.value: "News", Topic.CALLS.value: "Call", Topic.RESULTS.value: "Result"}


def figures() -> list[tuple[str, str]]:
    """Return facts of the office's page: how many get updates, by topic, and how many addresses wait. Two queries."""
    counts = Subscriber.objects.aggregate(
        confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)), waiting=Count("pk", filter=Q(confirmed_at=None))
    )
    by_topic = dict(
        Choice.objects.filter(subscriber__confirmed_at__isnull=False)
        .values_list("topic")
        .annotate(number=Count("pk"))
        .order_by()
    )
    return [
        ("Confirmed addresses", str(counts["confirmed"])),
        *((str(Topic(topic).label), str(by_topic.get(topic, 0))) for topic in Topic.values),
        ("Not confirmed yet", str(counts["waiting"])),
    ]


def past_updates(viewer: Viewer) -> QuerySet[Update]:
    """Return the updates that were sent or are being sent, the newest first, each with how many things it told."""
    return (
        Update.objects.visible_to(viewer)
        .exclude(state=Update.State.DRAFT)
        .annotate(things=Count("items", filter=Q(items__left_out=False)))
        .order_by("-sent_at")
    )


def updates_table(rows: Iterable[Any]) -> Table:
    """Return updates from `past_updates` as a table. No query of its own."""
    return Table(
        "Updates that were sent",
        [Column("Sent", heads=True), Column("Told"), Column("Letters", number=True, small_label="Letters")],
        [
            [
                Cell(_day(row.sent_at), url=row.get_absolute_url(), soft="Sample" if row.is_sample else ""),
                counted(row.things, "thing"),
                str(row.letters) if row.state == Update.State.SENT else "being written",
            ]
            for row in rows
        ],
    )


def draft_of(viewer: Viewer) -> Update | None:
    """Return the draft, if the viewer may see it and there is one."""
    return Update.objects.visible_to(viewer).filter(state=Update.State.DRAFT).first()


def entry_of(topic: str, item: Item | UpdateItem) -> dict[str, Any]:
    """Return a thing as a row of a list."""
    kind = KINDS[topic]
    return {
        "title": item.title,
        "url": item.url,
        "date": item.date,
        "text": item.text,
        "kind": f"{kind}, sample" if item.is_sample else kind,
    }


def coming() -> list[dict[str, Any]]:
    """Return what the next update would tell, as rows of a list."""
    return [entry_of(topic, item) for topic, item in gathering.untold()]


def progress_of(update: Update) -> dict[str, Any]:
    """Return value, max and words for the progress bar of an update whose letters are being written."""
    job = sending.job_of(update)
    if update.state == Update.State.SENT:
        return {"value": update.letters, "max": update.letters, "text": "All letters are written.", "done": True}
    if job is None or job.state == JobState.FAILED:
        return {"value": 0, "max": 1, "text": "The work stopped.", "done": True, "failed": True}
    text = "Waiting for its turn."
    if job.progress_total:
        text = f"{job.progress_done} of {counted(job.progress_total, 'letter')} written."
    return {"value": job.progress_done, "max": job.progress_total or None, "text": text, "done": False}
