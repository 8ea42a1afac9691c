"""``manage.py maintenance``: shut the portal while something is changed that cannot be changed while people work."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.access import clock
from portal.web import maintenance


class Command(BaseCommand):
    """Shut or open the portal, or say which it is. Asks no database."""

    help = "Shut the portal with a page that says so (on), open it (off), or say which it is (without a word)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the position of the switch, and how long it will take."""
        parser.add_argument("switch", nargs="?", choices=("on", "off"))
        parser.add_argument("--minutes", type=int, default=15, help="how long it will take, for Retry-After (15)")

    def handle(self, *args: Any, switch: str | None, minutes: int, **options: Any) -> None:
        """Set the switch and print how it stands."""
        if switch == "on":
            back = maintenance.switch_on(minutes=minutes).astimezone(clock.BRUSSELS)
            self.stdout.write(f"The portal is shut: all pages answer 503. Expected back at {back:%H:%M} Brussels time.")
        elif switch == "off":
            was = maintenance.switch_off()
            self.stdout.write("The portal is open again." if was else "The portal was not shut.")
        else:
            self.stdout.write("The portal is shut." if maintenance.is_on() else "The portal is open.")
