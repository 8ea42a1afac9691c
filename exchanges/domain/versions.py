"""Two tabs, two devices: a save that started from an older version never overwrites a newer one silently."""

from __future__ import annotations

import datetime as dt
from typing import Protocol, TypeVar, cast

from django.db import models

from portal.access import clock


class Versioned(Protocol):
    """A model with `version` and `saved_at`."""

    pk: int
    version: int
    saved_at: dt.datetime | None


Thing = TypeVar("Thing", bound=models.Model)


class StaleVersion(Exception):
    """The thing was saved elsewhere since this form was opened. `theirs` is the newer one."""

    def __init__(self, theirs: models.Model) -> None:
        super().__init__("changed elsewhere")
        self.theirs = theirs


def claim(*, model: type[Thing], pk: int, version: int) -> Thing:
    """Return the locked row with its version raised by one and its time of saving set; the caller saves it.

    Call it inside a transaction. Raises `StaleVersion` when `version` is not the row's.
    """
    fresh = model._base_manager.select_for_update().get(pk=pk)
    row = cast("Versioned", fresh)
    if row.version != version:
        raise StaleVersion(fresh)
    row.version += 1
    row.saved_at = clock.now()
    return fresh
