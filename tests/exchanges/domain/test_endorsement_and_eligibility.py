"""The sending country's word, and the rules."""

import datetime as dt

import pytest

from exchanges.domain import applications, calls, eligibility, endorsement
from exchanges.models import Application
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.journal import door
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.outbox.models import Mail
from tests.exchanges import factories as make
from tests.factories import person, viewer

pytestmark = pytest.mark.django_db


def test_endorse_by_contact_point_or_deputy_tells_the_applicant() -> None:
    call = make.open_call()
    deputy = make.contact_point("LV", role="ncp_deputy")
    application = make.sent(call)

    done = endorsement.endorse(application=application, by=viewer(deputy), national_rank=1, comment="Our best.")

    assert (done.state, done.national_rank, done.endorsed_by_id, done.comment) == (
        "endorsed",
        1,
        deputy.pk,
        "Our best.",
    )
    letter = Mail.objects.get(kind="exchanges_endorsed")
    assert letter.to_address == application.applicant.user.email
    assert "Our best." in letter.body


def test_endorse_for_oneself_or_another_country_or_by_the_office_is_refused() -> None:
    call = make.open_call()
    own = make.contact_point("LV")
    application = make.sent(call, own)
    for other in (own, make.contact_point("PL"), make.office()):
        with pytest.raises(NotAllowed):
            endorsement.endorse(application=application, by=viewer(other))
    assert Application.objects.get().state == "submitted"


def test_a_national_rank_is_given_once() -> None:
    call = make.open_call()
    speaker = make.contact_point("LV")
    make.endorsed(call, person("First", "LV"), rank=1)
    second = make.sent(call, person("Second", "LV"))

    assert endorsement.next_rank(second) == 2
    with pytest.raises(ConditionFailed, match="Rank 1 is First’s"):
        endorsement.endorse(application=second, by=viewer(speaker), national_rank=1)
    foreign = make.sent(call, person("Third", "ES"))
    assert endorsement.next_rank(foreign) == 1


def test_return_and_send_again_within_five_days_of_screening() -> None:
    call = make.open_call()
    speaker = make.contact_point("LV")
    application = make.sent(call)
    by = viewer(application.applicant)
    late = call.closes_at + dt.timedelta(days=2)
    with clock.at(late):
        door.perform(thing=call, verb="close", by=SYSTEM)
        with pytest.raises(ConditionFailed, match="Say in a sentence"):
            endorsement.return_to_applicant(application=application, by=viewer(speaker), comment="")
        returned = endorsement.return_to_applicant(application=application, by=viewer(speaker), comment="Say more.")
        assert (returned.state, returned.returned_at, returned.comment) == ("returned", late, "Say more.")
        assert applications.again_until(returned) == late + dt.timedelta(days=5)
    with clock.at(late + dt.timedelta(days=5, seconds=1)), pytest.raises(ConditionFailed, match="has closed"):
        applications.submit(application=application, by=by)
    with clock.at(late + dt.timedelta(days=5)):
        again = applications.submit(application=application, by=by)
    assert (again.state, again.number) == ("submitted", application.number)
    assert [row.kind for row in Mail.objects.filter(kind="exchanges_returned")] == ["exchanges_returned"]


def test_decline_needs_a_reason_and_is_final() -> None:
    call = make.open_call()
    speaker = viewer(make.contact_point("LV"))
    application = make.sent(call)

    with pytest.raises(ConditionFailed):
        endorsement.decline(application=application, by=speaker, reason="  ")
    done = endorsement.decline(application=application, by=speaker, reason="No shift to spare.")

    assert (done.state, done.endorsed_by_id) == ("not_endorsed", None)
    assert "No shift to spare." in Mail.objects.get(kind="exchanges_not_endorsed").body
    with pytest.raises(IllegalTransition):
        endorsement.endorse(application=application, by=speaker)


def test_check_passes_every_rule_for_a_complete_endorsed_application() -> None:
    results = eligibility.check(make.endorsed(make.open_call()))

    assert [(row.rule, row.passed) for row in results] == [
        ("shift_leader", True),
        ("own_centre", True),
        ("sent_in_time", True),
        ("consent", True),
        ("endorsed", True),
        ("languages", True),
        ("possible_week", True),
    ]
    assert [row.words for row in results] == [
        "Shift leader, 6 years of leading shifts.",
        "Operational centre Riga, Latvia.",
        "Sent before the deadline.",
        "Māra Vadītāja agrees.",
        "The contact point endorsed it.",
        "English C1: enough for 2 of 2 weeks abroad.",
        "2 weeks are possible.",
    ]


@pytest.mark.parametrize(
    ("change", "rule", "words"),
    [
        ({"function": "Analyst", "years_leading": 0}, "shift_leader", "Analyst, 0 years of leading shifts."),
        ({"manager_consents": False}, "consent", "No consent of a named line manager."),
        ({"endorsed_by": None}, "endorsed", "No contact point has endorsed it."),
        (
            {"submitted_at": dt.datetime(2027, 1, 29, 23, 0, tzinfo=dt.UTC)},
            "sent_in_time",
            "Sent after the deadline.",
        ),
    ],
)
def test_check_fails_the_rule_that_is_broken(change, rule, words) -> None:
    application = make.endorsed(make.open_call())
    Application.objects.filter(pk=application.pk).update(**change)

    failed = [(row.rule, row.words) for row in eligibility.check(Application.objects.get()) if not row.passed]

    assert failed == [(rule, words)]


def test_check_fails_without_centre_and_without_a_possible_week() -> None:
    call = make.open_call()
    application = make.endorsed(call)
    application.applicant.centre = None
    application.applicant.save()
    application.languages.all().delete()

    failed = {row.rule for row in eligibility.check(Application.objects.get()) if not row.passed}

    assert failed == {"own_centre", "languages", "possible_week"}


def test_confirm_keeps_each_result_and_tells_the_applicant() -> None:
    application = make.endorsed(make.open_call())

    done = eligibility.confirm(application=application, by=viewer(make.office()))

    assert done.state == "eligible"
    assert done.eligibility.filter(passed=True).count() == 7
    letter = Mail.objects.get(kind="exchanges_eligible")
    assert "- Leads shifts: yes. Shift leader, 6 years of leading shifts." in letter.body


def test_confirm_makes_ineligible_when_one_rule_fails() -> None:
    application = make.endorsed(make.open_call())
    Application.objects.update(manager_consents=False)

    done = eligibility.confirm(application=application, by=viewer(make.office()))

    assert done.state == "ineligible"
    assert list(done.eligibility.filter(passed=False).values_list("rule", flat=True)) == ["consent"]
    assert "- Line manager agrees: NO." in Mail.objects.get(kind="exchanges_ineligible").body


def test_confirm_on_oneself_or_without_the_role_writes_nothing() -> None:
    call = make.open_call()
    make.contact_point("PL")
    secretary = make.office()
    application = make.endorsed(call, secretary)
    for other in (secretary, make.contact_point("LV")):
        with pytest.raises(NotAllowed):
            eligibility.confirm(application=application, by=viewer(other))
    assert (Application.objects.get().state, application.eligibility.count()) == ("endorsed", 0)


def test_confirm_passing_is_all_or_none() -> None:
    call = make.open_call()
    first = make.endorsed(call, person("First", "LV"))
    second = make.endorsed(call, person("Second", "LV"))
    office = viewer(make.office())
    Application.objects.filter(pk=second.pk).update(manager_consents=False)

    with pytest.raises(ConditionFailed, match="Something changed"):
        eligibility.confirm_passing(call=call, by=office, ids=[first.pk, second.pk])
    assert set(Application.objects.values_list("state", flat=True)) == {"endorsed"}

    done = eligibility.confirm_passing(call=call, by=office, ids=[first.pk])
    assert [row.pk for row in done] == [first.pk]


def test_the_review_begins_when_everybody_is_screened() -> None:
    call = make.open_call()
    application = make.endorsed(call)
    office = viewer(make.office())
    eligibility.confirm(application=application, by=office)
    with clock.at(call.closes_at + dt.timedelta(seconds=1)):
        call = door.perform(thing=call, verb="close", by=SYSTEM)
        assert calls.begin_review(call=call, by=office).state == "review"
