"""What the library hands in for updates by e-mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from library.domain.queries import records
from portal.access.viewer import Viewer
from portal.outbox.post import about_key
from portal.updates.registries import Item, Topic, add_source


def _results(viewer: Viewer, since: dt.datetime) -> Iterator[Item]:
    for record in records(viewer).filter(first_published_at__gt=since):
        text = record.search_description or record.abstract
        yield Item(about_key(record), record.title, record.url, text, record.dated_on, record.is_sample)


add_source(Topic.RESULTS, _results)
