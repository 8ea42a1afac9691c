"""``manage.py history_in_words exchanges.application 12``: what happened to one thing."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.access.clock import BRUSSELS
from portal.journal.words import history_in_words


class Command(BaseCommand):
    """Print a thing's history in sentences."""

    help = "Print what happened to one thing, oldest first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the model and the key."""
        parser.add_argument("model", help="app.model, as in exchanges.application")
        parser.add_argument("pk", help="its primary key")

    def handle(self, *args: Any, model: str, pk: str, **options: Any) -> None:
        """Print one line for each row."""
        try:
            thing = apps.get_model(model)._base_manager.get(pk=pk)
        except (LookupError, ValueError, ValidationError, ObjectDoesNotExist) as error:
            raise CommandError(f"There is no {model} with the key {pk}.") from error
        lines = history_in_words(thing)
        for line in lines:
            self.stdout.write(f"{line.at.astimezone(BRUSSELS):%Y-%m-%d %H:%M}  {line}")
        if not lines:
            self.stdout.write("Nothing has been written about it.")
