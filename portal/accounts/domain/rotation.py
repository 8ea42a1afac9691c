"""Changing the key of encrypted columns: the new key is put in front, every value is sealed anew, the old key goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import models

from portal.accounts import crypto
from portal.accounts.models.sealed import SealedField


@dataclass(frozen=True)
class Tally:
    """How one column stands: `older` values are under an older key, `broken` rows (by primary key) under none."""

    column: str
    values: int
    older: int
    broken: tuple[str, ...]


def columns() -> Iterator[tuple[type[models.Model], str]]:
    """Yield every encrypted column of the portal: model and field name."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, SealedField):
                yield model, field.name


def rotate(*, look_only: bool = False) -> list[Tally]:
    """Seal every value anew that is under an older key, row by row; returns how each column stood before.

    May run beside the working portal and may be cut off and started again: a row that somebody changes at the same
    moment keeps their value. With `look_only` nothing is written.
    """
    return [_rotate(model, name, look_only=look_only) for model, name in columns()]


def _rotate(model: type[models.Model], name: str, *, look_only: bool) -> Tally:
    rows = model._base_manager.order_by("pk")
    values = list(rows.exclude(**{name: ""}).values_list("pk", name))
    older, broken = 0, []
    for pk, sealed in values:
        if crypto.is_newest(sealed):
            continue
        try:
            fresh = crypto.seal_anew(sealed)
        except crypto.SealBroken:
            broken.append(str(pk))
            continue
        older += 1
        if not look_only:
            rows.filter(pk=pk, **{name: sealed}).update(**{name: fresh})
    return Tally(f"{model._meta.label}.{name}", len(values), older, tuple(broken))
