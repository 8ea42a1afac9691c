"""The agreement: one text, three confirmations of the same digest; a change asks all three again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from django.db import transaction

from exchanges.domain import states
from exchanges.domain.versions import StaleVersion
from exchanges.models import Agreement, Confirmation, Placement
from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import Viewer
from portal.community.domain.standing import contact_points, people_with
from portal.community.models import Person, Role
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.outbox.post import link, post

Party = Confirmation.Party


def digest_of(*, objectives: str, agenda: Sequence[str], language: str, outcome: str) -> str:
    """Return the SHA-256 over the text of an agreement, hex."""
    text = json.dumps([objectives, list(agenda), language, outcome], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def parties_of(*, placement: Placement, viewer: Viewer) -> list[str]:
    """Return for which of the three the viewer can speak."""
    application = placement.application
    speaks = {
        Party.PARTICIPANT: states.applicant(application, viewer),
        Party.SENDER: states.sending_contact_point(application, viewer),
        Party.HOST: states.host_of(placement, viewer),
    }
    return [party for party, may in speaks.items() if may]


def everybody(placement: Placement) -> list[Person]:
    """Return participant, sending contact points and the centre's coordinators of today, each once.

    Not the coordinator of the offer as such: whoever gave up that role is told nothing more.
    """
    applicant = placement.application.applicant
    hosts = people_with(role=Role.HOST_COORDINATOR, scope=f"centre:{placement.week.offer.centre_id}")
    people = [applicant, *contact_points(applicant.country_id), *hosts]
    return list({person.pk: person for person in people}.values())


def write(
    *,
    placement: Placement,
    by: Viewer,
    objectives: str,
    agenda: Sequence[str],
    language: str,
    outcome: str,
    base_version: int,
) -> Agreement:
    """Write a new version, unless the text is the newest one's; an agreed placement is open again.

    `agenda` has five texts, Monday to Friday; `base_version` is the version the writer started from, 0 for none.
    Raises `NotAllowed`, `ConditionFailed` once the week has begun, or `StaleVersion` with the newest version when
    somebody wrote one meanwhile.
    """
    with transaction.atomic():
        fresh = Placement.objects.select_for_update().get(pk=placement.pk)
        if not parties_of(placement=fresh, viewer=by):
            raise NotAllowed("Only participant, sending contact point and host write the agreement.")
        if fresh.state not in (Placement.State.PLANNED, Placement.State.AGREED):
            raise ConditionFailed(f"This week is “{fresh.get_state_display()}”; its agreement stays as it is.")
        if len(agenda) != 5:
            raise ConditionFailed("The agenda has five days.")
        newest = fresh.agreements.first()
        digest = digest_of(objectives=objectives, agenda=agenda, language=language, outcome=outcome)
        if newest and newest.digest == digest:
            return newest
        if (newest.version if newest else 0) != base_version:
            raise StaleVersion(newest or fresh)
        if fresh.state == Placement.State.AGREED:
            fresh = door.perform(thing=fresh, verb="reopen", by=by)
        agreement = Agreement.objects.create(
            placement=fresh,
            version=base_version + 1,
            objectives=objectives,
            agenda=list(agenda),
            language=language,
            outcome=outcome,
            digest=digest,
            written_by_id=by.person_id,
            written_at=clock.now(),
        )
        door.record(thing=fresh, verb="write_agreement", by=by, data={"version": agreement.version, "digest": digest})
        for person in everybody(fresh):
            if person.pk != by.person_id:
                _tell(person=person, placement=fresh, template="exchanges_agreement_written", version=agreement.version)
    return agreement


def confirm(*, agreement: Agreement, party: str, by: Viewer) -> Placement:
    """Confirm the newest version for one of the three; the third confirmation makes the placement agreed.

    Confirming twice is one confirmation. Raises `NotAllowed`, or `ConditionFailed` when there is a newer version.
    """
    with transaction.atomic():
        placement = Placement.objects.select_for_update().get(pk=agreement.placement_id)
        if party not in parties_of(placement=placement, viewer=by):
            raise NotAllowed("You cannot confirm for this party.")
        newest = placement.agreements.first()
        if newest is None or newest.pk != agreement.pk:
            raise ConditionFailed("There is a newer version of the agreement. Read it, then confirm that one.")
        if newest.confirmations.filter(party=party).exists():
            return placement
        if placement.state != Placement.State.PLANNED:
            raise ConditionFailed(
                f"This week is “{placement.get_state_display()}”; there is nothing to confirm any more."
            )
        Confirmation.objects.create(
            agreement=newest,
            party=party,
            person_id=states.person_of(by),
            digest=newest.digest,
            confirmed_at=clock.now(),
        )
        door.record(thing=placement, verb="confirm_agreement", by=by, data={"party": party, "digest": newest.digest})
        if newest.confirmations.count() == len(Party):
            placement = door.perform(thing=placement, verb="agree", by=by, data={"digest": newest.digest})
            _tell_agreed(placement)
    return placement


def _tell_agreed(placement: Placement) -> None:
    for person in everybody(placement):
        _tell(person=person, placement=placement, template="exchanges_agreed")


def _tell(*, person: Person, placement: Placement, template: str, **context: object) -> None:
    post(
        to=person.user.email,
        user_id=person.user_id,
        template=template,
        context={"person": person, "placement": placement, "link": link(placement.get_absolute_url()), **context},
        about=placement,
        tlp=TLP.AMBER,
        # Nothing is left to agree once the week begins.
        until=placement.week.starts_on,
    )
