"""The letters on the way from the offer to eligibility. Each is written in the transaction of its cause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from exchanges.domain.conditions import RETURN_GRACE
from exchanges.models import Application, HostOffer
from portal.access.labels import TLP
from portal.community.domain.standing import contact_points, people_with
from portal.community.models import Person, Role
from portal.outbox.post import link, post

if TYPE_CHECKING:
    from exchanges.domain.eligibility import RuleResult


def _send(
    *,
    people: Iterable[Person],
    template: str,
    thing: Application | HostOffer,
    path: str,
    deadline: dt.datetime | None = None,
    **context: Any,
) -> None:
    """Write to each of `people`; `deadline` is the reader's own, for whom the daily mail may come too late."""
    for person in people:
        post(
            to=person.user.email,
            user_id=person.user_id,
            template=template,
            context={"person": person, "thing": thing, "call": thing.call, "link": link(path), **context},
            about=thing,
            tlp=TLP.AMBER,
            until=deadline,
        )


def contact_points_for(country: str, *, without: int | None) -> list[Person]:
    """Return who speaks for a country, one person left out; the programme office where nobody does."""
    return [person for person in contact_points(country) if person.pk != without] or list(people_with(role=Role.OFFICE))


def application_sent(application: Application) -> None:
    """Ask the contact points for their word, and give the applicant a receipt."""
    applicant = application.applicant
    until = (
        application.submitted_at + dt.timedelta(days=application.call.endorse_days)
        if application.submitted_at
        else None
    )
    _send(
        people=contact_points_for(applicant.country_id, without=applicant.pk),
        template="exchanges_endorse",
        thing=application,
        path=reverse("exchanges:endorsement", args=[application.pk]),
        deadline=until,
        applicant=applicant,
        until=until,
    )
    _send(
        people=[applicant],
        template="exchanges_receipt",
        thing=application,
        path=application.get_absolute_url(),
        until=until,
    )


def application_withdrawn(application: Application) -> None:
    """Tell applicant and contact points that it is withdrawn."""
    applicant = application.applicant
    _send(
        people=[applicant, *contact_points_for(applicant.country_id, without=applicant.pk)],
        template="exchanges_withdrawn",
        thing=application,
        path=application.get_absolute_url(),
        applicant=applicant,
    )


def endorsement_answered(application: Application, *, verb: str) -> None:
    """Tell the applicant what the contact point said: "endorsed", "returned" or "not_endorsed"."""
    again_until = application.returned_at + RETURN_GRACE if application.returned_at else None
    _send(
        people=[application.applicant],
        template=f"exchanges_{verb}",
        thing=application,
        path=application.get_absolute_url(),
        deadline=again_until if verb == "returned" else None,
        comment=application.comment,
        again_until=again_until,
    )


def eligibility_confirmed(application: Application, *, results: list[RuleResult], passed: bool) -> None:
    """Tell the applicant the result of every rule."""
    _send(
        people=[application.applicant],
        template="exchanges_eligible" if passed else "exchanges_ineligible",
        thing=application,
        path=application.get_absolute_url(),
        results=results,
    )


def offer_to_publish(offer: HostOffer) -> None:
    """Ask the host country's contact points to publish an offer."""
    _send(
        people=contact_points_for(offer.centre.country_id, without=offer.coordinator_id),
        template="exchanges_offer_submitted",
        thing=offer,
        path=offer.get_absolute_url(),
        deadline=offer.call.closes_at,
        weeks=list(offer.weeks.all()),
    )


def offer_answered(offer: HostOffer, *, verb: str) -> None:
    """Tell the coordinator that the offer is "published" or "returned"."""
    _send(
        people=[offer.coordinator],
        template=f"exchanges_offer_{verb}",
        thing=offer,
        path=offer.get_absolute_url(),
        deadline=offer.call.closes_at if verb == "returned" else None,
        comment=offer.comment,
    )
