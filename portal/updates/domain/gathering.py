"""What is new since the last update, gathered from the sources; the office leaves out, it does not write."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Collection

from django.db import IntegrityError, transaction

from portal.access import clock
from portal.access.viewer import Viewer
from portal.journal import door
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.updates import registries
from portal.updates.models import Update, UpdateItem
from portal.updates.registries import Item

#: What was published earlier is no news, even where it was never told.
WINDOW = dt.timedelta(days=60)
NOTHING_NEW = "Nothing new has been published since the last update."


def _require_office(by: Viewer) -> None:
    if not by.holds("office"):
        raise NotAllowed("Only the programme office prepares updates. Nothing was changed.")


def untold(*, besides: Update | None = None) -> list[tuple[str, Item]]:
    """Return (topic, item) for all that is public, new and in no update yet; what stands in `besides` counts as new."""
    since = (besides.prepared_at if besides else clock.now()) - WINDOW
    found: dict[str, tuple[str, Item]] = {}
    for topic, item in registries.offered(since=since):
        # The same thing under two topics is told once, under the first.
        found.setdefault(item.key, (topic, item))
    told_before = UpdateItem.objects.filter(key__in=found)
    if besides is not None:
        told_before = told_before.exclude(update=besides)
    for key in told_before.values_list("key", flat=True):
        del found[key]
    return list(found.values())


def told(update: Update) -> list[UpdateItem]:
    """Return what goes out, in its order."""
    return [item for item in update.items.all() if not item.left_out]


def public_now(update: Update) -> set[tuple[str, str, str]]:
    """Return (key, title, address) of all that may be told at this moment."""
    since = update.prepared_at - WINDOW
    return {(item.key, item.title[:255], item.url) for _, item in registries.offered(since=since)}


def as_told(item: UpdateItem) -> tuple[str, str, str]:
    """Return what of a thing must still be so when it goes out; to be looked for in `public_now`."""
    return (item.key, item.title, item.url)


def shown(update: Update) -> str:
    """Return a digest of what a person sees on the draft's page, so that they send that and nothing else."""
    rows = [[item.topic, item.key, item.title, item.url, item.text] for item in told(update)]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:32]


def prepare(*, by: Viewer) -> Update:
    """Return the draft, made or brought up to date. Raises `NotAllowed`, or `ConditionFailed` with nothing to tell."""
    _require_office(by)
    with transaction.atomic():
        draft = _draft()
        if draft is None:
            try:
                with transaction.atomic():
                    draft = Update.objects.create(prepared_at=clock.now())
                    door.record(thing=draft, verb="prepare", by=by)
            except IntegrityError:
                # A colleague pressed the button at the same moment; theirs is the draft.
                draft = _draft()
                if draft is None:
                    raise
        _gather(draft)
        if not draft.items.exists():
            raise ConditionFailed(NOTHING_NEW)
    return draft


def _draft() -> Update | None:
    return Update.objects.select_for_update().filter(state=Update.State.DRAFT).first()


def _gather(draft: Update) -> None:
    """Take in what is new, take out what is no longer public, and follow changed titles; what was left out stays so."""
    found = untold(besides=draft)
    keys = [item.key for _, item in found]
    draft.items.exclude(key__in=keys).delete()
    for order, (topic, item) in enumerate(found):
        draft.items.update_or_create(
            key=item.key,
            defaults={
                "order": order,
                "topic": topic,
                "title": item.title[:255],
                "url": item.url,
                "text": item.text,
                "date": item.date,
                "is_sample": item.is_sample,
            },
        )


@transaction.atomic
def leave_in(*, update: Update, item_ids: Collection[int], by: Viewer) -> None:
    """Keep these things in a draft and leave the others out. Raises `NotAllowed` or `IllegalTransition`."""
    _require_office(by)
    draft = _locked_draft(update)
    draft.items.filter(pk__in=item_ids).update(left_out=False)
    draft.items.exclude(pk__in=item_ids).update(left_out=True)


@transaction.atomic
def discard(*, update: Update, by: Viewer) -> None:
    """Throw a draft away; what stood in it is new again. Raises `NotAllowed` or `IllegalTransition`."""
    _require_office(by)
    draft = _locked_draft(update)
    door.record(thing=draft, verb="discard", by=by)
    draft.delete()


def _locked_draft(update: Update) -> Update:
    draft = Update.objects.select_for_update().filter(pk=update.pk, state=Update.State.DRAFT).first()
    if draft is None:
        raise IllegalTransition("This update is no draft any more. Nothing was changed.")
    return draft
