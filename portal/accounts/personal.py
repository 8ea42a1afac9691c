"""What the portal keeps about a person: each area hands in its part from its `apps.py`.

A part says how it is copied out for its owner, how it is forgotten, what stays then and why, and what is not copied
out and why. `portal.privacy` makes the copy, shows the parts, and forgets. A test holds that every table which points
to an account or a person belongs to a part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models

from portal.accounts.models import User

#: What stands where a word of theirs must not be empty.
FORGOTTEN = "Forgotten"

#: One thing: names in lower case with underscores, which the readable copy prints as words; a value is a text, a
#: number, yes or no, a time, a list, or a record of its own.
Record = Mapping[str, Any]


@dataclass(frozen=True)
class CopiedFile:
    """A stored file that goes into the copy: its name there, beneath the part's folder, and where its bytes lie."""

    name: str
    path: Path


@dataclass(frozen=True)
class Copy:
    """What one part holds about one person."""

    records: Sequence[Record] = ()
    files: Sequence[CopiedFile] = ()


def _nothing(user: User) -> Iterable[models.Model]:
    return ()


def _no_hindrance(user: User) -> list[str]:
    return []


@dataclass(frozen=True)
class PersonalData:
    """One part of what is kept about a person.

    `order` is the place in the copy; forgetting goes the other way round, so that the account comes last.
    `forget(user, alias)` erases or empties the part and returns how many rows it changed; records that must stay then
    stand under `alias`, "Former member 7F3A". `keeps` says in a sentence what stays and why, `withholds` what is not
    copied out and why; empty where there is nothing of the kind. `tables` are the models ("app.model") that the part
    answers for. `about(user)` gives records of the person's own, whose journal rows speak of them. `hinders(user)`
    returns sentences while something is under way that needs the person.
    """

    key: str
    label: str
    order: int
    export: Callable[[User], Copy]
    forget: Callable[[User, str], int]
    keeps: str = ""
    withholds: str = ""
    tables: tuple[str, ...] = ()
    about: Callable[[User], Iterable[models.Model]] = field(default=_nothing)
    hinders: Callable[[User], list[str]] = field(default=_no_hindrance)


_parts: dict[str, PersonalData] = {}


def register(part: PersonalData) -> None:
    """Hand in a part; the same key twice keeps the last."""
    _parts[part.key] = part


def parts() -> list[PersonalData]:
    """Return every part in the order of the copy."""
    return sorted(_parts.values(), key=lambda part: (part.order, part.key))


def things_about(user: User) -> list[models.Model]:
    """Return the account and the records of the person's own, whose journal rows speak of them."""
    return [user, *(thing for part in parts() for thing in part.about(user))]


def hindrances(user: User) -> list[str]:
    """Return why the person cannot be forgotten yet, in sentences; empty when nothing is under way."""
    return [sentence for part in parts() for sentence in part.hinders(user)]


def chosen(row: models.Model, *names: str) -> dict[str, Any]:
    """Return some columns of a row as a record; a choice by its word, a related row as its text."""
    found: dict[str, Any] = {}
    for name in names:
        column = row._meta.get_field(name)
        value = getattr(row, f"get_{name}_display")() if getattr(column, "choices", None) else getattr(row, name)
        found[name] = str(value) if isinstance(value, models.Model) else value
    return found
