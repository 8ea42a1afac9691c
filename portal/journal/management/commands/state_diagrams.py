"""``manage.py state_diagrams``: draw the transition tables into docs/states.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.journal.diagrams import page


class Command(BaseCommand):
    """Write the page, or check that it is up to date."""

    help = "Draw all transition tables into docs/states.md; --check only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the one option."""
        parser.add_argument("--check", action="store_true", help="fail when the page is behind the tables")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare."""
        file = Path(settings.BASE_DIR) / "docs" / "states.md"
        drawn = page()
        if check:
            if not file.exists() or file.read_text() != drawn:
                raise CommandError("docs/states.md is behind the transition tables. Run manage.py state_diagrams.")
            self.stdout.write("docs/states.md is up to date.")
            return
        file.parent.mkdir(exist_ok=True)
        file.write_text(drawn)
        self.stdout.write("Wrote docs/states.md.")
