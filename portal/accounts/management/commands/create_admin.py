"""Makes the first administrator."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from portal.access.viewer import SYSTEM
from portal.accounts.domain.enrolment import EnrolmentRefused, issue_grant
from portal.accounts.models import Purpose, User


class Command(BaseCommand):
    """Creates an administrator without a password and prints the link under which they enrol.

    Run again for an administrator who has not enrolled, it prints a new link; the older one ends.
    """

    help = "Create an administrator and print the link (24 hours, once) to set a password and a second factor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="address of the administrator")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address") from error
        user = User.objects.filter(email=email).first()
        if user is not None and not user.is_superuser:
            raise CommandError(f"{email} is a member; an administrator's account is made for that alone")
        try:
            with transaction.atomic():
                user = user or User.objects.create_superuser(email)
                issued = issue_grant(user=user, purpose=Purpose.INVITATION, by=SYSTEM)
        except EnrolmentRefused as refusal:
            raise CommandError(f"{email} cannot enrol: the account is {refusal.reason}") from refusal
        self.stdout.write(issued.url)
        self.stdout.write("Open it within 24 hours; it works once.")
