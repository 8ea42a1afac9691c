"""Who a user is at this moment: the one place where roles become a viewer's standing."""

from __future__ import annotations

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast

from portal.access import clock
from portal.access.viewer import Standing, Viewer, viewer_for
from portal.community.models import Person, Role, RoleTerm

#: Roles that are held for everything or not at all: with a scope they would still open all of it.
EVERYWHERE = frozenset({Role.OFFICE.value, Role.DATA_PROTECTION.value})
#: Marks the rows of `standing_of` that name a group; no role is called so.
GROUP = "group"


def terms_in_force() -> Q:
    """Return the condition under which a role term is in force today in Brussels."""
    today = clock.today()
    return Q(starts_on__lte=today) & (Q(ends_on=None) | Q(ends_on__gte=today))


def standing_of(user_id: int) -> Standing:
    """Return a user's profile and roles in force; an inactive standing where there is no profile. Two queries."""
    person = Person.objects.filter(user_id=user_id).first()
    if person is None:
        return Standing()
    # Roles and groups in one query: each page of a member begins with this.
    terms = RoleTerm.objects.filter(terms_in_force(), person=person).order_by().values_list("role", "scope")
    memberships = Person.groups.through.objects.filter(person_id=person.pk)
    groups = memberships.values_list(Value(GROUP), Cast("group_id", CharField()))
    rows = set(terms.union(groups, all=True))
    return Standing(
        person_id=person.pk,
        name=person.name,
        country=person.country_id,
        organisation_id=person.organisation_id,
        active=person.active,
        roles=frozenset((role, scope) for role, scope in rows if role != GROUP and not (scope and role in EVERYWHERE)),
        principals=frozenset(
            {
                f"country:{person.country_id}",
                f"organisation:{person.organisation_id}",
                *(f"group:{key}" for kind, key in rows if kind == GROUP),
            }
        ),
    )


def people_with(*, role: str, scope: str = "") -> QuerySet[Person]:
    """Return the active people who hold `role` for `scope` now, with their accounts."""
    return (
        Person.objects.filter(
            active=True,
            user__is_active=True,
            pk__in=RoleTerm.objects.filter(terms_in_force(), role=role, scope=scope).values("person_id"),
        )
        .select_related("user", "country")
        .order_by("name")
    )


def contact_points(country: str) -> QuerySet[Person]:
    """Return the contact point of a country and the deputies."""
    return (
        Person.objects.filter(
            active=True,
            user__is_active=True,
            pk__in=RoleTerm.objects.filter(
                terms_in_force(), role__in=[Role.NCP, Role.NCP_DEPUTY], scope=f"country:{country}"
            ).values("person_id"),
        )
        .select_related("user", "country")
        .order_by("name")
    )


def is_contact_point(viewer: Viewer, country: str) -> bool:
    """Return whether the viewer speaks for `country`, as contact point or deputy. Only ever for that country."""
    return bool({("ncp", f"country:{country}"), ("ncp_deputy", f"country:{country}")} & viewer.roles)


def viewer_of(person: Person) -> Viewer:
    """Return the viewer that a person is once signed in with a second factor: for jobs and tests, not for requests."""
    return viewer_for(user=person.user, verified=True)
