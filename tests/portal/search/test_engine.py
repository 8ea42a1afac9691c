"""The index on disk: one writer, commits that survive a kill, generations, readers that never show what is gone."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from portal.search import engine
from portal.search.engine import Readers, Store
from portal.search.finder import Finder, to_bits, to_numbers
from portal.search.plan import Clause, Found, IndexUnavailable, Plan

ROOT = Path(__file__).parents[3]

WRITER = """
import sys
from pathlib import Path
from portal.search import engine
from tests.portal.search.test_engine import fields
store = engine.Store(Path(sys.argv[1]))
name, start, count = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
for number in range(start, start + count):
    with store.locked():
        folder = store.root / store.current()
        engine.write(folder, put={f"{name}:{number}": fields(f"{name} number{number}")})
    print(number, flush=True)
"""


def fields(title: str, *acl: str) -> dict[str, Any]:
    words = title.lower().split()
    return {
        "title": words,
        "words": words,
        "acl": list(acl or ("public",)),
        "language": ["en"],
        "record": {"id": title, "title": title},
    }


def made(root: Path) -> Store:
    store = Store(root)
    with store.locked():
        store.use(store.new_generation())
    return store


def put(store: Store, drop: tuple[str, ...] = (), **titles: str) -> None:
    with store.locked():
        documents = {name: fields(title) for name, title in titles.items()}
        engine.write(store.root / store.current(), put=documents, drop=drop)


def find(readers: Readers, *words: str, **options: Any) -> Found:
    plan = Plan(tuple(Clause((word,)) for word in words), principals=frozenset({"public"}), **options)
    return Finder(readers.reader()).find(plan)


def start(root: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    command = [sys.executable, "-c", WRITER, str(root), *arguments]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_folder_is_closed_to_other_users(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_long_lived_readers_see_each_commit_and_nothing_that_is_gone(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    readers = Readers(store)
    assert find(readers, "alpha").total == 0
    for round_ in range(12):
        put(store, a=f"alpha round{round_}", **{f"filler{round_}": f"filler{round_}"})
        assert find(readers, "alpha").total == 1
        assert find(readers, f"round{round_}").total == 1
        assert find(readers, f"round{round_ - 1}").total == 0
    put(store, drop=("a",))
    assert find(readers, "alpha").total == 0
    assert readers.reader().count == 12


def test_old_reader_stays_readable_after_commits_and_a_new_generation(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    put(store, a="alpha", b="alpha beta")
    old = Finder(Readers(store).reader())
    for round_ in range(8):
        put(store, **{f"c{round_}": "alpha"})
    with store.locked():
        store.use(store.new_generation())
    found = old.find(Plan((Clause(("alpha",)),), principals=frozenset({"public"}), sort="title"))
    assert (found.total, {hit.record["title"] for hit in found.hits}) == (2, {"alpha", "alpha beta"})


def test_reader_is_kept_until_something_changes(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    put(store, a="alpha")
    readers = Readers(store)
    first = readers.reader()
    assert readers.reader() is first
    put(store, b="beta")
    assert readers.reader() is not first


def test_failed_write_changes_nothing(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    put(store, a="alpha")
    with store.locked(), pytest.raises(IndexUnavailable):
        engine.write(store.root / store.current(), put={"a": {"title": ["gamma"], "no_such_field": "x"}})
    assert find(Readers(store), "alpha").total == 1
    put(store, b="beta")
    assert find(Readers(store), "beta").total == 1


def test_locked_waits_and_then_says_so(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    with store.locked(), pytest.raises(TimeoutError), store.locked(patience=0.1):
        pass
    with store.locked(patience=0.1):
        pass


@pytest.mark.parametrize(
    "harm",
    [
        lambda root: (root / "current").unlink(),
        lambda root: (root / "current").write_text("g-1 0\n"),
        lambda root: (root / "current").write_text("../elsewhere 1\n"),
        lambda root: (root / "current").write_bytes(b"\x80\xff"),
        lambda root: [file.unlink() for file in (root / "g-1").iterdir()],
        lambda root: [file.write_bytes(b"rubbish" * 9) for file in (root / "g-1").glob("*.toc")],
        lambda root: [file.write_bytes(b"") for file in (root / "g-1").glob("*.trm")],
        lambda root: [file.unlink() for file in (root / "g-1").glob("*.pst")],
    ],
)
def test_damaged_index_is_unavailable_and_nothing_else(tmp_path: Path, harm: Any) -> None:
    store = made(tmp_path / "index")
    put(store, a="alpha")
    harm(store.root)
    with pytest.raises(IndexUnavailable):
        find(Readers(store), "alpha")


def test_writers_killed_in_the_middle_leave_whole_documents(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    put(store, base="base")
    confirmed: set[str] = set()
    for round_ in range(4):
        writer = start(store.root, f"r{round_}", "0", "500")
        assert writer.stdout is not None
        confirmed.add(f"r{round_}:{int(writer.stdout.readline())}")
        # At another moment of a commit each time.
        time.sleep(0.013 * (round_ + 1))
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        confirmed |= {f"r{round_}:{int(line)}" for line in rest.split("\n")[:-1] if line}
        reader = Readers(store).reader()
        stored = {reader.record(number)["title"] for number in range(reader.size) if number not in reader.deleted()}
        assert {f"{name.split(':')[0]} number{name.split(':')[1]}" for name in confirmed} <= stored
        put(store, base=f"base round{round_}")
        assert find(Readers(store), "base").total == 1
        assert find(Readers(store), f"round{round_}").total == 1


def test_four_writers_store_every_update(tmp_path: Path) -> None:
    store = made(tmp_path / "index")
    writers = [start(store.root, f"w{number}", "0", "8") for number in range(4)]
    for writer in writers:
        writer.communicate(timeout=120)
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    assert Readers(store).reader().count == 32
    assert [find(Readers(store), f"w{number}").total for number in range(4)] == [8, 8, 8, 8]


def test_bits_and_numbers_are_each_others_inverse() -> None:
    numbers = [0, 1, 7, 8, 63, 64, 1000]
    assert list(to_numbers(to_bits(numbers, 1001))) == numbers
    assert list(to_numbers(0)) == []
