"""What the exchanges hand in for updates by e-mail: the calls that are open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from exchanges.models import Call
from portal.access import clock
from portal.access.viewer import Viewer
from portal.outbox.post import about_key
from portal.updates.registries import Item, Topic, add_source


def _calls(viewer: Viewer, since: dt.datetime) -> Iterator[Item]:
    # Whatever is open counts, however long ago it opened: a call is told once, and worth telling until it closes.
    calls = Call.objects.visible_to(viewer).filter(state=Call.State.OPEN, closes_at__gte=clock.now())
    for call in calls.order_by("closes_at"):
        closes = call.closes_at.astimezone(clock.BRUSSELS)
        yield Item(
            key=about_key(call),
            title=f"{call}: {call.title}",
            url=call.get_absolute_url(),
            text=f"Open until {closes:%-d %B %Y}, {closes:%H:%M} Brussels time.",
            date=call.opens_on,
            is_sample=call.is_sample,
        )


add_source(Topic.CALLS, _calls)
