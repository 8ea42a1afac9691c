"""Prints the sample sign-ins."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.community.domain.sample_community import SAMPLE_PASSWORD
from portal.community.models import Person


class Command(BaseCommand):
    """`manage.py sample_people [--few]`: name, role, e-mail, password and how to get a code. Local settings only."""

    help = "Print who can sign in to the sample content."

    #: One for each part of the way through: office, host, contact points, shift leader, reviewers, committee.
    FEW = (
        "anna.wzorowa sirpa.esimerkki matti.malliksi liga.modele ilze.paraugs barbara.probna erika.mustermann "
        "pauline.exemple hans.beispiel ingrid.forebild pieter.voorbeeldig zofia.probka nadia.esempio"
    ).split()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--few`: one person for each role instead of all."""
        parser.add_argument("--few", action="store_true", help="One person for each role.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the table."""
        if not settings.NOC_LOCAL:
            raise CommandError("Sample people exist under the local settings only.")
        people = (
            Person.objects.filter(is_sample=True, active=True)
            .select_related("user", "country")
            .prefetch_related("role_terms")
            .order_by("pk")
        )
        if options["few"]:
            wanted = {account: place for place, account in enumerate(self.FEW)}
            found = [person for person in people if person.user.email.split("@")[0] in wanted]
            people = sorted(found, key=lambda person: wanted[person.user.email.split("@")[0]])
        rows = [(person.name, self._role(person), person.user.email) for person in people]
        if not rows:
            self.stdout.write("There are no sample people. `manage.py load_sample` makes them.")
            return
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            self.stdout.write("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        self.stdout.write(f"\nPassword of all: {SAMPLE_PASSWORD}")
        self.stdout.write(f"Second factor:   manage.py sample_code <e-mail>, for one: sample_code {rows[0][2]}")

    def _role(self, person: Person) -> str:
        roles = [term.get_role_display() for term in person.role_terms.all()]
        return f"{roles[0] if roles else person.function}, {person.country.name}"
