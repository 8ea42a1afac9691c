"""Whatever points to a person is somebody's to answer for: copied out, forgotten, or named here with a reason."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from portal.accounts import personal
from portal.accounts.models import User
from portal.community.models import Person

#: Tables that point to an account or a person, or hold an address, and belong to no part. Each has its reason.
EXCEPTIONS = {
    "pages.ContactPage": "The office's address for all, which an editor writes on a public page.",
}


def points_to_people(model: type[models.Model]) -> bool:
    """Return whether a table of its own names somebody: by account, by person, or by address."""
    return any(
        isinstance(column, models.EmailField) or (column.is_relation and column.related_model in (User, Person))
        for column in model._meta.local_fields
    )


def tables() -> Iterator[str]:
    yield "accounts.User"
    for model in apps.get_models(include_auto_created=True):
        if points_to_people(model) and not model._meta.proxy:
            yield model._meta.label


def test_every_table_that_names_somebody_belongs_to_a_part() -> None:
    answered = {table for part in personal.parts() for table in part.tables}
    assert sorted(set(tables()) - answered - set(EXCEPTIONS)) == []


def test_parts_name_tables_that_there_are() -> None:
    known = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert sorted({table for part in personal.parts() for table in part.tables} - known) == []
    assert sorted(set(EXCEPTIONS) - known) == []


def test_no_row_of_a_person_goes_with_another_row() -> None:
    """A row that decided something hangs on a person by PROTECT: no cascade may take it along."""
    own = {"Person_groups", "PersonLanguage"}
    cascades = [
        f"{model._meta.label}.{column.name}"
        for model in apps.get_models(include_auto_created=True)
        for column in model._meta.local_fields
        if column.is_relation
        and column.related_model is Person
        and column.remote_field.on_delete is models.CASCADE
        and model.__name__ not in own
    ]
    assert cascades == []


def test_each_part_says_what_it_is() -> None:
    keys = [part.key for part in personal.parts()]
    assert len(keys) == len(set(keys))
    assert all(part.label and part.tables for part in personal.parts())
