"""Makes people, places and groups for tests, and signs people in."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.test import Client

from portal.access import clock
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.community.domain.standing import viewer_of
from portal.community.models import Centre, Country, Group, Language, Organisation, Person, PersonLanguage, RoleTerm

PASSWORD = "correct horse battery staple"

#: code: (name, in a sentence, capital, latitude, longitude)
COUNTRIES = {
    "PL": ("Poland", "Poland", "Warsaw", 52.23, 21.01),
    "NL": ("Netherlands", "the Netherlands", "Amsterdam", 52.37, 4.9),
    "FI": ("Finland", "Finland", "Helsinki", 60.17, 24.94),
    "LV": ("Latvia", "Latvia", "Riga", 56.95, 24.11),
    "PT": ("Portugal", "Portugal", "Lisbon", 38.72, -9.14),
    "ES": ("Spain", "Spain", "Madrid", 40.42, -3.7),
}


def country(code: str = "PL") -> Country:
    """Return a country, made on first use."""
    name, in_text, capital, latitude, longitude = COUNTRIES[code]
    return Country.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "name_in_text": in_text,
            "capital": capital,
            "latitude": latitude,
            "longitude": longitude,
            "in_eu": True,
            "in_schengen": True,
        },
    )[0]


def organisation(code: str = "PL", name: str = "") -> Organisation:
    """Return a police organisation of a country, made on first use."""
    return Organisation.objects.get_or_create(name=name or f"Police of {COUNTRIES[code][0]}", country=country(code))[0]


def centre(code: str = "PL", name: str = "") -> Centre:
    """Return an operational centre in a country's capital, made on first use."""
    _, _, capital, latitude, longitude = COUNTRIES[code]
    return Centre.objects.get_or_create(
        name=name or f"Operational centre {capital}",
        country=country(code),
        defaults={
            "organisation": organisation(code),
            "city": capital,
            "latitude": latitude,
            "longitude": longitude,
        },
    )[0]


def group(name: str = "Operational Centres", **fields: Any) -> Group:
    """Return a TIG, made on first use."""
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    return Group.objects.get_or_create(slug=slug, defaults={"name": name, "short_name": name, **fields})[0]


def person(
    name: str = "Jan Przykład",
    country: str = "PL",
    *,
    roles: list[tuple[str, str]] | tuple = (),
    groups: list[Group] | tuple = (),
    languages: dict[str, str] | None = None,
    organisation_name: str = "",
    email: str = "",
    active: bool = True,
) -> Person:
    """Return a new member with an account; `roles` are (role, scope) in force since 2020."""
    count = User.objects.count()
    user = User.objects.create_user(email or f"member{count + 1}@example.org", PASSWORD)
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    made = Person.objects.create(
        user=user,
        name=name,
        country=_country(country),
        organisation=organisation(country, organisation_name),
        centre=centre(country),
        active=active,
    )
    made.groups.set(groups)
    for role, scope in roles:
        RoleTerm.objects.create(person=made, role=role, scope=scope, starts_on=dt.date(2020, 1, 1))
    for code, level in (languages if languages is not None else {"en": "C1"}).items():
        language = Language.objects.get_or_create(code=code, defaults={"name": f"Language {code}"})[0]
        PersonLanguage.objects.create(person=made, language=language, level=level)
    return made


_country = country


def viewer(member: Person) -> Viewer:
    """Return the viewer a member is with a second factor."""
    return viewer_of(Person.objects.select_related("user").get(pk=member.pk))


def sign_in(client: Client, member: Person, *, verified: bool = True, fresh: bool = True) -> Client:
    """Give `client` a session of `member`; with a second factor unless `verified` is False, given just now or, where
    `fresh` is False, so long ago that weighty actions ask for it once more.
    """
    client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    if verified:
        from portal.accounts.models import AuthenticatorDevice

        device, _ = AuthenticatorDevice.objects.get_or_create(user=member.user, name="Test", confirmed=True)
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session["verified_at"] = clock.machine_now().timestamp() - (0 if fresh else 601)
        session.save()
    return client
