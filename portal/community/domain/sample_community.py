"""Loads the sample community: countries, languages, groups, places, people with their roles."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group as CMSGroup

from portal.accounts.domain.samples import sample_account
from portal.accounts.models import User
from portal.community.domain.samples import Progress, read
from portal.community.models import (
    Centre,
    Country,
    Group,
    Language,
    Objective,
    Organisation,
    Person,
    PersonLanguage,
    Role,
    RoleTerm,
    WorkItem,
)

#: What every sample account is opened with; printed by `make run` and `sample_people`, never used outside samples.
SAMPLE_PASSWORD = "twenty minutes between alarms"  # noqa: S105 - published on purpose, for sample accounts only
SAMPLE_DOMAIN = "example.org"
#: Sample roles began with the project year in which the group was founded, so that past calls find them in force.
ROLES_SINCE = dt.date(2022, 9, 1)

_GROUP_SHORT = {"oc": "operational-centres"}


def load_community(progress: Progress) -> None:
    """Load countries, languages, groups, organisations, centres and people."""
    _countries_and_languages()
    _groups()
    centres, organisations = _places()
    people = read("portal.community", "people")
    # One hash for all: they share a published password, and seventy slow hashes would take ten seconds.
    hashed = make_password(SAMPLE_PASSWORD)
    for number, entry in enumerate(people, start=1):
        User.objects.create(email=f"{entry['account']}@{SAMPLE_DOMAIN}", password=hashed)
        _person(entry, centres, organisations)
        if number % 20 == 0 or number == len(people):
            progress(f"  {number} of {len(people)} people")


def _countries_and_languages() -> None:
    fields = ("name", "name_in_text", "capital", "latitude", "longitude", "in_eu", "in_schengen")
    Country.objects.bulk_create(
        Country(code=code, **dict(zip(fields, values, strict=True)))
        for code, values in read("portal.community", "countries").items()
    )
    Language.objects.bulk_create(
        Language(code=code, name=name) for code, name in read("portal.community", "languages").items()
    )


def _groups() -> None:
    for entry in read("portal.community", "groups"):
        objectives, work_items = entry.pop("objectives", []), entry.pop("work_items", [])
        group = Group.objects.create(**entry)
        Objective.objects.bulk_create(
            Objective(group=group, number=number, **objective) for number, objective in enumerate(objectives, start=1)
        )
        WorkItem.objects.bulk_create(
            WorkItem(group=group, order=order, **item) for order, item in enumerate(work_items, start=1)
        )


def _places() -> tuple[dict[str, Centre], dict[str, Organisation]]:
    """Make organisations and centres; returns centres by key, and organisations by key or country code."""
    places = read("portal.community", "places")
    organisations: dict[str, Organisation] = {}
    for entry in places["organisations"]:
        organisations[entry["key"]] = Organisation.objects.create(
            name=entry["name"], country_id=entry.get("country"), kind=entry["kind"], is_sample=not entry.get("real")
        )
    names = dict(Country.objects.values_list("code", "name_in_text"))
    for code in places["forces"]:
        organisations[code] = Organisation.objects.create(
            name=f"Police of {names[code]}", country_id=code, kind=Organisation.Kind.POLICE, is_sample=True
        )
    fields = ("name", "country_id", "city", "latitude", "longitude", "time_zone", "level")
    centres = {
        key: Centre.objects.create(
            organisation=organisations[values[1]], is_sample=True, **dict(zip(fields, values, strict=True))
        )
        for key, values in places["centres"].items()
    }
    return centres, organisations


def _scope(text: str, centres: dict[str, Centre]) -> str:
    """Return a role's scope as the database says it: keys of the files become primary keys."""
    kind, _, key = text.partition(":")
    if kind == "centre":
        return f"centre:{centres[key].pk}"
    if kind == "group":
        return f"group:{Group.objects.get(slug=key).pk}"
    return text


def _person(entry: dict[str, Any], centres: dict[str, Centre], organisations: dict[str, Organisation]) -> Person:
    active = entry.get("active", True)
    user = sample_account(email=f"{entry['account']}@{SAMPLE_DOMAIN}", password=SAMPLE_PASSWORD)
    person = Person.objects.create(
        user=user,
        name=entry["name"],
        function=entry["function"],
        country_id=entry["country"],
        organisation=organisations[entry.get("organisation", entry["country"])],
        centre=centres[entry["centre"]] if "centre" in entry else None,
        active=active,
        is_sample=True,
    )
    person.groups.set(Group.objects.filter(slug__in=[_GROUP_SHORT.get(key, key) for key in entry.get("groups", [])]))
    PersonLanguage.objects.bulk_create(
        PersonLanguage(person=person, language_id=code, level=level) for code, level in entry["languages"].items()
    )
    if set(entry.get("roles", [])) & {Role.EDITOR, Role.OFFICE}:
        # Wagtail's own group with rights on pages; the gate asks the role, the CMS asks the group.
        user.groups.set(CMSGroup.objects.filter(name="Moderators"))
    terms = entry.get("terms") or [{"role": role, "starts": ROLES_SINCE} for role in entry.get("roles", [])]
    for term in terms:
        role, _, scope = term["role"].partition(" ")
        RoleTerm.objects.create(
            person=person,
            role=role,
            scope=_scope(scope, centres),
            starts_on=term["starts"],
            ends_on=term.get("ends"),
        )
    return person
