"""Pages that anybody may read, and the way to apply."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.domain import calls
from exchanges.models import Application, Call, Placement
from portal.access import clock
from portal.access.viewer import ANONYMOUS, SYSTEM
from portal.journal import door
from portal.web.registries import panels_for
from tests.exchanges import factories as make
from tests.factories import person, sign_in

pytestmark = pytest.mark.django_db


def text(response) -> str:
    """Return the page as text, with its quotes as people read them."""
    return response.content.decode().replace("&#x27;", "'")


def test_index_announces_the_open_call_with_its_deadline_in_brussels(client: Client) -> None:
    make.open_call()

    page = text(client.get(reverse("exchanges:index")))

    assert "Exchange call 2027/1 is open until" in page
    assert "29 January 2027" in page
    assert "Friday, 23:59 Brussels time. 59 days left." in page


def test_index_without_any_call_says_what_will_be_here(client: Client) -> None:
    page = text(client.get(reverse("exchanges:index")))

    assert "No call is open at the moment" in page
    assert "The first lessons are being written" in page


def test_index_draws_completed_weeks_with_their_table(client: Client) -> None:
    call = make.open_call(weeks=1)
    Placement.objects.create(application=make.sent(call), week=make.weeks_of(call)[0], state="completed")
    Placement.objects.create(application=make.sent(call, person("Other", "PL")), week=make.weeks_of(call)[0])

    page = text(client.get(reverse("exchanges:index")))

    assert "1 completed week, from the sending country to the host." in page
    assert "<td>Latvia</td><td>Finland</td><td>1</td>" in page
    assert "<td>Poland</td>" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_index_asks_few_queries_however_many_calls(client: Client, django_assert_num_queries, count) -> None:
    for number in range(count):
        make.open_call(f"2027/{number + 1}", weeks=1)
    with django_assert_num_queries(4):
        page = text(client.get(reverse("exchanges:index")))
    assert page.count('<li class="entry">') == count - 1


def test_index_says_who_does_what_by_when_with_the_dates_of_the_call(client: Client) -> None:
    call = make.open_call(min_reviews=3, endorse_days=12, answer_days=6, report_days=21)
    page = text(client.get(reverse("exchanges:index")))

    # From 16 November 2026 to 2 July 2027 and 21 days more: 249 days.
    assert f"About eight months from the opening of a call to its last report. The dates are those of {call}." in page
    for words in (
        "<b>Until 29 January 2027</b>",
        "<b>16 November 2026 to 29 January 2027</b>",
        "<b>Within twelve days</b>",
        "Three reviewers, never from your country",
        "<b>By 31 March 2027</b> You have six days to accept, three if the week begins within 45 days.",
        "<b>12 April to 2 July 2027</b>",
        "<b>Within 21 days</b>",
    ):
        assert words in page


def test_index_without_any_call_names_no_dates_and_the_way_to_be_told(client: Client) -> None:
    page = text(client.get(reverse("exchanges:index")))
    assert "From the offer of a week to the lesson." in page
    assert "<b>Within ten days</b>" in page
    assert "<b>Until" not in page
    assert "Nobody has come back yet" in page
    assert f'href="{reverse("updates:index")}">Be told by e-mail</a>' in page
    assert "Earlier calls" not in page


def test_index_between_two_calls_says_when_the_last_one_was_open(client: Client) -> None:
    call = make.open_call()
    with clock.at(call.closes_at + dt.timedelta(days=1)):
        page = text(client.get(reverse("exchanges:index")))
    assert "The last one, Exchange call 2027/1, took applications from 16 November 2026 to 29 January 2027." in page
    assert f'<a href="{call.get_absolute_url()}">Read the last call</a>' in page


def test_index_pages_through_earlier_calls(client: Client) -> None:
    for number in range(21):
        make.draft_call(f"2020/{number + 1}")
    Call.objects.update(state=Call.State.COMPLETED)
    first, second = (text(client.get(f"/exchanges/?page={number}")) for number in (1, 2))
    assert (first.count('<li class="entry">'), second.count('<li class="entry">')) == (20, 1)


def test_a_draft_exists_for_office_and_hosts_only(client: Client) -> None:
    call = make.draft_call()
    url = call.get_absolute_url()

    assert sign_in(Client(), make.office()).get(url).status_code == 200
    assert sign_in(Client(), make.coordinator("FI")).get(url).status_code == 200
    assert client.get(url).status_code == 404
    assert sign_in(Client(), person("Member", "LV")).get(url).status_code == 404
    assert "2027/1" not in text(client.get(reverse("exchanges:index")))


def test_a_draft_that_was_cancelled_never_becomes_public(client: Client) -> None:
    opened, draft = make.open_call("2027/1"), make.draft_call("2027/2")
    for call in (opened, draft):
        door.perform(thing=call, verb="cancel", by=SYSTEM, reason="No money.")

    assert "This call was cancelled. No week of it takes place." in text(client.get(opened.get_absolute_url()))
    assert sign_in(Client(), make.office()).get(draft.get_absolute_url()).status_code == 200
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert "2027/2" not in text(client.get(reverse("exchanges:index")))


def test_a_call_after_its_deadline_says_who_is_at_work_and_takes_nothing(client: Client) -> None:
    call = make.open_call()
    with clock.at(call.closes_at + dt.timedelta(seconds=1)):
        page = text(client.get(call.get_absolute_url()))
    assert "Applications have closed." in page
    assert "the decision comes by 31 March 2027" in page
    assert "Sign in to apply" not in page


def test_call_shows_visitors_city_and_country_and_members_the_centre(client: Client) -> None:
    call = make.open_call(weeks=1)

    visitor = text(client.get(call.get_absolute_url()))
    member = text(sign_in(Client(), person("Member", "LV")).get(call.get_absolute_url()))

    assert "Helsinki, Finland" in visitor
    assert "Operational centre Helsinki" not in visitor
    assert "Operational centre Helsinki" in member
    for words in ("Friday 29 January 2027, 23:59 Brussels time", "59 days left.", "60 of 100", call.tie_commitment):
        assert words in visitor
    assert call.tie_secret not in visitor


@pytest.mark.parametrize("count", [1, 3])
def test_call_asks_few_queries_however_many_weeks(client: Client, django_assert_num_queries, count) -> None:
    url = make.open_call(weeks=count).get_absolute_url()
    with django_assert_num_queries(5):
        client.get(url)


def test_public_pages_answer_those_who_ask_for_their_headers_alone(client: Client) -> None:
    call = make.open_call()

    for path in (reverse("exchanges:index"), call.get_absolute_url()):
        assert (client.head(path).status_code, client.head(path).content) == (200, b"")
        assert client.post(path).status_code == 405


def test_an_unknown_call_is_404(client: Client) -> None:
    assert client.get("/exchanges/calls/1999-9/").status_code == 404
    assert client.post("/exchanges/calls/1999-9/apply/").status_code == 404


def test_apply_sends_a_visitor_to_sign_in_and_back_to_the_call(client: Client) -> None:
    call = make.open_call()
    page = text(client.get(call.get_absolute_url()))
    assert f"/accounts/login/?next={call.get_absolute_url()}" in page

    response = client.post(reverse("exchanges:apply", args=[call.slug]))

    assert (response.status_code, response.headers["Location"]) == (
        302,
        "/accounts/login/?next=/exchanges/calls/2027-1/",
    )
    assert Application.objects.count() == 0


def test_apply_begins_one_application_and_goes_on_with_it(client: Client) -> None:
    call = make.open_call()
    sign_in(client, person("Ilze Paraugs", "LV"))
    url = reverse("exchanges:apply", args=[call.slug])

    first, second = client.post(url), client.post(url)

    application = Application.objects.get()
    assert (
        first.headers["Location"]
        == second.headers["Location"]
        == f"/exchanges/applications/{application.pk}/write/about/"
    )
    assert client.get(url).headers["Location"] == call.get_absolute_url()
    assert "Go on with your application" in text(client.get(call.get_absolute_url()))


def test_apply_after_sending_leads_to_the_application(client: Client) -> None:
    application = make.sent(make.open_call())
    sign_in(client, application.applicant)

    response = client.post(reverse("exchanges:apply", args=["2027-1"]))

    assert response.headers["Location"] == application.get_absolute_url()


def test_apply_to_an_expired_call_is_refused_with_its_reason(client: Client) -> None:
    call = make.open_call()
    sign_in(client, person("Ilze Paraugs", "LV"))
    with clock.at(call.closes_at + dt.timedelta(seconds=1)):
        response = client.post(reverse("exchanges:apply", args=[call.slug]))
        page = text(client.get(call.get_absolute_url()))

    assert response.status_code == 409
    assert "Exchange call 2027/1 takes no applications now." in text(response)
    assert "exchanges/calls/2027-1/apply/" not in page


def test_home_panels_stand_only_while_there_is_something_to_show() -> None:
    def keys(slot: str) -> list[str]:
        return [panel.key for panel, _ in panels_for(slot, ANONYMOUS)]

    assert ("open_call" in keys("home"), "been_where" in keys("home_map")) == (False, False)
    call = make.draft_call()
    make.published_offer(call)
    calls.open_call(call=call, by=SYSTEM)
    Placement.objects.create(
        application=make.sent(make.open_call("2027/5")), week=make.weeks_of(call)[0], state="completed"
    )
    assert ("open_call" in keys("home"), "been_where" in keys("home_map")) == (True, True)
    assert "sending_countries" in keys("home_figures")
