"""Which layout the database in `var` has, and what is done with one that the code has left behind.

Until the first release the initial migrations are written anew instead of piling up, so a database made by an older
version cannot always be migrated. It is never deleted: it is set aside, together with everything that refers to it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

from portal.bootstrap import places

DATABASE = "portal.sqlite3"
#: What belongs to one database and is of no use beside another.
DATA = (
    DATABASE,
    f"{DATABASE}-wal",
    f"{DATABASE}-shm",
    "index",
    "protected",
    "media",
    "mail",
    "broker",
    "beat",
    "cache",
    "clock-offset",
    "layout.json",
    "prepared.json",
    "sample-people.txt",
)
#: Packages whose migrations and static files are ours.
AREAS = ("portal", "library", "exchanges", "events")


def migration_digests(root: Path = places.ROOT) -> dict[str, str]:
    """Return path: digest of each of our migrations. Comments do not count: makemigrations writes the date there."""
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(_without_comments(path).encode()).hexdigest()
        for area in AREAS
        for path in sorted((root / area).glob("**/migrations/[0-9]*.py"))
    }


def fingerprint(root: Path = places.ROOT) -> str:
    """Return a digest of all that preparation depends on: migrations, static files, settings and the lock."""
    found = hashlib.sha256(json.dumps(migration_digests(root), sort_keys=True).encode())
    inputs = [root / "requirements.txt", *sorted((root / "portal" / "settings").glob("*.py"))]
    for area in AREAS:
        inputs += sorted(path for path in (root / area).glob("**/static/**/*") if path.is_file())
    for path in inputs:
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def is_prepared(var: Path, root: Path = places.ROOT) -> bool:
    """Return whether the last preparation of `var` was of this very code and what it made is still there."""
    made = (DATABASE, "static/staticfiles.json", "sample-people.txt")
    return (
        _read(var / "prepared.json").get("fingerprint") == fingerprint(root)
        and all((var / name).is_file() for name in made)
        and has_index(var)
        and why_older(var, root) == ""
    )


def was_prepared(var: Path) -> bool:
    """Return whether a preparation of `var` was ever finished, of whatever code."""
    return (var / "prepared.json").is_file()


def has_index(var: Path) -> bool:
    """Return whether there is a search index."""
    return any((var / "index").glob("*"))


def record_layout(var: Path, root: Path = places.ROOT) -> None:
    """Write down which migrations made the database."""
    (var / "layout.json").write_text(json.dumps(migration_digests(root), indent=1, sort_keys=True))


def record_prepared(var: Path, root: Path = places.ROOT) -> None:
    """Write down that `var` is ready for this code."""
    (var / "prepared.json").write_text(json.dumps({"fingerprint": fingerprint(root)}))


def why_older(var: Path, root: Path = places.ROOT) -> str:
    """Return why the database in `var` is not of this code's layout, in words; "" if it is or there is none.

    A migration that was recorded must still be there, word for word; further ones may have come and are applied.
    """
    if not (var / DATABASE).is_file():
        return ""
    if fault := _unreadable(var / DATABASE):
        return f"it cannot be read ({fault})"
    present = migration_digests(root)
    changed = [path for path, digest in _read(var / "layout.json").items() if present.get(path) != digest]
    return f"{changed[0]} was written anew since" if changed else ""


def set_aside(var: Path) -> Path:
    """Move the database and all that belongs to it to `set-aside/<time>` under `var`; return that folder."""
    moment = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
    place = var / "set-aside" / moment
    number = 1
    while place.exists():
        number += 1
        place = var / "set-aside" / f"{moment}-{number}"
    place.mkdir(parents=True)
    for name in DATA:
        if (var / name).exists():
            (var / name).rename(place / name)
    return place


def _unreadable(database: Path) -> str:
    """Return SQLite's words if the file is no database, "" if it is one."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        return str(error)
    return ""


def _without_comments(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.rstrip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def _read(path: Path) -> dict[str, str]:
    """Return a JSON file's object; empty if there is none or it was cut short."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
