"""Builds the search index anew."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.search.rebuild import RebuildFailed, health, rebuild

WIDTH = 30


class Command(BaseCommand):
    """Writes a new generation of the index, checks it and puts it in use; searches go on meanwhile."""

    help = "Build the search index anew, without interrupting searches."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-missing", action="store_true", help="do nothing when there is a usable index")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_missing"] and health().usable:
            self.stdout.write("The search index is there.")
            return
        try:
            count = rebuild(progress=self._bar)
        except (TimeoutError, RebuildFailed) as error:
            raise CommandError(f"The search index was not rebuilt; the old one stays in use. {error}.") from error
        self._end()
        self.stdout.write(f"The search index holds {count} documents.")

    def _bar(self, done: int, total: int, note: str) -> None:
        if not self.stdout.isatty():
            return
        filled = WIDTH * done // total if total else WIDTH
        self.stdout.write(f"\r{'█' * filled}{'░' * (WIDTH - filled)} {done}/{total} {note[:40]:<40}", ending="")
        self.stdout.flush()

    def _end(self) -> None:
        if self.stdout.isatty():
            self.stdout.write("")
