"""Sample content: a few readers, and one update that was sent."""

from __future__ import annotations

import datetime as dt

from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.community.domain.samples import Progress, read
from portal.journal import door
from portal.updates.domain import addresses, gathering
from portal.updates.models import Choice, Subscriber, Update, UpdateItem


def load_updates(progress: Progress) -> None:
    """Load readers and one sent update. It told some of what is there; of each topic one thing is left as new."""
    content = read("portal.updates", "updates")
    for row in content["subscribers"]:
        _subscriber(row, confirmed=True)
    for row in content["waiting"]:
        _subscriber(row, confirmed=False)
    _update(days=content["update"]["days"], told=content["update"]["told"])
    progress(f"  {Subscriber.objects.count()} addresses, {Update.objects.count()} update")


def _subscriber(row: dict, *, confirmed: bool) -> None:
    then = clock.now() - dt.timedelta(days=row["days"])
    subscriber = Subscriber.objects.create(
        address=row["address"],
        digest=addresses.digest(row["address"]),
        asked_at=then,
        confirmed_at=then if confirmed else None,
        is_sample=True,
    )
    Choice.objects.bulk_create(Choice(subscriber=subscriber, topic=topic) for topic in row["topics"])


def _update(*, days: int, told: int) -> None:
    """Make the update that was sent; nothing is queued, because its letters lie in the past."""
    found = gathering.untold()
    if not found:
        return
    with clock.at(clock.now() - dt.timedelta(days=days)):
        update = Update.objects.create(prepared_at=clock.now(), sent_at=clock.now(), is_sample=True)
        place: dict[str, int] = {}
        for order, (topic, item) in enumerate(found):
            place[topic] = place.get(topic, -1) + 1
            # The first of each topic stays new, so that there is something to send.
            if place[topic] == 0:
                continue
            UpdateItem.objects.create(
                update=update,
                order=order,
                topic=topic,
                key=item.key,
                title=item.title[:255],
                url=item.url,
                text=item.text,
                date=item.date,
                is_sample=item.is_sample,
                left_out=place[topic] > told,
            )

        def count(fresh: Update) -> None:
            topics = {item.topic for item in gathering.told(fresh)}
            fresh.letters = (
                Subscriber.objects.confirmed()
                .filter(confirmed_at__lte=clock.now(), choices__topic__in=topics)
                .distinct()
                .count()
            )

        sending = door.perform(thing=update, verb="send", by=SYSTEM)
        door.perform(thing=sending, verb="finish", by=SYSTEM, effect=count)
