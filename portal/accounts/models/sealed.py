"""Columns whose text is encrypted: found by `manage.py rotate_keys`, whatever area they stand in."""

from __future__ import annotations

from typing import Any

from django.db import models


class SealedField(models.TextField):
    """A text column that holds what `portal.accounts.crypto.seal` returned, and nothing else.

    It seals nothing by itself: the code that reads a secret says so. In the database it is a text column.
    """

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Return the field as migrations know it: plain text, so that they outlive this class."""
        name, _, positional, named = super().deconstruct()
        return name, "django.db.models.TextField", list(positional), dict(named)
