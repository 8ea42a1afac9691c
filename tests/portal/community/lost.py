"""People around a lost device, and requests in each state."""

from __future__ import annotations

from portal.accounts.models import AuthenticatorDevice
from portal.community.domain import recovery
from portal.community.models import Person, Recovery
from portal.outbox.models import Mail
from tests import factories

PL = "country:PL"


def member(name: str = "Piotr Przykładowy", country: str = "PL", email: str = "piotr@example.org") -> Person:
    """A member with a telephone."""
    made = factories.person(name, country, email=email)
    AuthenticatorDevice.objects.create(user=made.user, name="Telephone")
    return made


def contact_point(country: str = "PL", name: str = "Barbara Próbna", role: str = "ncp") -> Person:
    """A contact point of a country."""
    return factories.person(name, country, roles=[(role, f"country:{country}")])


def office(name: str = "Anna Wzorowa") -> Person:
    """Somebody in the programme office."""
    return factories.person(name, roles=[("office", "")])


def asked(person: Person, way: str = "password", what: str = "lost") -> Recovery:
    """A request that was just made."""
    made = recovery.ask(user=person.user, way=way, what=what)
    assert made is not None
    return made


def confirmed(person: Person, by: Person) -> Recovery:
    """A request whose identity was confirmed."""
    return recovery.confirm(recovery=asked(person), by=factories.viewer(by), method="called", note="Rang the desk.")


def released(person: Person, by: Person, office: Person) -> Recovery:
    """A request that came to its end."""
    return recovery.release(recovery=confirmed(person, by), by=factories.viewer(office))


def mails(**wanted: object) -> list[tuple[str, str]]:
    """Return (kind, address) of the mails written so far, in their order."""
    rows = Mail.objects.filter(**wanted).order_by("created_at", "pk")
    return sorted(rows.values_list("kind", "to_address"))
