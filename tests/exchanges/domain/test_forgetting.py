"""What applications lose by themselves, and when."""

from __future__ import annotations

import datetime as dt

import pytest

from exchanges.domain import applications, forgetting
from exchanges.models import Application, Placement
from portal.access import clock
from tests.exchanges import factories, factories_decide
from tests.factories import viewer

YEAR = dt.timedelta(days=365)


def test_an_application_that_ended_loses_its_words_a_year_after_its_end(db: None) -> None:
    call = factories.open_call()
    row = factories.endorsed(call, factories_decide.shift_leader())
    ended = clock.now() + dt.timedelta(days=5)
    with clock.at(ended):
        applications.withdraw(application=row, by=viewer(row.applicant))
    assert forgetting.forget_old(ended) == 0
    assert Application.objects.get().aim == row.aim != ""
    assert forgetting.forget_old(ended + dt.timedelta(seconds=1)) == 1
    after = Application.objects.get()
    assert (after.aim, after.emergency_name, after.years_leading, after.state) == ("", "", None, "withdrawn")
    assert (after.number, after.applicant_id) == (row.number, row.applicant_id)
    assert forgetting.forget_old(ended + YEAR) == 0


@pytest.mark.parametrize("state", ["submitted", "endorsed", "eligible", "waitlisted", "offered"])
def test_one_that_is_under_way_loses_nothing(db: None, state: str) -> None:
    factories_decide.in_review()
    Application.objects.update(state=state)
    assert forgetting.forget_old(clock.now() + 9 * YEAR) == 0
    assert Application.objects.get().aim != ""


def test_contacts_go_after_the_week_and_the_rest_stays(db: None) -> None:
    placement = factories_decide.planned()
    friday = placement.week.ends_on
    Placement.objects.update(state=Placement.State.COMPLETED)
    midnight = dt.datetime.combine(friday, dt.time(), clock.BRUSSELS)
    assert forgetting.forget_old(midnight) == 0
    assert forgetting.forget_old(midnight + dt.timedelta(days=1)) == 1
    after = Application.objects.get()
    assert [getattr(after, name) for name in forgetting.CONTACTS] == [""] * len(forgetting.CONTACTS)
    assert after.aim != ""
    assert {it.rule: it.words == "Forgotten" for it in after.eligibility.all()} == {
        it.rule: it.rule == "consent" for it in after.eligibility.all()
    }


def test_a_week_that_is_to_come_keeps_its_contacts(db: None) -> None:
    factories_decide.planned()
    assert forgetting.forget_old(clock.now() + 9 * YEAR) == 0
    assert Application.objects.get().emergency_name != ""


def test_a_draft_of_a_call_that_closed_long_ago_goes(db: None) -> None:
    call = factories.open_call()
    member = factories_decide.shift_leader()
    applications.start(call=call, by=viewer(member))
    assert forgetting.forget_old(call.closes_at) == 0
    assert forgetting.forget_old(call.closes_at + dt.timedelta(seconds=1)) == 1
    assert Application.objects.count() == 0
