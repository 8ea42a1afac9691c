"""Prints the present code of a sample account's authenticator app."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.access import clock
from portal.accounts.domain.codes import NoDevice, NotLocal, sample_code


class Command(BaseCommand):
    """Stands in for a telephone while the portal is tried out; refuses to run outside the local settings."""

    requires_system_checks = ()
    help = "Print the six digits that a sample account's authenticator app shows now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="address of the account")
        parser.add_argument("--wait", action="store_true", help="wait when the present code was used, at most a minute")

    def handle(self, *args: Any, email: str, wait: bool, **options: Any) -> None:
        try:
            found = sample_code(email=email)
            while wait and not found.usable:
                time.sleep(max(0.1, (found.begins - clock.machine_now()).total_seconds()))
                found = sample_code(email=email)
        except (NotLocal, NoDevice) as error:
            raise CommandError(str(error)) from error
        if not found.usable:
            moment = found.begins.astimezone(clock.BRUSSELS)
            raise CommandError(
                f"The present code was used. The next one comes at {moment:%H:%M:%S} Brussels time; "
                "--wait waits for it."
            )
        self.stdout.write(found.code)
        self.stdout.write(f"for another {found.seconds_left} seconds")
