"""The transition table of a lost device: from, verb, to, who may, and on what conditions (design: access, Signing in).

Two different people, never the person: whoever knows them confirms, the programme office releases.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from portal.access import clock
from portal.access.viewer import Viewer
from portal.accounts.domain.enrolment import is_enrolled
from portal.community.domain.standing import contact_points, is_contact_point, terms_in_force
from portal.community.models import Person, Recovery, Role, RoleTerm
from portal.journal.machine import Machine, Transition, by_system, register

#: How long a request waits for both of them; a word that was given longer ago is no longer worth much.
LIFETIME = dt.timedelta(days=14)
#: How long after the release the office may send a new link without the contact point's word.
RENEW_WITHIN = dt.timedelta(days=7)

# ── Who may ──────────────────────────────────────────────────────────────────────────────────


def has_other_contact_point(recovery: Recovery) -> bool:
    """Return whether somebody other than the person concerned speaks for their country at this moment."""
    return contact_points(recovery.person.country_id).exclude(pk=recovery.person_id).exists()


def no_other_contact_point() -> Q:
    """Return the condition on requests under which `has_other_contact_point` is false."""
    others = RoleTerm.objects.filter(
        terms_in_force(),
        role__in=[Role.NCP, Role.NCP_DEPUTY],
        scope=Concat(Value("country:"), OuterRef("person__country_id")),
        person__active=True,
        person__user__is_active=True,
    ).exclude(person=OuterRef("person"))
    return Q(~Exists(others))


def knows_the_person(recovery: Recovery, viewer: Viewer) -> bool:
    """A contact point of the person's country; the office where there is no other one. Never the person."""
    if not viewer.is_member or viewer.person_id == recovery.person_id:
        return False
    if is_contact_point(viewer, recovery.person.country_id):
        return True
    return viewer.holds(Role.OFFICE) and not has_other_contact_point(recovery)


def second_person(recovery: Recovery, viewer: Viewer) -> bool:
    """The programme office, but neither the person nor whoever confirmed."""
    return viewer.holds(Role.OFFICE) and viewer.person_id not in (recovery.person_id, recovery.confirmed_by_id)


def desk(recovery: Recovery, viewer: Viewer) -> bool:
    """Whoever may confirm or release, or might have."""
    is_desk = viewer.holds(Role.OFFICE) or is_contact_point(viewer, recovery.person.country_id)
    return is_desk and viewer.person_id != recovery.person_id


def owner(recovery: Recovery, viewer: Viewer) -> bool:
    """The person concerned, signed in or by the link in a letter."""
    return viewer.signed_in and viewer.user_id == recovery.person.user_id


# ── On what conditions ───────────────────────────────────────────────────────────────────────


def account_open(recovery: Recovery) -> str | None:
    """The person is an active member."""
    open_still = Person.objects.filter(pk=recovery.person_id, active=True, user__is_active=True).exists()
    return None if open_still else "This person’s account is closed."


def not_too_old(recovery: Recovery) -> str | None:
    """It was asked for less than 14 days ago."""
    if clock.now() < recovery.asked_at + LIFETIME:
        return None
    return f"It was asked for more than {LIFETIME.days} days ago. The person has to ask anew."


def grant_unused(recovery: Recovery) -> str | None:
    """The link was not used yet."""
    used = recovery.grant is not None and recovery.grant.used_at is not None
    return "The link was used already: a new device is set up." if used else None


def link_ran_out(recovery: Recovery) -> str | None:
    """The last link has run out."""
    live = recovery.grant is not None and recovery.grant.live
    return "The last link can still be used." if live else None


def released_lately(recovery: Recovery) -> str | None:
    """The release is less than 7 days ago, and no device has been set up since."""
    if recovery.released_at is None or clock.now() >= recovery.released_at + RENEW_WITHIN:
        return f"The release is more than {RENEW_WITHIN.days} days ago. The person has to ask anew."
    return "A device has been set up since." if is_enrolled(user=recovery.person.user) else None


CONTACT = "a contact point of the person’s country, or the office where there is no other; never the person"
SECOND = "a second person in the programme office, never the person"
DESK = "a contact point of the country or the programme office, never the person"
OWNER = "the person concerned"
PORTAL = "the portal itself"

R = Recovery.State
RECOVERY = register(
    Machine(
        "community.Recovery",
        Recovery.State,
        R.ASKED,
        (
            Transition("confirm", (R.ASKED,), R.CONFIRMED, knows_the_person, CONTACT, (account_open, not_too_old)),
            Transition("release", (R.CONFIRMED,), R.RELEASED, second_person, SECOND, (account_open, not_too_old)),
            Transition(
                "renew",
                (R.RELEASED,),
                R.RELEASED,
                second_person,
                SECOND,
                (account_open, grant_unused, link_ran_out, released_lately),
            ),
            Transition("refuse", (R.ASKED, R.CONFIRMED), R.REFUSED, desk, DESK),
            Transition("stop", (R.ASKED, R.CONFIRMED), R.STOPPED, owner, OWNER),
            Transition("stop", (R.RELEASED,), R.STOPPED, owner, OWNER, (grant_unused,)),
            Transition("lapse", (R.ASKED, R.CONFIRMED), R.LAPSED, by_system, PORTAL),
        ),
    )
)


def needs_word_of(viewer: Viewer) -> QuerySet[Recovery]:
    """Return the requests for which `viewer` may say the next word now, the oldest first.

    The same rules as `knows_the_person` and `second_person`, in SQL.
    """
    if viewer.person_id is None:
        return Recovery.objects.none()
    countries = viewer.scopes(Role.NCP, "country") | viewer.scopes(Role.NCP_DEPUTY, "country")
    due = Q(state=R.ASKED, person__country_id__in=countries)
    if viewer.holds(Role.OFFICE):
        due |= Q(state=R.ASKED) & no_other_contact_point()
        due |= Q(state=R.CONFIRMED) & ~Q(confirmed_by_id=viewer.person_id)
    rows = Recovery.objects.visible_to(viewer).exclude(person_id=viewer.person_id).filter(due)
    return rows.select_related("person__country").order_by("asked_at", "pk")
