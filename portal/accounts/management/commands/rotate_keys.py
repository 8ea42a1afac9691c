"""Brings every encrypted column under the newest of NOC_FIELD_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.domain.rotation import rotate


class Command(BaseCommand):
    """Put a new key in front of NOC_FIELD_KEYS, restart all processes, run this, then take the old key away."""

    help = (
        "Seal every encrypted value anew under the first of NOC_FIELD_KEYS. Run it after all processes were restarted "
        "with the new key in front; when --check finds nothing left, the older keys can go."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail while an older key is in use")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        tallies = rotate(look_only=check)
        for tally in tallies:
            deed = "under an older key" if check else "sealed anew"
            self.stdout.write(f"{tally.column}: {tally.values} values, {tally.older} {deed}")
        if broken := [f"{tally.column} {pk}" for tally in tallies for pk in tally.broken]:
            raise CommandError(
                f"No key opens {', '.join(broken)}. A key was taken away too early: put it back and run this again."
            )
        if check and any(tally.older for tally in tallies):
            raise CommandError("Older keys are still in use. Run manage.py rotate_keys.")
        self.stdout.write("Every value is under the newest key.")
