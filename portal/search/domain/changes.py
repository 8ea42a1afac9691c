"""What the index has still to learn: an outbox in the database, drained in batches by one writer.

`changed` and `removed` belong to the transaction that changes the thing, so neither is lost; they never touch the
index.
Until a change is drained, the site search asks the database about that one document (`site_search`).
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Model

from portal.access import clock
from portal.jobs import queue
from portal.search import documents, engine, registry
from portal.search.models import IndexChange
from portal.search.plan import IndexUnavailable
from portal.search.state import store

#: Rows of the outbox that one commit takes.
BATCH = 500
#: Name and key of the job; there is never more than one that waits.
DRAIN = "search.drain"
REBUILD = "search.rebuild"


def changed(thing: Model) -> None:
    """Have the index look at `thing` again, once this transaction commits.

    Raises `NotSearchable` if no type is registered for its model.
    """
    if not registry.searchable(type(thing)):
        raise registry.NotSearchable(thing._meta.label)
    note([registry.document_id(thing)])


def removed(thing: Model) -> None:
    """Have the index forget `thing`. Call it while the primary key is still there."""
    changed(thing)


def note(ids: list[str]) -> None:
    """Write these document ids into the outbox and ask for one drain."""
    if not ids:
        return
    moment = clock.machine_now()
    IndexChange.objects.bulk_create(IndexChange(document=document, created_at=moment) for document in ids)
    queue.enqueue(DRAIN, key=DRAIN, again=True)


def drain(*, patience: float = 30.0) -> int:
    """Bring the index up to date; returns how many documents were looked at.

    Waits up to `patience` seconds for another writer; then leaves the rows for the next time. Without a usable index
    nothing is drained: a rebuild is asked for and will see it all.
    """
    done = 0
    try:
        with store().locked(patience):
            folder = store().root / store().current()
            while batch := list(IndexChange.objects.order_by("pk").values_list("pk", "document")[:BATCH]):
                # Read behind the lock: whoever writes last has also read last.
                ids = list(dict.fromkeys(document for _, document in batch))
                apply(folder, ids)
                IndexChange.objects.filter(pk__in=[pk for pk, _ in batch]).delete()
                done += len(ids)
    except TimeoutError:
        return done
    except IndexUnavailable:
        ask_for_rebuild()
    return done


def apply(folder: engine.Path, ids: list[str]) -> None:
    """Write the present state of these documents into the generation in `folder`, texts first, as one commit."""
    found = documents.load(ids)
    documents.keep_texts(ids, found)
    engine.write(
        folder,
        put={document: documents.index_fields(made) for document, made in found.items()},
        drop=[document for document in ids if document not in found],
    )


def ask_for_rebuild() -> None:
    """Have the whole index built anew in the background; asking twice is asking once."""
    queue.enqueue(REBUILD, key=REBUILD)


@queue.handler(DRAIN, lease_seconds=300, long=True)
def drain_job(job: queue.RunningJob) -> object:
    """Drain; what comes in while the job ends gets a job of its own."""
    drain()
    return _again


def _again() -> None:
    if IndexChange.objects.exists():
        transaction.on_commit(lambda: queue.enqueue(DRAIN, key=DRAIN, again=True))
