"""The applicant's answer to an offer."""

from __future__ import annotations

from exchanges.domain import agreements
from exchanges.domain.once import perform_once
from exchanges.models import Application, MatchRun, Placement
from portal.access.labels import TLP
from portal.access.viewer import SYSTEM, Viewer
from portal.community.domain.standing import contact_points
from portal.journal import door
from portal.journal.errors import ConditionFailed
from portal.outbox.post import link, post


def accept(*, application: Application, by: Viewer) -> Placement:
    """Accept the offered week: the seat becomes a placement, contact point and host are told. Twice is once."""

    def book(fresh: Application) -> None:
        run = MatchRun.objects.filter(call=fresh.call_id, state=MatchRun.State.SIGNED).order_by("-number").first()
        if fresh.offered_week is None:
            raise ConditionFailed("No week is offered.")
        placement = Placement.objects.create(application=fresh, week=fresh.offered_week, run=run)
        door.record(thing=placement, verb="create", by=by)
        for person in agreements.everybody(placement):
            post(
                to=person.user.email,
                user_id=person.user_id,
                template="exchanges_offer_accepted",
                context={"person": person, "placement": placement, "link": link(placement.get_absolute_url())},
                about=placement,
                tlp=TLP.AMBER,
            )

    return perform_once(thing=application, verb="accept", by=by, effect=book).placement


def decline(*, application: Application, by: Viewer, reason: str = "") -> Application:
    """Decline the offered week; the seat is free again and the contact point is told."""
    return _give_back(application=application, verb="decline", by=by, reason=reason)


def expire(*, application: Application) -> Application:
    """Let an offer run out that nobody answered; the seat is free again."""
    return _give_back(application=application, verb="expire", by=SYSTEM, reason="")


def _give_back(*, application: Application, verb: str, by: Viewer, reason: str) -> Application:
    def tell(fresh: Application) -> None:
        for person in [fresh.applicant, *contact_points(fresh.applicant.country_id)]:
            post(
                to=person.user.email,
                user_id=person.user_id,
                template=f"exchanges_offer_{verb}",
                context={"person": person, "application": fresh, "link": link(fresh.get_absolute_url())},
                about=fresh,
                tlp=TLP.AMBER,
            )

    return perform_once(thing=application, verb=verb, by=by, reason=reason, effect=tell)
