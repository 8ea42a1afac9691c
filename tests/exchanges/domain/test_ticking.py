"""What the clock does: late, twice, and after a long pause."""

import datetime as dt

import pytest

from exchanges.domain import matches, reports, stays, ticking
from exchanges.models import Application, Call, MatchRun, Placement
from portal.access import clock
from portal.jobs.models import Job
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests.exchanges import factories
from tests.exchanges import factories_decide as make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def tick_at(moment: dt.datetime, times: int = 2) -> None:
    with clock.at(moment):
        for _ in range(times):
            ticking.tick()


def mails(kind: str) -> int:
    return Mail.objects.filter(kind=kind).count()


def test_a_call_closes_after_its_deadline_and_the_office_is_told_once():
    with clock.at(factories.NOW):
        call = factories.open_call()
    make.office()
    tick_at(call.closes_at)
    assert Call.objects.get().state == "open"
    tick_at(call.closes_at + dt.timedelta(seconds=1))
    assert Call.objects.get().state == "screening"
    assert mails("exchanges_call_closed") == 1


def sent() -> Application:
    with clock.at(factories.NOW):
        factories.contact_point("LV")
        return factories.sent(factories.open_call(), make.shift_leader("LV"))


def test_the_contact_point_is_reminded_on_day_three_and_seven_and_the_application_lapses_on_day_ten():
    sent()
    make.office()
    for day, reminders, state in [(2, 0, "submitted"), (3, 1, "submitted"), (6, 1, "submitted"), (7, 2, "submitted")]:
        tick_at(factories.NOW + dt.timedelta(days=day))
        assert (mails("exchanges_endorse_reminder"), Application.objects.get().state) == (reminders, state)
    tick_at(factories.NOW + dt.timedelta(days=10))
    assert (mails("exchanges_endorse_reminder"), Application.objects.get().state) == (2, "lapsed")
    assert mails("exchanges_lapsed") == 2


def test_a_clock_that_stood_still_sends_the_last_reminder_alone():
    sent()
    tick_at(factories.NOW + dt.timedelta(days=9))
    tick_at(factories.NOW + dt.timedelta(days=9, hours=5))
    assert mails("exchanges_endorse_reminder") == 1


def test_a_returned_application_lapses_five_days_later_once_the_call_has_closed():
    application = sent()
    with clock.at(factories.NOW + dt.timedelta(days=1)):
        from exchanges.domain import endorsement

        endorsement.return_to_applicant(application=application, by=make.speaker("LV"), comment="Which centre?")
    tick_at(factories.NOW + dt.timedelta(days=20))
    assert Application.objects.get().state == "returned"
    tick_at(clock.end_of_day(factories.DEADLINE) + dt.timedelta(seconds=1))
    assert Application.objects.get().state == "lapsed"


def test_an_offer_is_reminded_of_at_half_time_and_a_day_before_its_end_and_then_expires():
    application = make.offered()
    end = application.answer_by
    made = Entry.objects.get(verb="offer").at
    half = made + (end - made) / 2
    tick_at(half - dt.timedelta(minutes=1))
    assert mails("exchanges_offer_reminder") == 0
    tick_at(half)
    assert mails("exchanges_offer_reminder") == 1
    tick_at(end - dt.timedelta(hours=24))
    assert mails("exchanges_offer_reminder") == 2
    tick_at(end)
    assert (mails("exchanges_offer_reminder"), Application.objects.get().state) == (2, "offered")
    tick_at(end + dt.timedelta(seconds=1))
    assert (mails("exchanges_offer_expire"), Application.objects.get().state) == (2, "expired")


def test_an_offer_with_three_days_is_not_reminded_of_at_once():
    run = make.proposed()
    with clock.at(make.at_noon(factories.FIRST_MONDAY - dt.timedelta(days=40))):
        make.signed(run)
        application = Application.objects.get()
        assert application.answer_by == clock.end_of_day(clock.today() + dt.timedelta(days=3))
        ticking.tick()
    assert mails("exchanges_offer_reminder") == 0


def test_an_expired_offer_of_long_ago_brings_no_reminder():
    application = make.offered()
    tick_at(application.answer_by + dt.timedelta(days=30))
    assert (mails("exchanges_offer_reminder"), Application.objects.get().state) == (0, "expired")


def test_a_run_whose_job_was_given_up_is_marked_as_failed():
    call = make.in_matching()
    run = matches.request_run(call=call, by=make.office())
    ticking.tick()
    assert MatchRun.objects.get().state == "queued"
    Job.objects.filter(pk=run.job_id).update(state="failed")
    ticking.tick()
    assert (MatchRun.objects.get().state, MatchRun.objects.get().error != "") == ("failed", True)


@pytest.mark.parametrize(
    ("days", "after", "state"), [(5, 1, "report_due"), (3, 1, "under_way"), (3, 8, "report_due"), (2, 30, "under_way")]
)
def test_a_week_ends_by_itself(days, after, state):
    placement = make.under_way(days=days)
    friday = placement.week.ends_on
    tick_at(make.at_noon(friday))
    assert Placement.objects.get().state == "under_way"
    tick_at(make.at_noon(friday + dt.timedelta(days=after)))
    assert Placement.objects.get().state == state


def test_the_host_may_confirm_the_last_days_after_the_week():
    placement = make.under_way(days=3)
    with clock.at(make.at_noon(placement.week.ends_on + dt.timedelta(days=3))):
        stays.confirm_day(placement=placement, day=5, by=make.host(placement))
    assert placement.attendance.count() == 4


def test_a_missing_report_is_asked_for_on_day_7_21_and_30_and_the_contact_point_is_told_on_day_31():
    report = make.report_due()
    ended = report.placement.report_due_on - dt.timedelta(days=30)
    seen = []
    for day in (6, 7, 20, 21, 29, 30, 31, 60):
        tick_at(make.at_noon(ended + dt.timedelta(days=day)))
        seen.append((day, mails("exchanges_report_reminder"), mails("exchanges_report_late")))
    assert seen == [(6, 0, 0), (7, 1, 0), (20, 1, 0), (21, 2, 0), (29, 2, 0), (30, 3, 0), (31, 3, 1), (60, 3, 1)]


def test_a_report_that_is_in_is_asked_for_no_more():
    report = make.written()
    tick_at(make.at_noon(report.placement.report_due_on + dt.timedelta(days=40)))
    assert (mails("exchanges_report_reminder"), mails("exchanges_report_late")) == (0, 0)
    reports.return_to_participant(report=report, by=make.office(), comment="Which message?")
    tick_at(make.at_noon(report.placement.report_due_on + dt.timedelta(days=40)))
    assert (mails("exchanges_report_reminder"), mails("exchanges_report_late")) == (1, 1)


def test_one_thing_that_fails_does_not_stop_the_others(monkeypatch):
    first = sent()
    with clock.at(factories.NOW):
        second = factories.sent(first.call, make.shift_leader("PT"))
    lapse = ticking._lapse

    def stumble(application):
        if application.pk == first.pk:
            raise RuntimeError("the disk is full")
        lapse(application)

    monkeypatch.setattr(ticking, "_lapse", stumble)
    tick_at(factories.NOW + dt.timedelta(days=11))
    assert dict(Application.objects.values_list("pk", "state")) == {first.pk: "submitted", second.pk: "lapsed"}


def test_a_quiet_day_costs_few_queries(django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        ticking.tick()
