"""Pages that anybody may read, and the way to apply."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.domain import calls
from exchanges.models import Application, Placement
from portal.access import clock
from portal.access.viewer import ANONYMOUS, SYSTEM
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

    assert "One completed week, from the sending country to the host." in page
    assert "<td>Latvia</td><td>Finland</td><td>1</td>" in page
    assert "<td>Poland</td>" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_index_asks_few_queries_however_many_calls(client: Client, django_assert_num_queries, count) -> None:
    for number in range(count):
        make.open_call(f"2027/{number + 1}", weeks=1)
    with django_assert_num_queries(5):
        client.get(reverse("exchanges:index"))


def test_a_draft_exists_for_office_and_hosts_only(client: Client) -> None:
    call = make.draft_call()
    url = call.get_absolute_url()

    assert sign_in(Client(), make.office()).get(url).status_code == 200
    assert sign_in(Client(), make.coordinator("FI")).get(url).status_code == 200
    assert client.get(url).status_code == 404
    assert sign_in(Client(), person("Member", "LV")).get(url).status_code == 404
    assert "2027/1" not in text(client.get(reverse("exchanges:index")))


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
