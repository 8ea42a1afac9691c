"""Where areas hand in what updates tell of: the news, the calls, the library, each from its `apps.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access.viewer import ANONYMOUS, Viewer


class Topic(models.TextChoices):
    """What one may ask to be told of, in the order in which an update tells it."""

    NEWS = "news", _("News of the community")
    CALLS = "calls", _("Open exchange calls")
    RESULTS = "results", _("New public results in the library")


def labels(topics: Iterable[str]) -> list[str]:
    """Return topics in words."""
    return [str(Topic(topic).label) for topic in topics]


@dataclass(frozen=True)
class Item:
    """One thing that an update tells of.

    `key` is its name for good ("library.recordpage:7"): nothing goes out twice under one key. `url` is a path of the
    portal or a full address, `date` the day that readers connect with it.
    """

    key: str
    title: str
    url: str
    text: str = ""
    date: dt.date | None = None
    is_sample: bool = False


#: Gets the viewer to ask for and the moment since which things count as new; what is open or running may be given
#: whatever its date, because nothing is told twice.
Source = Callable[[Viewer, dt.datetime], Iterable[Item]]

_sources: dict[str, list[Source]] = {}


def add_source(topic: str, load: Source) -> None:
    """Add what tells of `topic`; a topic may have several. Raises `ValueError` for an unknown topic."""
    sources = _sources.setdefault(Topic(topic).value, [])
    if load not in sources:
        sources.append(load)


def offered(*, since: dt.datetime) -> list[tuple[str, Item]]:
    """Return (topic, item) for all that is public now and new since then: by topic, then as the sources order it.

    The viewer is always a visitor: what goes out by mail may be read by anyone, so no source is asked otherwise.
    """
    return [
        (topic, item)
        for topic in Topic.values
        for source in _sources.get(topic, [])
        for item in source(ANONYMOUS, since)
    ]
