"""What waits for whom, and how few queries it takes to know."""

import datetime as dt

import pytest

from exchanges.domain import agreements, answers, matches, reviews, stays
from exchanges.domain.waiting_decide import waiting
from exchanges.models import Call, Review
from portal.access import clock
from tests.exchanges import factories_decide as make
from tests.factories import viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def titles(by) -> list[str]:
    return [item.title for item in waiting(by)]


def test_a_reviewer_has_applications_to_review_until_the_last_is_written():
    call = make.in_review(("LV", "PT"))
    for code in ("NL", "ES"):
        make.reviewer(code)
    reviews.assign(call=call, by=make.office())
    reader = viewer(Review.objects.first().reviewer)
    [item] = waiting(reader)
    assert (item.title, item.url) == ("Exchange call 2027/1: 2 applications to review", "/exchanges/reviews/")
    assert item.until == clock.end_of_day(call.decision_on)
    for review in Review.objects.filter(reviewer_id=reader.person_id):
        make.write(review, 8)
    assert titles(reader) == []


def test_the_office_is_led_from_step_to_step():
    office = make.office()
    call = make.in_review(("LV",))
    for code in ("NL", "ES", "PT"):
        make.reviewer(code)
    [item] = waiting(office)
    assert (item.title, item.note) == ("Exchange call 2027/1: assign reviewers", "More are needed for 001.")
    reviews.assign(call=call, by=office)
    assert titles(office) == []
    first, second = Review.objects.order_by("pk")
    make.write(first, 9)
    make.write(second, 6)
    assert titles(office) == ["Exchange call 2027/1: assign reviewers"]
    reviews.assign(call=call, by=office)
    make.write(Review.objects.get(state="assigned"), 8)
    assert titles(office) == ["Exchange call 2027/1: begin the matching"]
    matches.begin_matching(call=call, by=office)
    assert titles(office) == ["Exchange call 2027/1: compute a match run"]
    make.computed(call)
    assert titles(office) == []


def test_the_committee_has_a_run_to_sign_until_its_country_has_signed():
    run = make.proposed()
    first, colleague, other = make.member("PL", "A"), make.member("PL", "B"), make.member("ES")
    elsewhere = make.member("PT", scope=f"call:{run.call_id + 1}")
    applicant = run.call.applications.get().applicant
    applicant.role_terms.create(role="committee", starts_on=dt.date(2020, 1, 1))
    assert [titles(viewer(row)) for row in (first, colleague, other)] == [
        ["Exchange call 2027/1: read and sign run 1"]
    ] * 3
    assert [titles(viewer(row)) for row in (elsewhere, applicant)] == [[], []]
    matches.sign(run=run, by=viewer(first))
    assert [titles(viewer(row)) for row in (first, colleague, other)] == [
        [],
        [],
        ["Exchange call 2027/1: read and sign run 1"],
    ]


def test_the_applicant_answers_and_then_writes_the_agreement():
    application = make.offered()
    by = viewer(application.applicant)
    [item] = waiting(by)
    assert (item.title, item.until) == ("A week in Helsinki is offered to you", application.answer_by)
    answers.accept(application=application, by=by)
    assert titles(by) == ["Write the agreement: your week in Helsinki"]


def test_an_offer_that_has_run_out_waits_for_nobody():
    application = make.offered()
    with clock.at(application.answer_by + dt.timedelta(seconds=1)):
        assert titles(viewer(application.applicant)) == []


def test_the_agreement_waits_for_whoever_has_not_confirmed():
    placement = make.planned()
    three = [make.participant(placement), make.speaker("LV"), make.host(placement)]
    strangers = [make.speaker("PT"), make.speaker("FI"), viewer(make.factories.coordinator("NL"))]
    agreement = make.write_agreement(placement=placement, by=three[0], base_version=0)
    words = f"Confirm the agreement: {placement.application.applicant.name} in Helsinki"
    assert [titles(by) for by in three] == [[words]] * 3
    agreements.confirm(agreement=agreement, party="host", by=three[2])
    assert [titles(by) for by in three] == [[words], [words], []]
    assert [titles(by) for by in strangers] == [[], [], []]


def test_the_host_confirms_arrival_and_days():
    placement = make.agreed()
    by = make.host(placement)
    name = placement.application.applicant.name
    assert titles(by) == []
    with clock.at(make.at_noon(placement.week.starts_on + dt.timedelta(days=1))):
        assert titles(by) == [f"Confirm the arrival of {name}"]
        stays.arrive(placement=placement, by=by)
        [item] = waiting(by)
        assert (item.title, item.note[:29]) == (f"Confirm the days of {name}", "0 of 2 days so far confirmed.")
        for day in (1, 2):
            stays.confirm_day(placement=placement, day=day, by=by)
        assert titles(by) == []


def test_the_report_waits_for_the_participant_then_for_the_office():
    report = make.report_due()
    by, office = make.participant(report.placement), make.office()
    [item] = waiting(by)
    assert (item.title, item.until) == (
        "Write your report: Helsinki",
        clock.end_of_day(report.placement.report_due_on),
    )
    sent = make.reports.submit(report=make.reports.save(report=report, data=make.REPORT, version=1, by=by), by=by)
    assert titles(by) == []
    assert titles(office) == [f"Read the report of {report.placement.application.applicant.name}"]
    make.reports.return_to_participant(report=sent, by=office, comment="Which message?")
    assert (titles(by), titles(office)) == (["Your report came back: Helsinki"], [])


def test_the_office_completes_a_call_when_nothing_is_open():
    placement = make.planned()
    office = make.office()
    assert titles(office) == []
    stays.stop(placement=placement, verb="cancel", reason="Force majeure.", by=office)
    assert titles(office) == ["Exchange call 2027/1: complete the call"]


def test_what_lapsed_is_seen_by_the_office():
    with clock.at(make.factories.NOW):
        call = make.factories.open_call()
        make.factories.sent(call, make.shift_leader("LV"))
    with clock.at(make.factories.NOW + dt.timedelta(days=11)):
        make.ticking.tick()
        [item] = waiting(make.office())
        assert item.title == "Exchange call 2027/1: 1 application lapsed"
    assert Call.objects.get().applications.get().state == "lapsed"


@pytest.mark.parametrize("countries", [("LV",), ("LV", "PT", "PL")])
def test_the_office_knows_with_five_queries(countries, django_assert_num_queries):
    call = make.in_review(countries)
    office = make.office()
    with django_assert_num_queries(5):
        assert len(titles(office)) == 1
    assert call.state == "review"


def test_a_member_knows_with_two_queries(django_assert_num_queries):
    by = viewer(make.shift_leader("LV"))
    with django_assert_num_queries(2):
        assert titles(by) == []
