"""``manage.py journal_seal``: number and chain what has been committed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.jobs.progress_bar import ProgressBar
from portal.journal import chain
from portal.journal.models import Entry


class Command(BaseCommand):
    """Seal until nothing waits."""

    help = "Number and hash-chain all committed journal rows."

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal in batches and say how many rows that were."""
        waiting = Entry.objects.filter(seal=None).count()
        sealed = 0
        with ProgressBar(total=waiting, label="Sealing") as bar:
            while done := chain.seal():
                sealed += done
                bar.step(done)
        self.stdout.write(f"{sealed} row{'' if sealed == 1 else 's'} sealed.")
