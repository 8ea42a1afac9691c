"""The outbox of the index: written with its cause, coalesced, drained in batches, never inside a request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from portal.access.viewer import ANONYMOUS
from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.search import registry, state
from portal.search.domain import changes
from portal.search.models import IndexChange, ItemText
from portal.search.registry import Part
from portal.search.site_search import search


def total(query: str) -> int:
    return search(query=query, filters={}, viewer=ANONYMOUS).total


def test_changed_refuses_what_cannot_be_found(shelf: Any, db: None) -> None:
    with pytest.raises(registry.NotSearchable):
        changes.changed(Job())


def test_many_changes_make_one_job_and_one_commit(add: Any, index: Any) -> None:
    pages = [add(f"Border {number}") for number in range(4)]
    index()
    Job.objects.all().delete()
    before = state.finder().reader.generation
    for _ in range(5):
        for page in pages:
            changes.changed(page)
    assert Job.objects.filter(name="search.drain", state=JobState.WAITING).count() == 1
    assert IndexChange.objects.count() == 20
    queue.work_all()
    assert IndexChange.objects.count() == 0
    assert state.finder().reader.generation == before + 1
    assert total("border") == 4


def test_change_of_a_rolled_back_transaction_is_forgotten(add: Any, index: Any) -> None:
    page = add("Border")
    index()
    with transaction.atomic():
        changes.changed(page)
        transaction.set_rollback(True)
    assert IndexChange.objects.count() == 0


def test_change_does_not_touch_the_index(add: Any, index: Any, settings: Any) -> None:
    index()
    folder = Path(settings.SEARCH_INDEX_ROOT)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    add("Border")
    assert total("border") == 0
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


def test_texts_follow_their_document(add: Any, index: Any, shelf: Any) -> None:
    page = add("Border", summary="Short", parts=(Part("First", "page 1", "#page=1"), Part("Second", "page 2")))
    index()
    document = registry.document_id(page)
    rows = ItemText.objects.filter(document=document).order_by("part")
    assert list(rows.values_list("part", "label", "text")) == [
        (0, "", "Border. Short"),
        (1, "page 1", "First"),
        (2, "page 2", "Second"),
    ]
    shelf.fields[page.pk] = {}
    page.save()
    index()
    assert list(rows.values_list("part", "text")) == [(0, "Border")]
    page.delete()
    index()
    assert rows.count() == 0


def test_drain_waits_its_turn_and_keeps_the_rows(add: Any, index: Any) -> None:
    add("Border")
    with state.store().locked():
        assert changes.drain(patience=0.05) == 0
    assert IndexChange.objects.exists()
    index()
    assert total("border") == 1


def test_document_that_cannot_be_made_does_not_hold_up_others(add: Any, index: Any, shelf: Any) -> None:
    good, bad = add("Border good"), add("Border bad")
    index()
    assert total("border") == 2
    shelf.fields[bad.pk] = {"no_such_field": 1}
    good.title = "Border better"
    good.save()
    bad.save()
    index()
    assert (total("border"), total("better"), IndexChange.objects.count()) == (1, 1, 0)


def test_moved_page_and_all_beneath_are_looked_at_again(add: Any, index: Any) -> None:
    parent, other = add("Border parent"), add("Border other")
    child = parent.add_child(instance=type(parent)(title="Border child", slug="child"))
    index()
    parent.refresh_from_db()
    other.refresh_from_db()
    IndexChange.objects.all().delete()
    parent.move(other, pos="last-child")
    noted = set(IndexChange.objects.values_list("document", flat=True))
    assert {registry.document_id(parent), registry.document_id(child)} <= noted


def test_drain_without_an_index_asks_for_a_rebuild(add: Any) -> None:
    add("Border")
    assert changes.drain() == 0
    assert Job.objects.filter(name="search.rebuild").count() == 1
    queue.work_all()
    assert total("border") == 1
