"""``manage.py outbox_failed``: the mails that could not be delivered."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.access.clock import BRUSSELS
from portal.outbox import post


class Command(BaseCommand):
    """List failed mails; with `--send-again`, queue them once more."""

    help = "List the mails that could not be delivered; --send-again queues them once more."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the one option."""
        parser.add_argument("--send-again", action="store_true", help="queue them once more")

    def handle(self, *args: Any, send_again: bool, **options: Any) -> None:
        """Print one line for each mail, and how many there are."""
        mails = list(post.failed())
        for mail in mails:
            if send_again:
                post.send_again(mail)
            when = mail.created_at.astimezone(BRUSSELS)
            self.stdout.write(f"{when:%Y-%m-%d %H:%M}  {mail.to_address}  {mail.subject}  ({mail.error})")
        done = "queued once more" if send_again else "not delivered"
        self.stdout.write(f"{len(mails)} mail{'' if len(mails) == 1 else 's'} {done}.")
