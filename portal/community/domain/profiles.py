"""What a member says of themselves."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from portal.access.viewer import Viewer
from portal.community.domain.standing import contact_points, people_with, terms_in_force
from portal.community.models import Centre, Country, Group, Person, PersonLanguage, Role
from portal.journal import door
from portal.journal.errors import NotAllowed
from portal.outbox.post import post
from portal.web import dates


def centres_for(person: Person) -> QuerySet[Centre]:
    """Return the centres that a member can name as their own: those of their organisation."""
    return Centre.objects.filter(organisation_id=person.organisation_id).order_by("name")


def roles_in_words(person: Person) -> list[str]:
    """Return the roles in force, each with what it is for and until when: "Reviewer, until 31 May 2027"."""
    terms = person.role_terms.filter(terms_in_force()).order_by("starts_on", "pk")
    return [
        ", ".join(
            filter(
                None,
                [
                    term.get_role_display(),
                    _scope_in_words(term.scope),
                    f"until {dates.day(term.ends_on)}" if term.ends_on else "",
                ],
            )
        )
        for term in terms
    ]


def _scope_in_words(scope: str) -> str:
    """Return what a role is for: the name of its country, centre or group, "one call"; "" for everything."""
    kind, _, key = scope.partition(":")
    tables: dict[str, type[Country | Centre | Group]] = {"country": Country, "centre": Centre, "group": Group}
    if kind in tables:
        return str(tables[kind]._default_manager.filter(pk=key).first() or "")
    return f"one {kind}" if kind else ""


@transaction.atomic
def change(
    *,
    person: Person,
    name: str,
    function: str,
    centre: Centre | None,
    languages: Mapping[str, str],
    by: Viewer,
) -> list[str]:
    """Change a member's own profile; returns the names of the fields that are new, none where all is as it was.

    `languages` is level by language code and replaces all that stood there. A new name is told to the contact points,
    who vouch for it. Raises `NotAllowed` for anybody but the person, and for a centre of another organisation.
    """
    if not by.is_member or by.person_id != person.pk:
        raise NotAllowed("Only you change your profile. Nothing was changed.")
    if centre is not None and centre.organisation_id != person.organisation_id:
        raise NotAllowed("This centre is not your organisation’s. Nothing was changed.")
    fresh = Person.objects.select_for_update(of=("self",)).select_related("country").get(pk=person.pk)
    before = fresh.name
    given = {"name": name, "function": function, "centre": centre}
    changed = [field for field, value in given.items() if getattr(fresh, field) != value]
    for field in changed:
        setattr(fresh, field, given[field])
    fresh.save(update_fields=changed)
    if dict(fresh.languages.values_list("language_id", "level")) != dict(languages):
        fresh.languages.all().delete()
        PersonLanguage.objects.bulk_create(
            PersonLanguage(person=fresh, language_id=code, level=level) for code, level in languages.items()
        )
        changed.append("languages")
    if changed:
        door.record(thing=fresh, verb="profile_changed", by=by, data={"fields": changed})
    if "name" in changed:
        _tell_contact_points(fresh, before=before)
    return changed


def _tell_contact_points(person: Person, *, before: str) -> None:
    readers = [row for row in contact_points(person.country_id) if row.pk != person.pk]
    for reader in readers or people_with(role=Role.OFFICE).exclude(pk=person.pk):
        post(
            to=reader.user.email,
            user_id=reader.user_id,
            template="profile_renamed",
            context={"reader": reader, "person": person, "before": before},
            about=person,
        )
