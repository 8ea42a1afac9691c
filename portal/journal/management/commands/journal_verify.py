"""``manage.py journal_verify``: has anybody changed, removed or put in a row?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.journal import chain


class Command(BaseCommand):
    """Check the chain; exit 1 on any fault."""

    help = "Check the journal's chain. Keep the printed head elsewhere and give it next time as --head."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the head of an earlier check."""
        parser.add_argument("--head", default="", help="NUMBER:HASH of an earlier check")

    def handle(self, *args: Any, head: str, **options: Any) -> None:
        """Print what was found."""
        try:
            verdict = chain.verify(noted=head)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{verdict.sealed} rows sealed, {verdict.waiting} waiting to be sealed, "
            f"{verdict.erased} with names and reasons erased."
        )
        if verdict.head:
            self.stdout.write(f"Head: {verdict.head}")
        if verdict.faults:
            raise CommandError("The journal is broken:\n" + "\n".join(f"- {fault}" for fault in verdict.faults))
        self.stdout.write("The chain is whole.")
