"""``manage.py sample_clock``: move the portal's clock, so that deadlines can be lived through."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.access import clock

_STEP = re.compile(r"([+-])(\d{1,5})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


class Command(BaseCommand):
    """Shift, reset or print the sample clock that web, worker and beat share."""

    help = "Move the sample clock: +14d, +3h, -30m, reset. Without an argument, print it. Local settings only."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take one optional step."""
        # A step back begins with a dash, which argparse would take for an option.
        parser.add_argument("step", nargs="?", default="", help="+14d, +3h, +20m, or reset; back with -- -1d")

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        """Apply the step to the offset that is there, and print what the clock says now."""
        if not settings.NOC_LOCAL:
            raise CommandError("The sample clock exists under the local settings only.")
        if step == "reset":
            clock.set_offset(dt.timedelta())
        elif step:
            match = _STEP.fullmatch(step)
            if match is None:
                raise CommandError(f"{step!r} is no step. Give +14d, +3h, +20m or reset.")
            sign, amount, unit = match.groups()
            shift = dt.timedelta(**{_UNITS[unit]: int(f"{sign}{amount}")})
            clock.set_offset(clock.offset() + shift)
        ahead = clock.offset()
        moment = clock.now().astimezone(clock.BRUSSELS)
        shifted = f"shifted by {ahead.total_seconds() / 3600:+g} hours" if ahead else "the machine's own time"
        self.stdout.write(f"{moment:%A %-d %B %Y, %H:%M} in Brussels, {shifted}.")
