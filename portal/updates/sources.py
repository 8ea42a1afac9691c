"""What the layers below hand in; the areas above register their own from their `apps.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from portal.access.viewer import Viewer
from portal.outbox.post import about_key
from portal.pages.domain.news import news
from portal.updates.registries import Item, Topic, add_source


def _news(viewer: Viewer, since: dt.datetime) -> Iterator[Item]:
    for page in news(viewer).filter(first_published_at__gt=since):
        yield Item(about_key(page), page.title, page.url, page.lead, page.date, page.is_sample)


add_source(Topic.NEWS, _news)
