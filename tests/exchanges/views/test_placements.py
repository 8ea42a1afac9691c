"""The exchange week in the browser: answer, agreement, days; and who sees it."""

import datetime as dt

import pytest

from exchanges.domain import stays
from exchanges.models import Agreement, Application, Placement
from portal.access import clock
from tests.exchanges import factories_decide as make
from tests.factories import sign_in, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def applicant(placement: Placement):
    return placement.application.applicant


def words(base: int = 0, **changes: str) -> dict:
    days = {f"day_{number}": text for number, text in enumerate(make.AGENDA, start=1)}
    return {
        "objectives": "See the room.",
        "language": "English",
        "outcome": "A template.",
        "base_version": base,
        **days,
        **changes,
    }


# ── The answer ───────────────────────────────────────────────────────────────────────────────


def test_accept_on_the_page_of_the_application(client):
    application = make.offered()
    sign_in(client, application.applicant)
    text = client.get(application.get_absolute_url()).content.decode()
    assert "A week in Helsinki is yours if you want it" in text
    assert "Place 1 by merit; 1 application took part" in text
    url = f"{application.get_absolute_url()}answer/"
    for _ in range(2):
        page = client.post(url, {"accept": "1"})
        assert (page.status_code, page.url) == (302, Placement.objects.get().get_absolute_url())
    back = client.get(url)
    assert (back.status_code, back.url) == (302, application.get_absolute_url())


@pytest.mark.parametrize("countries", [("LV",), ("LV", "PT", "PL")])
def test_page_of_an_offered_application_asks_the_same_number_of_queries(client, countries, django_assert_num_queries):
    call = make.decided(countries, points=(9, 8, 7))
    application = call.applications.get(position=0)
    sign_in(client, application.applicant)
    with django_assert_num_queries(21):
        page = client.get(application.get_absolute_url())
    assert "is yours if you want it" in page.content.decode()


def test_decline_and_nothing_chosen(client):
    application = make.offered()
    sign_in(client, application.applicant)
    url = f"{application.get_absolute_url()}answer/"
    page = client.post(url, {})
    assert (page.status_code, "Choose whether you accept or decline" in page.content.decode()) == (409, True)
    assert client.post(url, {"decline": "1", "reason": "x" * 301}).status_code == 409
    page = client.post(url, {"decline": "1", "reason": "A birth."}, follow=True)
    assert "You declined the week." in page.content.decode()
    assert Application.objects.get().state == "declined"


def test_an_answer_too_late_is_refused_and_the_page_has_no_button(client):
    application = make.offered()
    sign_in(client, application.applicant)
    with clock.at(application.answer_by + dt.timedelta(minutes=1)):
        sign_in(client, application.applicant)
        assert "Accept the week" not in client.get(application.get_absolute_url()).content.decode()
        page = client.post(f"{application.get_absolute_url()}answer/", {"accept": "1"})
        assert (page.status_code, "The time to answer has run out" in page.content.decode()) == (409, True)


def test_the_answer_is_the_applicants(client):
    application = make.offered()
    url = f"{application.get_absolute_url()}answer/"
    assert client.post(url, {"accept": "1"}).status_code == 302
    stranger = make.speaker("PT")
    codes = {}
    for name, person in {
        "own contact point": make.contact_points("LV").get(),
        "other contact point": make.Person.objects.get(pk=stranger.person_id),
        "host": application.offered_week.offer.coordinator,
    }.items():
        codes[name] = sign_in(client, person).post(url, {"accept": "1"}).status_code
    assert codes == {"own contact point": 403, "other contact point": 404, "host": 404}
    assert Placement.objects.count() == 0


def test_the_waiting_list_reads_its_reasons(client):
    call = make.decided(("LV", "PT", "PL"), weeks=1, points=(9, 8, 7))
    waits = call.applications.get(state="waitlisted")
    sign_in(client, waits.applicant)
    text = client.get(waits.get_absolute_url()).content.decode()
    assert "On the waiting list" in text
    assert "Why no wish could be met" in text
    assert "People ranked above you fill the week (places: 2)." in text
    assert "Place 3 by merit" in text


# ── Who sees the week ────────────────────────────────────────────────────────────────────────


def test_a_placement_exists_for_those_who_have_a_part_in_it(client):
    placement = make.agreed()
    name = applicant(placement).name
    people = {
        "participant": applicant(placement),
        "sending contact point": make.contact_points("LV").get(),
        "host contact point": make.Person.objects.get(pk=make.speaker("FI").person_id),
        "host": placement.week.offer.coordinator,
        "office": make.people_with(role="office").get(),
        "other contact point": make.Person.objects.get(pk=make.speaker("PT").person_id),
        "other host": make.factories.coordinator("NL"),
        "reviewer": make.people_with(role="reviewer").first(),
        "member": make.shift_leader("LV", "Another leader"),
    }
    seen = {}
    for who, person in people.items():
        sign_in(client, person)
        page = client.get(placement.get_absolute_url())
        listed = name in client.get("/exchanges/placements/").content.decode()
        posts = {
            client.post(f"{placement.get_absolute_url()}{path}").status_code
            for path in ("agreement/", "confirm/", "arrive/", "days/1/", "end/", "stop/")
        }
        seen[who] = (page.status_code, name in page.content.decode(), listed, 404 in posts and len(posts) == 1)
    inside = dict.fromkeys(list(people)[:5], (200, True, True, False))
    outside = dict.fromkeys(list(people)[5:], (404, False, False, True))
    assert seen == {**inside, **outside}
    client.logout()
    assert client.get(placement.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("countries", [("LV",), ("LV", "PT", "PL")])
def test_list_asks_the_same_number_of_queries(client, countries, django_assert_num_queries):
    call = make.decided(countries)
    for application in call.applications.all():
        make.answers.accept(application=application, by=viewer(application.applicant))
    host = call.offers.get().coordinator
    sign_in(client, host)
    with django_assert_num_queries(11):
        page = client.get("/exchanges/placements/")
    assert page.content.decode().count('class="entry"') == len(countries)


@pytest.mark.parametrize("versions", [1, 3])
def test_placement_page_asks_the_same_number_of_queries(client, versions, django_assert_num_queries):
    placement = make.agreed()
    for number in range(1, versions):
        make.write_agreement(
            placement=placement, by=make.host(placement), base_version=number, outcome=f"{number} templates."
        )
    for party, by in [("participant", make.participant(placement)), ("host", make.host(placement))]:
        make.agreements.confirm(agreement=placement.agreements.first(), party=party, by=by)
    sign_in(client, applicant(placement))
    with django_assert_num_queries(13):
        page = client.get(placement.get_absolute_url())
    assert f"Version {versions}" in page.content.decode()


# ── The agreement ────────────────────────────────────────────────────────────────────────────


def test_write_and_confirm_by_three(client):
    placement = make.planned()
    url = placement.get_absolute_url()
    make.speaker("LV")
    sign_in(client, applicant(placement))
    page = client.post(f"{url}agreement/", words(), follow=True)
    assert "Version 1 is written. All three are asked to confirm it." in page.content.decode()
    agreement = Agreement.objects.get()
    for person, party in [
        (applicant(placement), "participant"),
        (make.contact_points("LV").get(), "sender"),
        (placement.week.offer.coordinator, "host"),
    ]:
        sign_in(client, person)
        assert "Confirm version 1" in client.get(url).content.decode()
        for _ in range(2):
            page = client.post(f"{url}confirm/", {"agreement": agreement.pk, "party": party}, follow=True)
    assert "All three have confirmed" in page.content.decode()
    placement.refresh_from_db()
    assert (placement.state, agreement.confirmations.count()) == ("agreed", 3)


def test_an_incomplete_agreement_keeps_what_was_typed(client):
    placement = make.planned()
    sign_in(client, applicant(placement))
    page = client.post(f"{placement.get_absolute_url()}agreement/", words(day_3="", objectives="Typed with care."))
    text = page.content.decode()
    assert page.status_code == 400
    assert "Fill in “Wednesday”" in text
    assert "Typed with care." in text
    assert Agreement.objects.count() == 0


def test_two_writers_keep_both_texts(client):
    placement = make.planned()
    url = f"{placement.get_absolute_url()}agreement/"
    sign_in(client, placement.week.offer.coordinator)
    client.post(url, words(outcome="What the host wrote."))
    sign_in(client, applicant(placement))
    page = client.post(url, words(outcome="What the guest wrote."))
    text = page.content.decode()
    assert page.status_code == 409
    assert "Changed elsewhere" in text
    assert "What the host wrote." in text
    assert "What the guest wrote." in text
    assert 'name="base_version" value="1"' in text
    page = client.post(url, words(base=1, outcome="What the guest wrote."))
    assert (page.status_code, Agreement.objects.first().outcome) == (302, "What the guest wrote.")


def test_a_confirmation_of_an_overtaken_version_is_refused(client):
    placement = make.agreed()
    old = placement.agreements.get()
    make.write_agreement(placement=placement, by=make.host(placement), base_version=1, outcome="Another.")
    sign_in(client, applicant(placement))
    url = f"{placement.get_absolute_url()}confirm/"
    page = client.post(url, {"agreement": old.pk, "party": "participant"})
    assert (page.status_code, "There is a newer version" in page.content.decode()) == (409, True)
    for wrong in ("", "none", "999999", "9" * 30):
        assert client.post(url, {"agreement": wrong, "party": "participant"}).status_code == 404
    newest = placement.agreements.first()
    assert client.post(url, {"agreement": newest.pk, "party": "host"}).status_code == 403


def test_the_agreement_of_another_placement_cannot_be_confirmed_here(client):
    call = make.decided(("LV", "PT"))
    first, second = [
        make.answers.accept(application=row, by=viewer(row.applicant)) for row in call.applications.order_by("number")
    ]
    theirs = make.write_agreement(placement=second, by=make.participant(second), base_version=0)
    sign_in(client, applicant(first))
    page = client.post(f"{first.get_absolute_url()}confirm/", {"agreement": theirs.pk, "party": "participant"})
    assert (page.status_code, theirs.confirmations.count()) == (404, 0)


def test_the_office_reads_but_does_not_write(client):
    placement = make.agreed()
    sign_in(client, make.people_with(role="office").get())
    text = client.get(placement.get_absolute_url()).content.decode()
    assert "Write a new version" not in text
    assert client.post(f"{placement.get_absolute_url()}agreement/", words(base=1)).status_code == 403


def test_a_lost_session_shows_the_agreement_that_was_typed(client):
    placement = make.planned()
    page = client.post(f"{placement.get_absolute_url()}agreement/", words(outcome="Typed for ten minutes."))
    assert (page.status_code, "Typed for ten minutes." in page.content.decode()) == (401, True)
    assert Agreement.objects.count() == 0


# ── The week ─────────────────────────────────────────────────────────────────────────────────


def test_arrival_days_and_end(client):
    placement = make.agreed()
    url = placement.get_absolute_url()
    host = placement.week.offer.coordinator
    sign_in(client, host)
    assert "Confirm the arrival" not in client.get(url).content.decode()
    with clock.at(make.at_noon(placement.week.starts_on)):
        sign_in(client, host)
        assert "Confirm the arrival" in client.get(url).content.decode()
        client.post(f"{url}arrive/")
        client.post(f"{url}arrive/")
        text = client.get(url).content.decode()
        assert ("Confirm Monday" in text, "Confirm Tuesday" in text) == (True, False)
        page = client.post(f"{url}days/2/")
        assert (page.status_code, "This day is still to come" in page.content.decode()) == (409, True)
        for day in ("0", "6", "99"):
            assert client.post(f"{url}days/{day}/").status_code == 409
        back = client.get(f"{url}days/2/")
        assert (back.status_code, back.url) == (302, url)
    with clock.at(make.at_noon(placement.week.ends_on)):
        sign_in(client, host)
        for day in (1, 2):
            client.post(f"{url}days/{day}/")
            client.post(f"{url}days/{day}/")
        assert "End the week" not in client.get(url).content.decode()
        assert client.post(f"{url}end/").status_code == 409
        client.post(f"{url}days/3/")
        assert "The guest had to leave early" in client.get(url).content.decode()
        for day in (4, 5):
            client.post(f"{url}days/{day}/")
        page = client.post(f"{url}end/", follow=True)
        assert "The participant is asked for the report." in page.content.decode()
        assert client.post(f"{url}end/").status_code == 302
    placement.refresh_from_db()
    assert (placement.state, placement.attendance.count()) == ("report_due", 5)


def test_the_guest_confirms_nothing(client):
    placement = make.under_way()
    url = placement.get_absolute_url()
    with clock.at(make.at_noon(placement.week.ends_on)):
        sign_in(client, applicant(placement))
        assert "Confirm Monday" not in client.get(url).content.decode()
        codes = [client.post(f"{url}{path}").status_code for path in ("arrive/", "days/1/", "end/")]
        # The arrival is confirmed already; the other two are refused to the guest.
        assert codes == [409, 403, 403]
    assert placement.attendance.count() == 0


def test_a_draft_report_is_offered_to_its_writer_alone(client):
    report = make.report_due()
    placement = report.placement
    sign_in(client, applicant(placement))
    assert "Write the report" in client.get(placement.get_absolute_url()).content.decode()
    sign_in(client, placement.week.offer.coordinator)
    assert "/report/" not in client.get(placement.get_absolute_url()).content.decode()


def test_a_week_is_cancelled_with_a_reason(client):
    placement = make.agreed()
    url = placement.get_absolute_url()
    sign_in(client, applicant(placement))
    page = client.post(f"{url}stop/", {"verb": "cancel", "reason": ""})
    assert (page.status_code, "Fill in “In a sentence”" in page.content.decode()) == (400, True)
    page = client.post(f"{url}stop/", {"verb": "no_show", "reason": "Because."})
    assert page.status_code in (403, 409)
    page = client.post(f"{url}stop/", {"verb": "cancel", "reason": "Recalled to duty."}, follow=True)
    assert "The week is now “Cancelled”" in page.content.decode()
    placement.refresh_from_db()
    assert placement.state == "cancelled"
    assert stays.STOPS["cancel"] not in client.get(url).content.decode()
