"""From the answer to an offer to the end of the week."""

import datetime as dt

import pytest

from exchanges.domain import agreements, answers, calls, hosts, stays
from exchanges.domain.versions import StaleVersion
from exchanges.models import Agreement, Application, Attendance, Confirmation, Placement, Report
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests.exchanges import factories_decide as make
from tests.factories import viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def told(kind: str) -> list[str]:
    return sorted(Mail.objects.filter(kind=kind).values_list("to_address", flat=True))


# ── The answer ───────────────────────────────────────────────────────────────────────────────


def test_accept_makes_a_placement_and_tells_all_three():
    application = make.offered()
    make.speaker("LV")
    placement = answers.accept(application=application, by=viewer(application.applicant))
    assert (placement.state, placement.week) == ("planned", application.offered_week)
    assert Application.objects.get().state == "accepted"
    three = [application.applicant.user.email, placement.week.offer.coordinator.user.email]
    three += [row.user.email for row in make.contact_points("LV")]
    assert told("exchanges_offer_accepted") == sorted(three)


def test_accept_twice_is_one_placement():
    application = make.offered()
    by = viewer(application.applicant)
    first = answers.accept(application=application, by=by)
    assert answers.accept(application=application, by=by) == first
    assert (Placement.objects.count(), Entry.objects.filter(verb="accept").count()) == (1, 1)


def test_accept_by_anybody_else_is_refused():
    application = make.offered()
    for by in (make.office(), make.speaker("LV")):
        with pytest.raises(NotAllowed):
            answers.accept(application=application, by=by)
    answers.accept(application=application, by=viewer(application.applicant))
    with pytest.raises(IllegalTransition):
        answers.accept(application=application, by=make.office())


def test_accept_after_the_time_is_refused():
    application = make.offered()
    with clock.at(application.answer_by + dt.timedelta(seconds=1)), pytest.raises(ConditionFailed, match="has run out"):
        answers.accept(application=application, by=viewer(application.applicant))
    assert Placement.objects.count() == 0


def test_decline_frees_the_seat_and_is_final():
    application = make.offered()
    by = viewer(application.applicant)
    assert answers.decline(application=application, by=by, reason="A birth.").state == "declined"
    assert answers.decline(application=application, by=by).state == "declined"
    assert len(told("exchanges_offer_decline")) == 2
    with pytest.raises(IllegalTransition, match="it is now “Declined”"):
        answers.accept(application=application, by=by)
    # The seat is free: the host may take it back.
    assert hosts.set_capacity(week=application.offered_week, capacity=1, by=SYSTEM).capacity == 1


def test_a_seat_on_offer_cannot_be_taken_away():
    call = make.decided(("LV", "PT"), weeks=1)
    week = call.applications.first().offered_week
    assert [row.offered_week_id for row in call.applications.all()] == [week.pk, week.pk]
    with pytest.raises(ConditionFailed, match="Ask the programme office"):
        hosts.set_capacity(week=week, capacity=1, by=SYSTEM)


# ── The agreement ────────────────────────────────────────────────────────────────────────────


def test_three_confirmations_of_one_version_agree():
    placement = make.agreed()
    assert placement.state == "agreed"
    assert sorted(Confirmation.objects.values_list("party", flat=True)) == ["host", "participant", "sender"]
    assert len(told("exchanges_agreed")) == 3


def test_two_confirmations_are_not_enough_and_one_person_speaks_for_one_party():
    placement = make.planned()
    agreement = make.write_agreement(placement=placement, by=make.participant(placement), base_version=0)
    by = make.participant(placement)
    assert agreements.confirm(agreement=agreement, party="participant", by=by).state == "planned"
    for party in ("sender", "host", "", "nobody"):
        with pytest.raises(NotAllowed):
            agreements.confirm(agreement=agreement, party=party, by=by)
    assert agreements.confirm(agreement=agreement, party="host", by=make.host(placement)).state == "planned"
    assert agreements.confirm(agreement=agreement, party="sender", by=make.speaker("LV")).state == "agreed"


def test_confirming_twice_is_one_confirmation():
    placement = make.planned()
    agreement = make.write_agreement(placement=placement, by=make.host(placement), base_version=0)
    for _ in range(2):
        agreements.confirm(agreement=agreement, party="host", by=make.host(placement))
    assert Confirmation.objects.count() == 1
    assert Entry.objects.filter(verb="confirm_agreement").count() == 1


def test_the_third_confirmation_twice_agrees_once():
    placement = make.agreed()
    agreement = placement.agreements.get()
    assert agreements.confirm(agreement=agreement, party="host", by=make.host(placement)).state == "agreed"
    assert Entry.objects.filter(verb="agree").count() == 1


def test_a_change_asks_all_three_again():
    placement = make.agreed()
    new = make.write_agreement(placement=placement, by=make.host(placement), base_version=1, outcome="Two templates.")
    placement.refresh_from_db()
    assert (new.version, placement.state, new.confirmations.count()) == (2, "planned", 0)
    old = placement.agreements.get(version=1)
    with pytest.raises(ConditionFailed, match="There is a newer version"):
        agreements.confirm(agreement=old, party="host", by=make.host(placement))


def test_the_same_text_is_no_new_version():
    placement = make.agreed()
    same = make.write_agreement(placement=placement, by=make.host(placement), base_version=1)
    placement.refresh_from_db()
    assert (same.version, placement.state, Agreement.objects.count()) == (1, "agreed", 1)


def test_a_version_that_somebody_overtook_is_not_written():
    placement = make.planned()
    make.write_agreement(placement=placement, by=make.participant(placement), base_version=0)
    with pytest.raises(StaleVersion) as clash:
        make.write_agreement(placement=placement, by=make.host(placement), base_version=0, outcome="Another.")
    assert clash.value.theirs.version == 1
    assert Agreement.objects.count() == 1


def test_only_the_three_write_the_agreement():
    placement = make.planned()
    for by in (make.office(), make.speaker("PT"), viewer(make.shift_leader("PL"))):
        with pytest.raises(NotAllowed):
            make.write_agreement(placement=placement, by=by, base_version=0)


def test_a_contact_point_who_goes_does_not_confirm_for_the_sender():
    placement = make.planned()
    applicant = placement.application.applicant
    applicant.role_terms.create(role="ncp_deputy", scope="country:LV", starts_on=dt.date(2020, 1, 1))
    agreement = make.write_agreement(placement=placement, by=make.host(placement), base_version=0)
    assert agreements.parties_of(placement=placement, viewer=viewer(applicant)) == ["participant"]
    with pytest.raises(NotAllowed):
        agreements.confirm(agreement=agreement, party="sender", by=viewer(applicant))


def test_nothing_is_written_or_confirmed_once_the_week_is_cancelled():
    placement = make.planned()
    agreement = make.write_agreement(placement=placement, by=make.host(placement), base_version=0)
    stays.stop(placement=placement, verb="cancel", reason="The room is rebuilt.", by=make.host(placement))
    with pytest.raises(ConditionFailed, match="“Cancelled”"):
        agreements.confirm(agreement=agreement, party="host", by=make.host(placement))
    with pytest.raises(ConditionFailed, match="“Cancelled”"):
        make.write_agreement(placement=placement, by=make.host(placement), base_version=1, outcome="New.")
    assert Confirmation.objects.count() == 0


def test_a_former_host_coordinator_is_told_nothing_more():
    placement = make.planned()
    former = placement.week.offer.coordinator
    former.role_terms.update(ends_on=dt.date(2027, 1, 1))
    now_host = make.factories.coordinator("FI", "New host")
    make.write_agreement(placement=placement, by=make.participant(placement), base_version=0)
    assert former.user.email not in told("exchanges_agreement_written")
    assert now_host.user.email in told("exchanges_agreement_written")


# ── The week ─────────────────────────────────────────────────────────────────────────────────


def test_arrival_is_confirmed_by_the_host_from_monday_on():
    placement = make.agreed()
    by = make.host(placement)
    sunday = make.at_noon(placement.week.starts_on - dt.timedelta(days=1))
    with clock.at(sunday), pytest.raises(ConditionFailed, match="The week has not begun yet"):
        stays.arrive(placement=placement, by=by)
    with clock.at(make.at_noon(placement.week.starts_on)):
        with pytest.raises(NotAllowed):
            stays.arrive(placement=placement, by=make.participant(placement))
        first = stays.arrive(placement=placement, by=by)
        assert (first.state, first.arrived_at) == ("under_way", clock.now())
        assert stays.arrive(placement=placement, by=by).arrived_at == first.arrived_at
    assert Entry.objects.filter(verb="arrive").count() == 1


def test_arrival_needs_an_agreement():
    placement = make.planned()
    with clock.at(make.at_noon(placement.week.starts_on)), pytest.raises(IllegalTransition):
        stays.arrive(placement=placement, by=make.host(placement))


def test_a_day_is_confirmed_once_and_not_ahead():
    placement = make.under_way()
    by = make.host(placement)
    with clock.at(make.at_noon(placement.week.starts_on)):
        first = stays.confirm_day(placement=placement, day=1, by=by)
        assert stays.confirm_day(placement=placement, day=1, by=by) == first
        with pytest.raises(ConditionFailed, match="still to come"):
            stays.confirm_day(placement=placement, day=2, by=by)
        for day in (0, 6):
            with pytest.raises(ConditionFailed, match="five days"):
                stays.confirm_day(placement=placement, day=day, by=by)
        with pytest.raises(NotAllowed):
            stays.confirm_day(placement=placement, day=1, by=make.participant(placement))
    assert (Attendance.objects.count(), Entry.objects.filter(verb="confirm_day").count()) == (1, 1)


def test_the_week_ends_with_three_days_and_asks_for_the_report():
    placement = make.under_way(days=2)
    by = make.host(placement)
    friday = placement.week.ends_on
    with clock.at(make.at_noon(friday)):
        with pytest.raises(ConditionFailed, match="2 of 5 days are confirmed; three are needed"):
            stays.end(placement=placement, by=by)
        stays.confirm_day(placement=placement, day=3, by=by)
        done = stays.end(placement=placement, by=by)
        assert stays.end(placement=placement, by=by).state == "report_due"
    assert (done.state, done.report_due_on) == ("report_due", friday + dt.timedelta(days=30))
    assert (Report.objects.get().placement, len(told("exchanges_report_due"))) == (placement, 1)


def test_a_week_is_broken_off_only_while_it_does_not_count():
    placement = make.under_way(days=2)
    by = make.host(placement)
    with pytest.raises(ConditionFailed, match="Say in a sentence"):
        stays.stop(placement=placement, verb="interrupt", reason=" ", by=by)
    with pytest.raises(NotAllowed):
        stays.stop(placement=placement, verb="interrupt", reason="Recalled to duty.", by=make.participant(placement))
    done = stays.stop(placement=placement, verb="interrupt", reason="Recalled to duty.", by=by)
    assert (done.state, len(told("exchanges_stopped"))) == ("interrupted", 3)


def test_a_week_with_three_days_is_ended_instead_of_broken_off():
    placement = make.under_way(days=3)
    with pytest.raises(ConditionFailed, match="the week counts"):
        stays.stop(placement=placement, verb="interrupt", reason="Recalled.", by=make.host(placement))


def test_nobody_is_missed_before_monday():
    placement = make.agreed()
    with pytest.raises(ConditionFailed, match="not begun"):
        stays.stop(placement=placement, verb="no_show", reason="Nobody came.", by=make.host(placement))
    with clock.at(make.at_noon(placement.week.starts_on)):
        done = stays.stop(placement=placement, verb="no_show", reason="Nobody came.", by=make.host(placement))
    assert done.state == "no_show"


@pytest.mark.parametrize("verb", ["complete", "agree", ""])
def test_stop_takes_no_other_verb(verb):
    placement = make.planned()
    with pytest.raises(ConditionFailed, match="Choose what has happened"):
        stays.stop(placement=placement, verb=verb, reason="Because.", by=make.office())


# ── Completing the call ──────────────────────────────────────────────────────────────────────


def test_a_call_is_completed_when_nothing_is_open_and_the_waiting_list_is_told():
    call = make.decided(("LV", "PT", "PL"), weeks=1)
    going = list(call.applications.filter(state="offered"))
    with pytest.raises(ConditionFailed, match="Placements or offers are still open"):
        calls.complete_call(call=call, by=make.office())
    for application in going:
        placement = answers.accept(application=application, by=viewer(application.applicant))
        with pytest.raises(ConditionFailed, match="still open"):
            calls.complete_call(call=call, by=make.office())
        stays.stop(placement=placement, verb="cancel", reason="Force majeure.", by=make.office())
    done = calls.complete_call(call=call, by=make.office())
    assert calls.complete_call(call=call, by=make.office()).state == done.state == "completed"
    assert call.applications.filter(state="not_selected").count() == 1
    assert len(told("exchanges_decision_not_selected")) == 1


def test_a_placement_is_visible_to_those_who_have_a_part_in_it():
    placement = make.planned()
    for by in (
        make.participant(placement),
        make.speaker("LV"),
        make.speaker("FI"),
        make.host(placement),
        make.office(),
    ):
        assert list(Placement.objects.visible_to(by)) == [placement]
    reader = viewer(make.people_with(role="reviewer").first())
    for by in (make.speaker("PT"), viewer(make.factories.coordinator("NL")), reader, viewer(make.shift_leader("LV"))):
        assert list(Placement.objects.visible_to(by)) == []
