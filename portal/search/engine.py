"""The one module that knows Whoosh: schema, generations on disk, the writer, and reading posting lists.

Everything above works with documents and sets of document numbers. Whoosh is used for what it does well (analysis-free
storage of terms, merging of segments); its query parser, collectors and highlighters are never in the way. Avoided,
because each was seen to fail (design: search): `Searcher.refresh` and `reader(reuse=…)`, which bring deleted documents
back; the asynchronous and buffering writers, which lose updates; compound segments, which live on the heap.

On disk: `<root>/current` names the generation in use, `<root>/g-<n>/` holds it. A generation is one Whoosh index; a
rebuild writes the next one and then replaces the pointer. `<root>/lock` is held by whoever writes; the kernel lets go
of it when its holder dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import time
import weakref
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from whoosh import fields, query
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.reading import TermNotFound
from whoosh.util.numeric import byte_to_length

from portal.search.plan import IndexUnavailable

#: Raised with every change of the schema or of how terms are made: an older index is rebuilt, not misread.
SHAPE = 1
POINTER = "current"
LOCK = "lock"
#: How long a writer waits for another one, in seconds.
PATIENCE = 60.0
#: Megabytes that a rebuild may gather before it writes a run to disk; merging runs doubles its time.
MEMORY = 256
#: Fields with positions and lengths, weighed against each other in `finder`.
TEXT_FIELDS = ("title", "summary", "body")
#: Fields with a column, to sort by.
SORTABLE = ("date", "name")
_GENERATION = re.compile(r"^g-(\d+)$")
_HALF_WRITTEN = re.compile(r"\.toc\.[0-9.]+$")

Fields = Mapping[str, Any]


def schema() -> fields.Schema:
    """Return the schema. Terms are made in `text`, so fields take lists and pickle no analyzer."""
    return fields.Schema(
        id=fields.ID(unique=True),
        title=fields.TEXT(),
        summary=fields.TEXT(),
        body=fields.TEXT(),
        #: Each word of the document as written, folded: beginnings of words, spelling, words without their accents.
        words=fields.ID(),
        kind=fields.ID(),
        topic=fields.ID(),
        scenario=fields.ID(),
        group=fields.ID(),
        country=fields.ID(),
        language=fields.ID(),
        tlp=fields.ID(),
        acl=fields.ID(),
        year=fields.ID(),
        date=fields.NUMERIC(int, signed=False, sortable=True, default=0),
        name=fields.ID(sortable=True),
        record=fields.STORED(),
    )


class _Storage(FileStorage):
    """Writes every new file through to the disk before the table of contents that names it takes its place, and can
    close what an attempt that failed has left open.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._written: set[str] = set()
        self._segments: set[str] = set()
        self._opened: list[Any] = []

    def create_file(self, name: str, **kwargs: Any) -> Any:
        self._written.add(name)
        self._segments.add(name.partition(".")[0])
        return super().create_file(name, **kwargs)

    def file_exists(self, name: str) -> bool:
        # Whoosh asks this for every posting it writes; of a segment that is being written, all files are known.
        if name.partition(".")[0] in self._segments:
            return name in self._written
        return super().file_exists(name)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: FBT001, FBT002 - Whoosh's
        for name in self._written:
            with contextlib.suppress(FileNotFoundError):
                _sync(Path(self.folder) / name)
        self._written.clear()
        self._segments.clear()
        super().rename_file(oldname, newname, safe=safe)
        _sync(Path(self.folder))

    def open_file(self, name: str, **kwargs: Any) -> Any:
        file = super().open_file(name, **kwargs)
        self._opened.append(file)
        return file

    def release(self) -> None:
        """Close every file that was opened for reading."""
        for file in self._opened:
            if not file.is_closed:
                file.close()
        self._opened.clear()


@contextlib.contextmanager
def _opening(folder: Path) -> Iterator[_Storage]:
    """Give a storage for one attempt; where it fails, nothing stays open and `IndexUnavailable` is raised."""
    storage = _Storage(folder)
    try:
        with translated():
            yield storage
    except BaseException:
        storage.release()
        raise


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Store:
    """The folder of the index: which generation is in use, and the lock of its one writer."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root)

    def prepare(self) -> None:
        """Make the folder, readable by the portal's user alone: the table of contents is a pickle."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.root.chmod(0o700)

    @contextlib.contextmanager
    def locked(self, patience: float = PATIENCE) -> Iterator[None]:
        """Be the one writer. Waits up to `patience` seconds, then raises `TimeoutError`."""
        self.prepare()
        handle = os.open(self.root / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            deadline = time.monotonic() + patience
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise TimeoutError("another process is writing the search index") from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(handle)

    def current(self) -> str:
        """Return the name of the generation in use. Raises `IndexUnavailable` if there is none of this shape."""
        try:
            name, shape = (self.root / POINTER).read_text().split()
        except (OSError, ValueError) as error:
            raise IndexUnavailable("there is no search index") from error
        if shape != str(SHAPE):
            raise IndexUnavailable("the search index has an older shape")
        if not _GENERATION.match(name):
            raise IndexUnavailable("the search index is damaged")
        return name

    def new_generation(self) -> Path:
        """Make the folder of the next generation; half-built ones of rebuilds that died are cleared away first."""
        try:
            in_use = self.current()
        except IndexUnavailable:
            in_use = ""
        numbers = [0]
        for folder in self.root.glob("g-*"):
            if match := _GENERATION.match(folder.name):
                numbers.append(int(match[1]))
                if folder.name != in_use:
                    shutil.rmtree(folder, ignore_errors=True)
        folder = self.root / f"g-{max(numbers) + 1}"
        folder.mkdir(mode=0o700)
        with _opening(folder) as storage:
            FileIndex.create(storage, schema())
        return folder

    def use(self, folder: Path) -> None:
        """Make `folder` the generation in use, in one step. Open searchers keep the files they have."""
        draft = self.root / f"{POINTER}.new"
        draft.write_text(f"{folder.name} {SHAPE}\n")
        _sync(draft)
        draft.replace(self.root / POINTER)
        _sync(self.root)
        for other in self.root.glob("g-*"):
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what a damaged file makes Whoosh raise, which may be anything, into `IndexUnavailable`."""
    try:
        yield
    except (IndexUnavailable, TimeoutError, MemoryError):
        raise
    except Exception as error:
        raise IndexUnavailable(f"the search index cannot be read: {error!r}") from error


def write(folder: Path, *, put: Mapping[str, Fields], drop: Iterable[str] = ()) -> None:
    """Replace the documents in `put` (id -> fields), take out those in `drop`, and commit both as one.

    The caller holds the store's lock. Raises `IndexUnavailable` if it cannot be written; nothing is changed then.
    """
    with _opening(folder) as storage:
        for name in storage.list():
            if _HALF_WRITTEN.search(name):
                storage.delete_file(name)
        index = FileIndex(storage)
        writer = index.writer(compound=False, timeout=5.0, delay=0.02)
        try:
            for document in {*put, *drop}:
                writer.delete_by_query(query.Term("id", document))
            for document, values in put.items():
                writer.add_document(id=document, **values)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()


def fill(folder: Path, rows: Iterable[tuple[str, Fields]]) -> int:
    """Write all documents of a new, empty generation in one commit; returns how many its reader finds afterwards.

    `rows` are (id, fields), no id twice. The caller holds the store's lock. What `rows` raises, passes through.
    """
    with _opening(folder) as storage:
        index = FileIndex(storage)
        writer = index.writer(compound=False, limitmb=MEMORY)
    try:
        for document, values in rows:
            writer.add_document(id=document, **values)
    except BaseException:
        writer.cancel()
        raise
    with translated():
        writer.commit()
    return Reader(folder).count


def _block(matcher: Any) -> tuple[Iterable[int], Iterable[float]]:
    """Return numbers and weights of the block a matcher stands at, and move it to the next one.

    The pinned release keeps postings in blocks; asked for one by one they cost five times as much.
    """
    matcher._read_ids()  # noqa: SLF001 - see above, here and below
    matcher._read_weights()  # noqa: SLF001
    block, weights = matcher._ids, matcher._weights  # noqa: SLF001
    matcher._next_block()  # noqa: SLF001
    return block, weights


class Reader:
    """One state of the index, never changing: posting lists, terms, columns and records by document number."""

    def __init__(self, folder: Path) -> None:
        """Open the latest commit in `folder`. Raises `IndexUnavailable`."""
        with _opening(folder) as storage:
            self._open(FileIndex(storage))

    def _open(self, index: FileIndex) -> None:
        self._reader = index.reader()
        # Readers of other requests may still hold this state when the next one is opened.
        weakref.finalize(self, self._reader.close)
        self._formats = {name: field.format for name, field in index.schema.items()}
        self.generation: int = self._reader.generation() or 0
        self.size: int = self._reader.doc_count_all()
        self._leaves = list(self._reader.leaf_readers()) if self.size else []
        self._lengths = {field: self._length_column(field, index.storage) for field in TEXT_FIELDS}
        # Opened now: a later merge takes the files away, and an open one stays readable.
        self._columns = {name: [leaf.column_reader(name) for leaf, _ in self._leaves] for name in SORTABLE}
        for leaf, _ in self._leaves:
            leaf.stored_fields(0)

    def _length_column(self, field: str, storage: _Storage) -> array[int]:
        # One byte for each document; asking Whoosh document by document costs a file read each time.
        lengths = array("I")
        for leaf, _ in self._leaves:
            count = leaf.doc_count_all()
            name = W3Codec.column_filename(leaf.segment(), f"_{field}_len")
            column = b""
            if storage.file_exists(name):
                with storage.open_file(name) as file:
                    column = file.read(count)
            lengths.extend(byte_to_length(byte) for byte in column.ljust(count, b"\0"))
        return lengths

    @property
    def count(self) -> int:
        """How many documents there are."""
        return self._reader.doc_count()

    def deleted(self) -> list[int]:
        """Return the numbers of documents that are gone but not yet merged away."""
        return [number for number in range(self.size) if self._reader.is_deleted(number)]

    def postings(self, field: str, term: str) -> tuple[array[int], array[float]]:
        """Return (document numbers in rising order, weights) of a term; deleted documents may be among them."""
        numbers, weights = array("I"), array("f")
        for offset, matcher in self._matchers(field, term):
            while matcher.is_active():
                block, weighed = _block(matcher)
                numbers.extend([number + offset for number in block] if offset else block)
                weights.extend(weighed)
        return numbers, weights

    def positions(self, field: str, term: str, wanted: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
        """Yield (document number, positions of the term in it) for those of `wanted`, in rising order, that have it."""
        numbers = list(wanted)
        for offset, matcher in self._matchers(field, term):
            for number in numbers[bisect_left(numbers, offset) :]:
                if not matcher.is_active():
                    break
                matcher.skip_to(number - offset)
                if matcher.is_active() and matcher.id() == number - offset:
                    yield number, matcher.value_as("positions")

    def _matchers(self, field: str, term: str) -> Iterator[tuple[int, Any]]:
        encoded = term.encode()
        for leaf, offset in self._leaves:
            with contextlib.suppress(TermNotFound):
                yield offset, leaf._terms.matcher(field, encoded, self._formats[field])  # noqa: SLF001 - without the sieve of deleted ones

    def terms(self, field: str, prefix: str = "") -> Iterator[str]:
        """Yield the terms of a field that begin with `prefix`, in alphabetical order."""
        for term in self._reader.expand_prefix(field, prefix) if prefix else self._reader.field_terms(field):
            yield term.decode() if isinstance(term, bytes) else term

    def lengths(self, field: str) -> array[int]:
        """Return how many terms a text field has, by document number."""
        return self._lengths[field]

    def column(self, field: str) -> list[Any]:
        """Return the values of a sortable field by document number."""
        return [value for part in self._columns[field] for value in part]

    def record(self, number: int) -> dict[str, Any]:
        """Return what is shown of a document."""
        return self._reader.stored_fields(number)["record"]


class Readers:
    """Keeps this process's reader and opens a new one when another generation or another commit is there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pointer: tuple[int, int] | None = None
        self._index: FileIndex | None = None
        self._reader: Reader | None = None
        self._generation = -1

    def reader(self) -> Reader:
        """Return the reader of the present state; looking whether it still is takes microseconds.

        Raises `IndexUnavailable`.
        """
        try:
            status = (self._store.root / POINTER).stat()
        except OSError as error:
            raise IndexUnavailable("there is no search index") from error
        if self._index is None or self._pointer != (status.st_ino, status.st_mtime_ns):
            folder = self._store.root / self._store.current()
            with _opening(folder) as storage:
                self._index = FileIndex(storage)
            self._pointer, self._reader = (status.st_ino, status.st_mtime_ns), None
        generation = self._index.latest_generation()
        if self._reader is None or self._generation != generation:
            # The number first: a commit that comes in between is seen the next time.
            self._reader, self._generation = Reader(Path(self._index.storage.folder)), generation
        return self._reader
