"""Everything that needs Django before the portal can be served, in one process: starting Django costs seconds.

Run by the virtual environment's Python as `python -m portal.bootstrap.prepare <steps done> <steps in all>`.
"""

from __future__ import annotations

import io
import os
import re
import sys
from pathlib import Path

from portal.bootstrap import layout, places
from portal.bootstrap.progress import Note, Steps, say

#: How many steps `main` announces.
STEPS = 4


def main(arguments: list[str]) -> None:
    """Bring `var` up to what the code is: database, sample content, static files, search index, in this order."""
    done, total = (int(argument) for argument in arguments)
    steps = Steps(total, done=done)
    var = places.var()
    var.mkdir(parents=True, exist_ok=True)
    _set_up_django()
    from django.core.management import call_command

    with steps.step("Database") as note:
        set_older_layout_aside(var)
        _migrate(note)
        layout.record_layout(var)
        # An index without the record of a finished preparation may be half of one.
        indexed = layout.has_index(var) and layout.was_prepared(var)
    with steps.step("Sample content") as note:
        call_command("load_sample", if_empty=True)
        people = io.StringIO()
        call_command("sample_people", few=True, stdout=people)
        (var / "sample-people.txt").write_text(people.getvalue(), encoding="utf-8")
    with steps.step("Static files") as note:
        lines = _Lines(r"^Post-processed", note, "files compressed")
        call_command("collectstatic", interactive=False, verbosity=2, clear=True, stdout=lines)
        note.text = f"{lines.count} files compressed"
    with steps.step("Search index") as note:
        if indexed:
            note.text = "already there"
        else:
            call_command("search_rebuild")
    layout.record_prepared(var)


def _set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.local")
    import django

    django.setup()


def set_older_layout_aside(var: Path) -> None:
    """Set a database aside that these migrations did not make, and say so."""
    from django.db import connection

    if not (var / layout.DATABASE).exists():
        return
    reason = layout.why_older(var) or why_tables_differ()
    connection.close()
    if reason:
        place = layout.set_aside(var)
        say(f"  The database in {var} is of an older layout: {reason}.")
        say(f"  It was set aside in {place}, with its index and files. A new one is made; nothing was deleted.")


def why_tables_differ() -> str:
    """Return in words what the tables lack of what the applied migrations promise; "" if nothing.

    It covers databases whose migrations were not recorded, or whose tables somebody changed.
    """
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection, ignore_no_migrations=True)
    ours = {app for app, _ in loader.disk_migrations if _is_ours(app)}
    gone = [
        f"{app}.{name}"
        for app, name in loader.applied_migrations
        if app in ours and (app, name) not in loader.disk_migrations
    ]
    if gone:
        return f"its migration {gone[0]} is no longer there"
    applied = [key for key in loader.graph.nodes if key in loader.applied_migrations]
    if not applied:
        return ""
    try:
        loader.check_consistent_history(connection)
    except Exception as error:  # noqa: BLE001 - InconsistentMigrationHistory; whatever else stands in the way counts too
        return str(error)
    state = loader.project_state(applied)
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for model in state.apps.get_models(include_auto_created=True):
            meta = model._meta
            if meta.app_label not in ours or meta.proxy or not meta.managed:
                continue
            if meta.db_table not in present:
                return f"its table {meta.db_table} is missing"
            columns = {row.name for row in connection.introspection.get_table_description(cursor, meta.db_table)}
            lacking = sorted({field.column for field in meta.local_concrete_fields} - columns)
            if lacking:
                return f"its table {meta.db_table} lacks the column {lacking[0]}"
    return ""


def _is_ours(app_label: str) -> bool:
    from django.apps import apps

    return apps.get_app_config(app_label).name.split(".")[0] in layout.AREAS


def _migrate(note: Note) -> None:
    """Apply what is missing, counting."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    total = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if total:
        lines = _Lines(r"^  Applying", note, "migrations", total)
        call_command("migrate", interactive=False, verbosity=1, stdout=lines)
    note.text = f"{total} migrations" if total else "up to date"


class _Lines(io.StringIO):
    """Takes a command's output and counts the lines that match, showing the count as it grows."""

    def __init__(self, pattern: str, note: Note, what: str, total: int = 0) -> None:
        super().__init__()
        self.count = 0
        self._pattern = re.compile(pattern, re.MULTILINE)
        self._note, self._what, self._total = note, what, total

    def write(self, text: str) -> int:
        found = len(self._pattern.findall(text))
        if found:
            self.count += found
            self._note.count(self.count, self._total, self._what)
        return len(text)


if __name__ == "__main__":
    main(sys.argv[1:])
