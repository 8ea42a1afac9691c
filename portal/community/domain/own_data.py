"""What is kept about a member: profile, languages, groups, roles, lost devices. For `portal.accounts.personal`."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from portal.access import clock
from portal.accounts.models import User
from portal.accounts.personal import FORGOTTEN, Copy, PersonalData, chosen, register
from portal.community.domain.standing import people_with
from portal.community.models import Person, PersonLanguage, Recovery, Role, RoleTerm


def person_of(user: User) -> Person | None:
    """Return the profile behind an account, or None."""
    return Person.objects.select_related("country", "organisation", "centre").filter(user=user).first()


def _profile(user: User) -> Copy:
    person = person_of(user)
    if person is None:
        return Copy()
    languages = person.languages.select_related("language").order_by("pk")
    terms = person.role_terms.order_by("starts_on", "pk")
    return Copy(
        [
            chosen(person, "name", "function", "country", "organisation", "centre", "active")
            | {
                "languages": [chosen(row, "language", "level") for row in languages],
                "groups": [group.name for group in person.groups.order_by("name")],
                "roles": [chosen(row, "role", "scope", "starts_on", "ends_on") for row in terms],
            }
        ]
    )


def _forget_profile(user: User, alias: str) -> int:
    """Leave the name that says nothing, with the country and organisation that decisions were counted by."""
    person = Person.objects.select_for_update().filter(user=user).first()
    if person is None:
        return 0
    PersonLanguage.objects.filter(person=person).delete()
    person.groups.clear()
    today = clock.today()
    RoleTerm.objects.filter(person=person, starts_on__gt=today).delete()
    RoleTerm.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), person=person).update(ends_on=today)
    person.name, person.function, person.centre, person.active = alias, "", None, False
    person.save()
    return 1


def _profile_rows(user: User) -> Iterable[models.Model]:
    return Person.objects.filter(user=user)


def last_of_the_office(user: User) -> list[str]:
    """Return why `user` cannot go, where nobody else is in the programme office; empty otherwise."""
    office = people_with(role=Role.OFFICE)
    if office.filter(user=user).exists() and office.count() == 1:
        return ["This is the only person of the programme office. Give somebody else the role first."]
    return []


def _lost_devices(user: User) -> Copy:
    rows = Recovery.objects.filter(person__user=user).order_by("asked_at", "pk")
    return Copy([chosen(row, "state", "way", "what", "asked_at", "released_at", "closed_at", "reason") for row in rows])


def _forget_lost_devices(user: User, alias: str) -> int:
    """Forget what was written about the person's own requests; what they wrote about others' is about others."""
    own = Recovery.objects.filter(person__user=user)
    return own.exclude(note="").update(note=FORGOTTEN) + own.exclude(reason="").update(reason=FORGOTTEN)


def _lost_device_rows(user: User) -> Iterable[models.Model]:
    return Recovery.objects.filter(person__user=user)


def hand_in() -> None:
    """Register the parts of this area; called once, when the apps are ready."""
    register(
        PersonalData(
            "profile",
            "Profile and roles",
            40,
            _profile,
            _forget_profile,
            keeps="Country and organisation, and which roles were held when, under a name that says nothing: "
            "endorsements, reviews and signatures are valid by them.",
            tables=(
                "community.Person",
                "community.Person_groups",
                "community.PersonLanguage",
                "community.RoleTerm",
            ),
            about=_profile_rows,
            hinders=last_of_the_office,
        )
    )
    register(
        PersonalData(
            "lost_devices",
            "Lost devices",
            45,
            _lost_devices,
            _forget_lost_devices,
            keeps="That two people agreed to a new start, and when.",
            withholds="Who confirmed and released it, how they made sure, and what they noted for each other.",
            tables=("community.Recovery",),
            about=_lost_device_rows,
        )
    )
