"""Drafting and opening a call; offering, publishing and returning host weeks."""

import datetime as dt
import hashlib

import pytest

from exchanges.domain import calls, hosts
from exchanges.models import Call, HostOffer, Placement
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.journal import door
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.outbox.models import Mail
from tests.exchanges import factories as make
from tests.factories import centre, person, viewer

pytestmark = pytest.mark.django_db


def test_create_call_ends_at_the_last_second_of_the_day_in_brussels() -> None:
    call = make.draft_call("2027/1", viewer(make.office()))

    assert (call.slug, call.state) == ("2027-1", "draft")
    assert call.closes_at == dt.datetime(2027, 1, 29, 22, 59, 59, tzinfo=dt.UTC)
    assert [(row.order, row.name, row.weight) for row in call.criteria.all()] == [
        (1, "Motive", 40),
        (2, "Use at home", 60),
    ]


def test_create_call_by_anybody_else_is_refused() -> None:
    with pytest.raises(NotAllowed):
        make.draft_call("2027/1", viewer(person(roles=[("ncp", "country:PL")])))
    assert Call.objects.count() == 0


def test_checklist_names_what_is_missing_until_a_week_is_published() -> None:
    call = calls.create_call(
        by=SYSTEM,
        number="2027/9",
        title="T",
        summary="S",
        opens_on=dt.date(2026, 11, 16),
        closes_on=dt.date(2027, 1, 29),
        decision_on=dt.date(2027, 1, 15),
        weeks_from=dt.date(2027, 4, 12),
        weeks_until=dt.date(2027, 7, 2),
        seats=3,
        criteria=[("One", 90, "a", "b")],
    )

    assert [(row.title, row.done) for row in calls.checklist(call)] == [
        ("Dates in order", False),
        ("Criteria add up to 100", False),
        ("Rate table chosen", False),
        ("A host week published", False),
    ]
    with pytest.raises(ConditionFailed) as caught:
        calls.open_call(call=call, by=viewer(make.office()))
    assert len(caught.value.problems) == 4

    ready = make.draft_call()
    make.published_offer(ready)
    assert all(row.done for row in calls.checklist(ready))


def test_open_call_commits_to_a_secret_that_nobody_could_choose() -> None:
    first, second = make.open_call("2027/1"), make.open_call("2027/2")

    assert first.state == "open"
    assert first.tie_commitment == hashlib.sha256(first.tie_secret.encode()).hexdigest()
    assert first.tie_secret != second.tie_secret
    assert [row.verb for row in door.history(first)] == ["create", "open"]


def test_an_open_call_is_changed_no_more() -> None:
    call = make.open_call()

    with pytest.raises(ConditionFailed, match="has opened"):
        calls.update_call(call=call, by=SYSTEM, criteria=[], title="Other")
    assert Call.objects.get().title == "A week in another centre"


def test_update_call_replaces_the_criteria() -> None:
    call = make.draft_call()
    calls.update_call(call=call, by=SYSTEM, criteria=[("Only", 100, "a", "b")], seats=4)

    fresh = Call.objects.get()
    assert (fresh.seats, [row.name for row in fresh.criteria.all()]) == (4, ["Only"])


def test_begin_review_waits_until_every_application_is_screened() -> None:
    call = make.open_call()
    make.endorsed(call)
    with clock.at(call.closes_at + dt.timedelta(seconds=1)):
        call = door.perform(thing=call, verb="close", by=SYSTEM)
        with pytest.raises(ConditionFailed, match="1 application is still waiting"):
            calls.begin_review(call=call, by=viewer(make.office()))


def test_offer_goes_from_draft_to_published_with_letters() -> None:
    call = make.draft_call()
    speaker = make.contact_point("FI")
    offer = make.draft_offer(call, "FI")
    by = viewer(offer.coordinator)
    hosts.add_week(offer=offer, starts_on=make.FIRST_MONDAY, capacity=2, by=by)

    offer = hosts.submit_offer(offer=offer, by=by)
    assert (offer.state, offer.submitted_at) == ("submitted", make.NOW)
    offer = hosts.publish_offer(offer=offer, by=viewer(speaker), comment="Fine.")

    assert offer.state == "published"
    letters = Mail.objects.filter(about=f"exchanges.hostoffer:{offer.pk}").order_by("created_at", "kind")
    assert sorted((row.kind, row.to_address) for row in letters) == sorted(
        [
            ("exchanges_offer_submitted", speaker.user.email),
            ("exchanges_offer_published", offer.coordinator.user.email),
        ]
    )


def test_offer_of_another_centre_and_publishing_by_others_is_refused() -> None:
    call = make.draft_call()
    stranger = make.coordinator("NL")
    with pytest.raises(NotAllowed):
        hosts.create_offer(
            call=call,
            centre=centre("FI"),
            coordinator=stranger,
            by=viewer(stranger),
            summary="x",
            languages={"en": "B2"},
        )
    offer = make.draft_offer(call, "FI")
    hosts.add_week(offer=offer, starts_on=make.FIRST_MONDAY, capacity=1, by=SYSTEM)
    hosts.submit_offer(offer=offer, by=SYSTEM)
    for other in (make.contact_point("NL"), offer.coordinator, make.office()):
        with pytest.raises(NotAllowed):
            hosts.publish_offer(offer=offer, by=viewer(other))
    assert HostOffer.objects.get().state == "submitted"


def test_publishing_an_own_offer_is_refused_even_for_a_contact_point() -> None:
    call = make.draft_call()
    both = person("Both", "FI", roles=[("host_coordinator", f"centre:{centre('FI').pk}"), ("ncp", "country:FI")])
    offer = hosts.create_offer(
        call=call,
        centre=centre("FI"),
        coordinator=both,
        by=viewer(both),
        summary="x",
        languages={"en": "B2"},
    )
    hosts.add_week(offer=offer, starts_on=make.FIRST_MONDAY, capacity=1, by=viewer(both))
    hosts.submit_offer(offer=offer, by=viewer(both))

    with pytest.raises(NotAllowed):
        hosts.publish_offer(offer=offer, by=viewer(both))


def test_return_offer_needs_a_comment_and_opens_it_for_changes() -> None:
    call = make.draft_call()
    offer = make.draft_offer(call, "FI")
    by = viewer(offer.coordinator)
    hosts.add_week(offer=offer, starts_on=make.FIRST_MONDAY, capacity=1, by=by)
    hosts.submit_offer(offer=offer, by=by)
    speaker = viewer(make.contact_point("FI"))

    with pytest.raises(ConditionFailed, match="Say in a sentence"):
        hosts.return_offer(offer=offer, by=speaker, comment=" ")
    with pytest.raises(ConditionFailed, match="stays as it is"):
        hosts.add_week(offer=offer, starts_on=dt.date(2027, 5, 3), capacity=1, by=by)
    offer = hosts.return_offer(offer=offer, by=speaker, comment="Name the themes.")

    assert (offer.state, offer.comment) == ("returned", "Name the themes.")
    hosts.add_week(offer=offer, starts_on=dt.date(2027, 5, 3), capacity=1, by=by)
    assert hosts.submit_offer(offer=offer, by=by).state == "submitted"


@pytest.mark.parametrize(
    ("starts_on", "capacity", "words"),
    [
        (dt.date(2027, 4, 27), 1, "a Tuesday"),
        (dt.date(2027, 4, 5), 1, "lie between"),
        (dt.date(2027, 7, 5), 1, "lie between"),
        (dt.date(2027, 4, 26), 0, "one to five"),
        (dt.date(2027, 4, 26), 6, "one to five"),
        (dt.date(2027, 5, 3), 1, "offered already"),
    ],
)
def test_add_week_refuses_what_is_no_week_of_the_call(starts_on, capacity, words) -> None:
    offer = make.draft_offer(make.draft_call(), "FI")
    by = viewer(offer.coordinator)
    hosts.add_week(offer=offer, starts_on=dt.date(2027, 5, 3), capacity=1, by=by)

    with pytest.raises(ConditionFailed, match=words):
        hosts.add_week(offer=offer, starts_on=starts_on, capacity=capacity, by=by)
    assert offer.weeks.count() == 1


def test_a_second_offer_of_a_centre_to_a_call_is_refused() -> None:
    call = make.draft_call()
    offer = make.draft_offer(call, "FI")

    with pytest.raises(ConditionFailed, match="has an offer for this call already"):
        hosts.create_offer(
            call=call,
            centre=offer.centre,
            coordinator=offer.coordinator,
            by=viewer(offer.coordinator),
            summary="Again",
            languages={"en": "B2"},
        )


def test_offers_end_with_the_deadline() -> None:
    call = make.draft_call()
    host = make.coordinator("FI")
    with clock.at(call.closes_at + dt.timedelta(seconds=1)), pytest.raises(ConditionFailed, match="no more host weeks"):
        hosts.create_offer(call=call, centre=centre("FI"), coordinator=host, by=viewer(host), summary="x", languages={})


def test_block_unblock_and_capacity_of_a_booked_week() -> None:
    call = make.open_call(weeks=1)
    week = make.weeks_of(call)[0]
    by = viewer(week.offer.coordinator)
    assert hosts.block_week(week=week, by=by).state == "blocked"
    with pytest.raises(IllegalTransition):
        hosts.block_week(week=week, by=by)
    assert hosts.unblock_week(week=week, by=by).state == "open"
    with pytest.raises(NotAllowed):
        hosts.block_week(week=week, by=viewer(make.coordinator("NL")))

    for name in ("One", "Two"):
        Placement.objects.create(application=make.sent(call, person(name, "LV")), week=week)
    with pytest.raises(ConditionFailed, match="A guest is booked"):
        hosts.block_week(week=week, by=by)
    with pytest.raises(ConditionFailed, match="2 seats of this week are booked"):
        hosts.set_capacity(week=week, capacity=1, by=by)
    assert hosts.set_capacity(week=week, capacity=5, by=by).capacity == 5
