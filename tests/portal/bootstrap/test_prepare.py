"""Recognising tables that are not what the applied migrations promise."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from portal.bootstrap.prepare import why_tables_differ

pytestmark = pytest.mark.django_db


def test_tables_of_these_migrations_do_not_differ() -> None:
    assert MigrationRecorder(connection).applied_migrations() != {}
    assert why_tables_differ() == ""


def test_missing_table_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME TO jobs_old")
    assert why_tables_differ() == "its table jobs_job is missing"


def test_missing_column_is_told() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE jobs_job RENAME COLUMN payload TO burden")
    assert why_tables_differ() == "its table jobs_job lacks the column payload"


def test_applied_migration_that_is_gone_is_told() -> None:
    MigrationRecorder(connection).record_applied("jobs", "0007_gone")
    assert why_tables_differ() == "its migration jobs.0007_gone is no longer there"
