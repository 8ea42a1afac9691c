"""Host weeks: offered by the coordinator, published by the contact point."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.domain import hosts
from exchanges.models import HostOffer, HostWeek, Placement
from portal.access.viewer import SYSTEM
from portal.community.models import Centre
from portal.web.registries import waiting_for
from tests.exchanges import factories as make
from tests.exchanges.views.test_public import text
from tests.factories import centre, person, sign_in, viewer

pytestmark = pytest.mark.django_db

WORDS = {
    "summary": "You sit beside the shift leader.",
    "themes": "Alerts",
    "accommodation": "",
    "language_1": "en",
    "level_1": "B2",
    "language_2": "",
    "level_2": "B2",
    "language_3": "",
    "level_3": "B2",
}


def submitted(country: str = "FI") -> HostOffer:
    """Return an offer that waits for its contact point."""
    offer = make.draft_offer(make.draft_call(), country)
    hosts.add_week(offer=offer, starts_on=make.FIRST_MONDAY, capacity=2, by=SYSTEM)
    return hosts.submit_offer(offer=offer, by=SYSTEM)


def test_a_coordinator_offers_weeks_and_the_contact_point_publishes_them() -> None:
    call = make.draft_call()
    make._languages()
    host = make.coordinator("FI")
    client = sign_in(Client(), host)

    response = client.post(
        reverse("exchanges:offer_new"), {**WORDS, "call": str(call.pk), "centre": str(centre("FI").pk)}
    )
    offer = HostOffer.objects.get()
    assert response.headers["Location"] == offer.get_absolute_url()
    assert [(row.language_id, row.level) for row in offer.languages.all()] == [("en", "B2")]
    page = text(client.get(offer.get_absolute_url()))
    assert "No week yet" in page

    empty = client.post(reverse("exchanges:offer_move", args=[offer.pk, "submit"]))
    assert (empty.status_code, "offer at least one week" in text(empty)) == (409, True)
    client.post(reverse("exchanges:week_add", args=[offer.pk]), {"starts_on": "2027-04-26", "capacity": "2"})
    assert client.post(reverse("exchanges:offer_move", args=[offer.pk, "submit"])).status_code == 302

    speaker = sign_in(Client(), make.contact_point("FI"))
    assert "Publish these weeks" in text(speaker.get(offer.get_absolute_url()))
    assert speaker.post(reverse("exchanges:offer_move", args=[offer.pk, "publish"])).status_code == 302
    assert HostOffer.objects.get().state == "published"
    assert "26 to 30 April 2027" in text(sign_in(Client(), person("Member", "ES")).get(offer.get_absolute_url()))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"starts_on": "2027-04-27", "capacity": "1"}, "A week starts on a Monday; 27 April 2027 is a Tuesday."),
        ({"starts_on": "2027-01-04", "capacity": "1"}, "The weeks of this call lie between"),
        ({"starts_on": "never", "capacity": "1"}, "Give the Monday as a date, for example 2027-04-26."),
        ({"starts_on": "", "capacity": "1"}, "Choose a Monday."),
        ({"starts_on": "2027-04-26", "capacity": "6"}, "A week has one to five seats."),
        ({"starts_on": "2027-04-26", "capacity": "two"}, "Give the seats as a number from 1 to 5."),
    ],
)
def test_a_wrong_week_is_told_beside_its_field(data, words) -> None:
    offer = make.draft_offer(make.draft_call(), "FI")
    response = sign_in(Client(), offer.coordinator).post(reverse("exchanges:week_add", args=[offer.pk]), data)

    assert response.status_code == 400
    assert words in text(response)
    assert HostWeek.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"summary": "x" * 10_000}, "at most 1500 characters; these are 10000"),
        ({"summary": ""}, "Fill in “What guests will see and do”"),
        ({"language_1": ""}, "Name a language that guests can work in"),
        ({"language_2": "en"}, "This language is named above already"),
        ({"call": "999999"}, "not one of the available choices"),
        ({"centre": "999999"}, "not one of the available choices"),
    ],
)
def test_a_wrong_offer_is_told_and_kept_on_the_page(changes, words) -> None:
    call = make.draft_call()
    make._languages()
    client = sign_in(Client(), make.coordinator("FI"))
    data = {**WORDS, "call": str(call.pk), "centre": str(centre("FI").pk), **changes}

    response = client.post(reverse("exchanges:offer_new"), data)

    assert response.status_code == 400
    assert words in text(response)
    assert HostOffer.objects.count() == 0


def test_a_second_offer_for_the_same_call_is_refused_with_its_reason() -> None:
    offer = make.draft_offer(make.draft_call(), "FI")
    data = {**WORDS, "call": str(offer.call_id), "centre": str(offer.centre_id)}
    response = sign_in(Client(), offer.coordinator).post(reverse("exchanges:offer_new"), data)
    assert response.status_code == 409
    assert "has an offer for this call already" in text(response)
    assert "You sit beside the shift leader." in text(response)


def test_an_offer_is_seen_by_its_people_until_it_is_published() -> None:
    offer = submitted()
    allowed = [offer.coordinator, make.contact_point("FI"), make.office()]
    refused = [make.contact_point("LV"), make.coordinator("NL"), person("Member", "FI")]

    assert [sign_in(Client(), who).get(offer.get_absolute_url()).status_code for who in allowed] == [200, 200, 200]
    assert [sign_in(Client(), who).get(offer.get_absolute_url()).status_code for who in refused] == [404, 404, 404]
    hosts.publish_offer(offer=offer, by=SYSTEM)
    assert [sign_in(Client(), who).get(offer.get_absolute_url()).status_code for who in refused] == [200, 200, 200]
    assert Client().get(offer.get_absolute_url()).status_code == 302


def test_a_draft_is_not_shown_to_the_contact_point_yet() -> None:
    offer = make.draft_offer(make.draft_call(), "FI")
    assert sign_in(Client(), offer.coordinator).get(offer.get_absolute_url()).status_code == 200
    assert sign_in(Client(), make.contact_point("FI")).get(offer.get_absolute_url()).status_code == 404


def test_who_may_see_but_not_do_is_told_why() -> None:
    offer = submitted()
    for who, verb in (
        (make.office(), "publish"),
        (offer.coordinator, "publish"),
        (make.contact_point("FI"), "withdraw"),
    ):
        response = sign_in(Client(), who).post(reverse("exchanges:offer_move", args=[offer.pk, verb]))
        assert (response.status_code, "can do this. Nothing was changed." in text(response)) == (403, True)
    assert HostOffer.objects.get().state == "submitted"
    assert (
        sign_in(Client(), make.contact_point("NL")).get(reverse("exchanges:offer_edit", args=[offer.pk])).status_code
        == 404
    )
    edit = sign_in(Client(), make.office("Second")).get(reverse("exchanges:offer_edit", args=[offer.pk]))
    assert edit.status_code == 403


def test_sending_back_needs_a_comment_which_the_coordinator_reads() -> None:
    offer = submitted()
    client = sign_in(Client(), make.contact_point("FI"))
    address = reverse("exchanges:offer_return", args=[offer.pk])

    assert client.post(address, {"comment": " "}).status_code == 400
    assert client.post(address, {"comment": "Name the themes."}).status_code == 302
    assert "Name the themes." in text(sign_in(Client(), offer.coordinator).get(offer.get_absolute_url()))
    assert client.post(address, {"comment": "Again"}).status_code == 409
    assert [item.title for item in waiting_for(viewer(offer.coordinator))] == [
        "Your offer for Exchange call 2027/1 came back to you"
    ]


def test_weeks_are_blocked_opened_and_removed_by_buttons() -> None:
    call = make.draft_call()
    offer = make.published_offer(call, "FI", 1)
    week = offer.weeks.get()
    client = sign_in(Client(), offer.coordinator)

    assert client.post(reverse("exchanges:week_change", args=[week.pk, "block"])).status_code == 302
    assert HostWeek.objects.get().state == "blocked"
    assert client.post(reverse("exchanges:week_change", args=[week.pk, "block"])).status_code == 409
    client.post(reverse("exchanges:week_change", args=[week.pk, "unblock"]))
    assert HostWeek.objects.get().state == "open"
    assert client.post(reverse("exchanges:week_change", args=[week.pk, "remove"])).status_code == 409
    other = sign_in(Client(), make.coordinator("NL"))
    assert other.post(reverse("exchanges:week_change", args=[week.pk, "block"])).status_code == 403
    assert client.post("/exchanges/offers/weeks/999999/block/").status_code == 404

    draft = make.draft_offer(call, "PT")
    gone = hosts.add_week(offer=draft, starts_on=make.FIRST_MONDAY, capacity=1, by=SYSTEM)
    assert (
        sign_in(Client(), draft.coordinator)
        .post(reverse("exchanges:week_change", args=[gone.pk, "remove"]))
        .status_code
        == 302
    )
    assert draft.weeks.count() == 0


def test_who_comes_is_shown_to_the_host_and_not_to_other_members() -> None:
    call = make.open_call(weeks=1)
    week = make.weeks_of(call)[0]
    Placement.objects.create(application=make.sent(call, person("Guest Name", "LV")), week=week)
    address = week.offer.get_absolute_url()

    assert "Guest Name" in text(sign_in(Client(), week.offer.coordinator).get(address))
    assert "Guest Name" not in text(sign_in(Client(), person("Member", "ES")).get(address))


def test_the_list_is_for_hosts_contact_points_and_office() -> None:
    offer = submitted()
    address = reverse("exchanges:offers")
    assert "Operational centre Helsinki" in text(sign_in(Client(), offer.coordinator).get(address))
    assert "Waiting for you" in text(sign_in(Client(), make.contact_point("FI")).get(address))
    assert "Operational centre Helsinki" in text(sign_in(Client(), make.office()).get(address))
    assert "Operational centre Helsinki" not in text(sign_in(Client(), make.contact_point("NL")).get(address))
    assert sign_in(Client(), person("Member", "FI")).get(address).status_code == 404
    assert sign_in(Client(), make.contact_point("ES")).get(reverse("exchanges:offer_new")).status_code == 404


def place(country: str) -> str:
    centre = Centre.objects.select_related("country").get(country=country)
    return f"{centre.city}, {centre.country.name}"


def test_the_list_stands_by_call_and_state() -> None:
    older, newer = make.draft_call("2026/1", opens_on=dt.date(2025, 11, 16)), make.draft_call("2027/1")
    for call in (older, newer):
        make.published_offer(call, "FI")
    make.published_offer(newer, "NL")
    make.draft_offer(newer, "PT")

    response = sign_in(Client(), make.office()).get(reverse("exchanges:offers"))

    assert [
        (str(call), [(state, [row["place"] for row in rows]) for state, rows in states])
        for call, states in response.context["groups"]
    ] == [
        ("Exchange call 2027/1", [("Draft", [place("PT")]), ("Published", [place("FI"), place("NL")])]),
        ("Exchange call 2026/1", [("Published", [place("FI")])]),
    ]
    page = text(response)
    assert '<h3 class="label">Draft</h3>' in page
    assert page.index("Exchange call 2027/1") < page.index("Exchange call 2026/1")


def test_own_offers_say_how_they_stand() -> None:
    offer = make.published_offer(make.draft_call(), "FI")
    response = sign_in(Client(), offer.coordinator).get(reverse("exchanges:offers"))
    assert [(row["url"], row["facts"], row["mark"]) for row in response.context["mine"]] == [
        (offer.get_absolute_url(), ["One week"], {"level": "full", "word": "Published"})
    ]
    assert f'<h3><a href="{offer.get_absolute_url()}">{offer.centre.name}</a></h3>' in text(response)


def test_withdrawing_an_offer_is_asked_for_once_more() -> None:
    offer = make.published_offer(make.draft_call(), "FI")
    page = text(sign_in(Client(), offer.coordinator).get(offer.get_absolute_url()))
    action = reverse("exchanges:offer_move", args=[offer.pk, "withdraw"])
    question = page.partition("data-dialog")[2]
    assert "Withdraw the offer?" in question
    assert f'action="{action}"' in question.partition("</details>")[0]
    assert page.count(action) == 1


def test_an_offer_says_where_guests_stay_under_its_own_heading() -> None:
    offer = submitted()
    HostOffer.objects.update(accommodation="Guest rooms of the academy.")
    page = text(sign_in(Client(), offer.coordinator).get(offer.get_absolute_url()))
    assert "<h3>Where guests stay</h3><p>Guest rooms of the academy.</p>" in page


def test_what_waits_for_the_host_countrys_contact_point() -> None:
    submitted()
    assert [item.title for item in waiting_for(viewer(make.contact_point("FI")))] == [
        "Operational centre Helsinki offers host weeks"
    ]
    assert waiting_for(viewer(make.contact_point("NL"))) == []


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("offers", 12), ("offer", 15)])
def test_host_pages_ask_few_queries(django_assert_num_queries, count, name, queries) -> None:
    offer = make.published_offer(make.draft_call(), "FI", count)
    for number in range(count - 1):
        make.published_offer(make.draft_call(f"2028/{number}"), "NL", 1)
    client = sign_in(Client(), offer.coordinator)
    address = reverse(f"exchanges:{name}", args=[offer.pk] if name == "offer" else [])
    client.get(address)
    with django_assert_num_queries(queries):
        client.get(address)


def test_sent_offer_cannot_be_edited_and_says_so() -> None:
    offer = submitted()
    response = sign_in(Client(), offer.coordinator).get(reverse("exchanges:offer_edit", args=[offer.pk]))
    assert (response.status_code, "can no longer be changed" in text(response)) == (409, True)
