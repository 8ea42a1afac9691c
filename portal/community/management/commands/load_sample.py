"""Loads the sample content into an empty database."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.community.domain.samples import NotEmpty, is_empty, load_all


class Command(BaseCommand):
    """`manage.py load_sample [--if-empty]`: all sample content, in one transaction, showing what it does."""

    help = "Load the sample content: people, pages, library, meetings, pilots, a past call."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--if-empty`: leave a database with content alone instead of failing."""
        parser.add_argument("--if-empty", action="store_true", help="Do nothing where content stands already.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, or say why not."""
        if options["if_empty"] and not is_empty():
            self.stdout.write("Sample content: the database holds content already, nothing was changed.")
            return
        # Wagtail tells of every page it makes; the lines below say it shorter.
        logging.getLogger("wagtail").setLevel(logging.WARNING)
        began = time.monotonic()
        try:
            load_all(progress=self._say)
        except NotEmpty as error:
            raise CommandError(f"{error} Use --if-empty to pass over this.") from error
        self._say(f"Sample content loaded in {time.monotonic() - began:.1f} s.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
