"""Rebuilding, and what happens while there is no index to ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.access.labels import TLP, Audience
from portal.access.pages import set_page_rule
from portal.access.viewer import ANONYMOUS
from portal.jobs import queue
from portal.jobs.models import Job
from portal.search import engine, state
from portal.search.domain import changes
from portal.search.models import ItemText
from portal.search.rebuild import RebuildFailed, health, rebuild
from portal.search.registry import Part
from portal.search.site_search import Results, search
from tests.portal.search.conftest import MEMBER


def ask(query: str, viewer: Any = ANONYMOUS, **options: Any) -> Results:
    return search(query=query, filters=options.pop("filters", {}), viewer=viewer, **options)


def folder() -> Path:
    return state.store().root / state.store().current()


def test_rebuild_writes_the_next_generation_and_clears_the_old(add: Any, index: Any) -> None:
    add("Border")
    ItemText.objects.create(document="wagtailcore.page:999", part=0, text="gone", folded="gone")
    before = folder()
    rebuild()
    assert folder() != before
    assert not before.exists()
    assert ask("border").total == 1
    assert ItemText.objects.filter(text="gone").count() == 0


def test_rebuild_that_counts_wrong_keeps_the_old_generation(add: Any, index: Any, monkeypatch: Any) -> None:
    add("Border")
    index()
    before = folder()
    real = engine.fill
    monkeypatch.setattr(engine, "fill", lambda where, rows: real(where, rows) - 1)
    with pytest.raises(RebuildFailed):
        rebuild()
    assert folder() == before
    assert ask("border").total == 1


def test_rebuild_brings_in_what_changed_meanwhile(add: Any, index: Any) -> None:
    page = add("Border")
    index()

    def meddle(done: int, total: int, note: str) -> None:
        if done == total and page.title == "Border":
            page.title = "Frontier"
            page.save()

    rebuild(progress=meddle)
    assert (ask("border").total, ask("frontier").total) == (0, 1)


def test_rebuild_reports_progress_to_the_end(add: Any, index: Any) -> None:
    add("Border")
    seen: list[tuple[int, int]] = []
    rebuild(progress=lambda done, total, note: seen.append((done, total)))
    assert seen[-1] == (3, 3)


def harm_pointer() -> None:
    (state.store().root / "current").unlink()


def harm_contents() -> None:
    for file in folder().glob("*.toc"):
        file.write_bytes(b"rubbish" * 20)
    state.forget()


def harm_postings() -> None:
    # The posting lists are mapped when an index is opened: a running process is not harmed, the next one is.
    for file in folder().glob("*.pst"):
        file.unlink()
    state.forget()


def harm_shape() -> None:
    (state.store().root / "current").write_text("g-1 0\n")


@pytest.mark.parametrize("harm", [harm_pointer, harm_contents, harm_postings, harm_shape])
def test_damaged_index_answers_from_the_database_and_heals(add: Any, index: Any, harm: Any) -> None:
    add("Border protocol", text="The neighbours know.", topics=("Training",))
    add("Border secret", "group:1", topics=("Hush",))
    index()
    assert ask("border").plain is False
    Job.objects.all().delete()
    harm()
    found = ask("border")
    assert (found.plain, found.total) == (True, 1)
    assert [o.value for f in found.facets if f.name == "topic" for o in f.options] == ["Training"]
    assert ask("border", MEMBER).total == 2
    assert (ask("neighbours -training").total, ask('"the neighbours know"').total, ask("border year:1999").total) == (
        1,
        1,
        0,
    )
    assert ask("secret").total == 0
    assert health().usable is False
    assert Job.objects.filter(name="search.rebuild").count() == 1
    queue.work_all()
    found = ask("border")
    assert (found.plain, found.total) == (False, 1)
    assert health().usable is True


def test_fallback_sorts_marks_and_obeys_rules_at_once(add: Any, index: Any) -> None:
    page = add("Border b", parts=(Part("At the border.", "page 4", "#page=4"),))
    add("Border a")
    index()
    harm_pointer()
    found = ask("border", sort="title")
    assert ["".join(piece.text for piece in hit.title) for hit in found.hits] == ["Border a", "Border b"]
    assert found.hits[1].passages[0].label == "page 4"
    set_page_rule(page=page, tlp=TLP.AMBER, audience=Audience.GROUP, keys=("1",))
    assert ask("border").total == 1


def test_health_tells_what_waits(add: Any, index: Any) -> None:
    index()
    add("Border")
    assert health().waiting > 0
    changes.drain()
    told = health()
    assert (told.usable, told.waiting, told.documents) == (True, 0, 3)
    assert told.size > 0


def test_command_builds_and_leaves_a_good_index_alone(add: Any, capsys: Any) -> None:
    add("Border")
    call_command("search_rebuild", "--if-missing")
    assert "holds 3 documents" in capsys.readouterr().out
    before = folder()
    call_command("search_rebuild", "--if-missing")
    assert folder() == before
