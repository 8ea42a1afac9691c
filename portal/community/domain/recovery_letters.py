"""What is written when a device is lost: to the person at every known address, and to whoever says the next word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import ANONYMOUS
from portal.accounts.domain.letters import tell_owner
from portal.community.domain import recovery_links as links
from portal.community.domain.standing import contact_points, people_with
from portal.community.domain.states import LIFETIME
from portal.community.models import Person, Recovery, Role
from portal.journal import door
from portal.outbox.models import Mail
from portal.outbox.post import link, post

#: Every letter about a lost device; each is a template, and none can be put off.
KINDS = (
    "recovery_link",
    "recovery_asked",
    "recovery_confirm",
    "recovery_confirmed",
    "recovery_release",
    "recovery_released",
    "recovery_refused",
    "recovery_stopped",
    "recovery_warning",
    "recovery_lapsed",
)


def next_people(recovery: Recovery) -> list[Person]:
    """Return who may say the next word on a request: the contact points, or the office where there is none."""
    without = {recovery.person_id, recovery.confirmed_by_id}
    points = contact_points(recovery.person.country_id) if recovery.state == Recovery.State.ASKED else ()
    return [person for person in points if person.pk not in without] or [
        person for person in people_with(role=Role.OFFICE) if person.pk not in without
    ]


def send_link(person: Person) -> None:
    """Send the link by which a request can be made without a password, to the account's own address."""
    door.record(thing=person.user, verb="recovery_link_sent", by=ANONYMOUS)
    post(
        to=person.user.email,
        template="recovery_link",
        context={"url": links.ask_url(person), "until": clock.now() + links.ASK_WITHIN},
        user_id=person.user_id,
    )


def asked(recovery: Recovery) -> None:
    """Tell the person, and ask whoever knows them."""
    people = next_people(recovery)
    _tell(recovery, "recovery_asked", people=people, until=recovery.asked_at + LIFETIME)
    _write(recovery, "recovery_confirm", people)


def confirmed(recovery: Recovery) -> None:
    """Tell the person, and ask the office."""
    _tell(recovery, "recovery_confirmed")
    _write(recovery, "recovery_release", next_people(recovery))


def released(recovery: Recovery) -> None:
    """Tell the person what has ended; the link to begin anew is a letter of its own, to the account's address."""
    _tell(recovery, "recovery_released", until=recovery.grant.expires_at if recovery.grant else None)


def closed(recovery: Recovery) -> None:
    """Tell the person that the request was refused or has run out."""
    _tell(recovery, f"recovery_{recovery.state}")


def stopped(recovery: Recovery) -> None:
    """Tell the person, and warn those who had the request before them: somebody else may have asked."""
    _tell(recovery, "recovery_stopped")
    known = [recovery.confirmed_by] if recovery.confirmed_by else []
    desks = {
        person.pk: person
        for person in [*contact_points(recovery.person.country_id), *people_with(role=Role.OFFICE), *known]
        if person.pk != recovery.person_id
    }
    _write(recovery, "recovery_warning", desks.values())


def _tell(recovery: Recovery, template: str, **context: Any) -> list[Mail]:
    return tell_owner(
        user=recovery.person.user,
        template=template,
        context={"recovery": recovery, "person": recovery.person, "stop_url": links.stop_url(recovery), **context},
    )


def _write(recovery: Recovery, template: str, people: Iterable[Person], **context: Any) -> None:
    for reader in people:
        post(
            to=reader.user.email,
            template=template,
            context={
                "recovery": recovery,
                "person": recovery.person,
                "reader": reader,
                "link": link(recovery.get_absolute_url()),
                "until": recovery.asked_at + LIFETIME,
                **context,
            },
            about=recovery,
            user_id=reader.user_id,
            tlp=TLP.AMBER,
        )
