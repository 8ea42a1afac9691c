"""Building the index anew beside the one in use, and saying how it fares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from portal.access import clock
from portal.jobs import queue
from portal.search import documents, engine, registry, state
from portal.search.domain import changes
from portal.search.models import IndexChange, ItemText
from portal.search.plan import IndexUnavailable

CHUNK = 100
Progress = Callable[[int, int, str], None]


class RebuildFailed(RuntimeError):
    """The new generation does not hold what was written; the old one stays in use."""


def _silent(done: int, total: int, note: str) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the index fares. `waiting` changes, the oldest for `oldest` seconds; `size` in bytes."""

    usable: bool
    generation: str
    documents: int
    size: int
    waiting: int
    oldest: int
    problem: str = ""


def rebuild(*, progress: Progress = _silent, patience: float = 120.0) -> int:
    """Write a new generation from every registered type, check its count, put it in use, and drain the outbox.

    Returns how many documents it holds. Other writers wait meanwhile, and changes gather in the outbox; searches go on
    in the old generation. Raises `TimeoutError` if another writer holds on for `patience` seconds, `RebuildFailed` if
    the counts differ.
    """
    store = state.store()
    with store.locked(patience):
        folder = store.new_generation()
        total = sum(apps.get_model(entry.model)._default_manager.count() for entry in registry.types())
        kept: set[str] = set()
        found = engine.fill(folder, _rows(kept, total, progress))
        if found != len(kept):
            raise RebuildFailed(f"{len(kept)} documents were written, {found} are found")
        store.use(folder)
        for gone in _batches(_strangers(kept)):
            ItemText.objects.filter(document__in=gone).delete()
    progress(total, total, "Bringing in what changed meanwhile")
    changes.drain()
    return len(kept)


def _rows(kept: set[str], total: int, progress: Progress) -> Iterator[tuple[str, engine.Fields]]:
    done = 0
    for entry in registry.types():
        for pks in _batches(entry.all_pks()):
            made = {one.id: one for one in documents.described(entry, pks) if one.id not in kept}
            documents.keep_texts(list(made), made)
            kept.update(made)
            for document, one in made.items():
                yield document, documents.index_fields(one)
            done += len(pks)
            progress(done, total, entry.label)


def _strangers(kept: set[str]) -> Iterator[str]:
    known = ItemText.objects.order_by("document").values_list("document", flat=True).distinct()
    yield from [document for document in known.iterator(chunk_size=2000) if document not in kept]


def _batches(things: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for thing in things:
        batch.append(thing)
        if len(batch) == CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch


def health() -> Health:
    """Return the state of the index, for the health page and the editors; never raises for a broken index."""
    store = state.store()
    oldest = IndexChange.objects.order_by("created_at").values_list("created_at", flat=True).first()
    age = int((clock.machine_now() - oldest) / dt.timedelta(seconds=1)) if oldest else 0
    waiting = IndexChange.objects.count()
    try:
        reader = state.finder().reader
        folder = store.root / store.current()
        size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
        return Health(
            usable=True,
            generation=f"{folder.name}/{reader.generation}",
            documents=reader.count,
            size=size,
            waiting=waiting,
            oldest=age,
        )
    except (IndexUnavailable, OSError) as error:
        return Health(usable=False, generation="", documents=0, size=0, waiting=waiting, oldest=age, problem=str(error))


@queue.handler(changes.REBUILD, lease_seconds=900, long=True)
def rebuild_job(job: queue.RunningJob) -> None:
    """Rebuild, showing progress on the job."""
    rebuild(progress=lambda done, total, note: job.progress(done=done, total=total, note=note))
