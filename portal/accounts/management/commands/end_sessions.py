"""Signs people out everywhere: one account, or all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.domain import sessions
from portal.accounts.models import User


class Command(BaseCommand):
    help = "End the sessions of one account, or with --all those of everybody, at once; each browser is told so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("address", nargs="?", help="address of the account")
        who.add_argument("--all", action="store_true", dest="everybody", help="everybody, yourself too")

    def handle(self, *args: Any, address: str | None, everybody: bool, **options: Any) -> None:
        users = User.objects.all() if everybody else User.objects.filter(email__iexact=(address or "").strip())
        if not everybody and not users.exists():
            raise CommandError(f"There is no account under {address}.")
        signed_in = users.filter(sessions__isnull=False).distinct()
        count = sum(sessions.end_all(user=user, reason="operator") for user in signed_in)
        self.stdout.write(f"Ended: {count}.")
