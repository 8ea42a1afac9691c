"""Gives an account another address where nobody can read the old mailbox any more."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from portal.accounts.domain.addresses import move_by_hand
from portal.accounts.models import User
from portal.journal.errors import ConditionFailed


class Command(BaseCommand):
    help = (
        "Change the e-mail address of an account whose old mailbox nobody can read any more, after the programme "
        "office has spoken to the person. Everybody else changes it under /account/email/."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("old", help="present address of the account")
        parser.add_argument("new", help="address that it is to have")
        parser.add_argument("--reason", required=True, help="who has spoken to the person, and when; journalled")

    def handle(self, *args: Any, old: str, new: str, reason: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=old.strip()).first()
        if user is None:
            raise CommandError(f"There is no account under {old}.")
        try:
            validate_email(new.strip())
            move_by_hand(user=user, address=new, reason=reason)
        except ValidationError as error:
            raise CommandError(f"{new} is not an e-mail address.") from error
        except ConditionFailed as refusal:
            raise CommandError(" ".join(refusal.problems)) from refusal
        self.stdout.write(f"Done. {new.strip().lower()} signs in from now on; both addresses are told.")
