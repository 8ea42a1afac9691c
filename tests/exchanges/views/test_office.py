"""The programme office: calls, desk, eligibility."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.models import Application, Call
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.journal import door
from tests.exchanges import factories as make
from tests.exchanges.views.test_public import text
from tests.factories import person, sign_in, viewer

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    return sign_in(Client(), make.office())


def posted(**changes: str) -> dict[str, str]:
    """Return a filled form of a call."""
    return {
        "number": "2027/1",
        "title": "A week in another centre",
        "summary": "Shift leaders go abroad.",
        "opens_on": "2026-11-16",
        "closes_on": "2027-01-29",
        "decision_on": "2027-03-31",
        "weeks_from": "2027-04-12",
        "weeks_until": "2027-07-02",
        "seats": "10",
        "rates": str(make.rates().pk),
        "min_reviews": "2",
        "threshold": "60",
        "endorse_days": "10",
        "answer_days": "7",
        "report_days": "30",
        "criteria-TOTAL_FORMS": "2",
        "criteria-INITIAL_FORMS": "0",
        "criteria-0-name": "Motive",
        "criteria-0-weight": "100",
        "criteria-0-low": "None",
        "criteria-0-high": "Clear",
        **changes,
    }


def addresses(call: Call, application: Application) -> list[str]:
    return [
        reverse("exchanges:office"),
        reverse("exchanges:call_new"),
        reverse("exchanges:desk", args=[call.slug]),
        reverse("exchanges:eligible", args=[call.slug]),
        reverse("exchanges:eligibility", args=[application.pk]),
    ]


def test_office_pages_exist_for_the_office_alone(office: Client) -> None:
    call = make.open_call()
    application = make.endorsed(call)
    others = [person("Member", "PL"), make.contact_point("LV", "Second"), make.coordinator("NL"), application.applicant]
    for address in addresses(call, application):
        assert office.get(address).status_code == 200
        assert Client().get(address).headers["Location"] == f"/accounts/login/?next={address}"
        for other in others:
            assert sign_in(Client(), other).get(address).status_code == 404
    assert sign_in(Client(), others[0]).post(reverse("exchanges:call_open", args=[call.slug])).status_code == 404


def test_draft_a_call_and_change_it(office: Client) -> None:
    response = office.post(reverse("exchanges:call_new"), posted())

    assert response.headers["Location"] == "/exchanges/office/calls/2027-1/"
    call = Call.objects.get()
    assert (call.state, call.closes_at) == ("draft", dt.datetime(2027, 1, 29, 22, 59, 59, tzinfo=dt.UTC))
    assert [(row.name, row.weight) for row in call.criteria.all()] == [("Motive", 100)]

    edit = reverse("exchanges:call_edit", args=[call.slug])
    assert 'value="2027-01-29"' in text(office.get(edit))
    office.post(edit, posted(title="Another title", **{"criteria-INITIAL_FORMS": "1"}))
    call.refresh_from_db()
    assert (call.title, call.slug, call.criteria.count()) == ("Another title", "2027-1", 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"summary": "x" * 10_000}, "at most 1500 characters; these are 10000"),
        ({"opens_on": "soon"}, "Give a date, for example 2027-01-29."),
        ({"decision_on": "2027-01-15"}, "Decision by: this day lies before the one above."),
        ({"closes_on": "2026-11-30"}, "The deadline lies in the past. Choose a later day."),
        ({"seats": "0"}, "greater than or equal to 1"),
        ({"seats": "99999999999"}, "less than or equal to"),
        ({"threshold": "101"}, "less than or equal to 100"),
        ({"criteria-0-weight": ""}, "Give its weight"),
        ({"criteria-0-weight": "many"}, "Enter a whole number."),
        ({"rates": "999999"}, "not one of the available choices"),
        ({"number": ""}, "Fill in “Number”"),
        ({"number": "2026/9"}, "There is a call 2026/9 already."),
    ],
)
def test_a_wrong_call_is_told_and_nothing_is_saved(office: Client, changes, words) -> None:
    make.draft_call("2026/9")
    response = office.post(reverse("exchanges:call_new"), posted(**changes))

    assert response.status_code == 400
    assert words in text(response)
    assert 'class="mend"' in text(response)
    assert Call.objects.count() == 1


def test_a_call_without_the_count_of_criteria_is_told(office: Client) -> None:
    data = posted()
    del data["criteria-TOTAL_FORMS"]
    assert office.post(reverse("exchanges:call_new"), data).status_code == 400


def test_an_open_call_cannot_be_edited(office: Client) -> None:
    call = make.open_call()
    response = office.get(reverse("exchanges:call_edit", args=[call.slug]))
    assert response.status_code == 409
    assert "The call has opened." in text(response)


def test_desk_of_a_draft_lists_what_is_missing_and_opens_it(office: Client) -> None:
    call = make.draft_call()
    desk, opening = reverse("exchanges:desk", args=[call.slug]), reverse("exchanges:call_open", args=[call.slug])

    assert "No host week is published yet." in text(office.get(desk))
    assert "Open the call" not in text(office.get(desk))
    response = office.post(opening)
    assert (response.status_code, "No host week is published yet." in text(response)) == (409, True)

    make.published_offer(call)
    assert "Open the call" in text(office.get(desk))
    assert office.post(opening).headers["Location"] == desk
    assert Call.objects.get().state == "open"
    assert office.post(opening).status_code == 409


def test_desk_counts_how_far_applications_are_and_filters_them(office: Client) -> None:
    call = make.open_call()
    make.draft(call, person("Drafting", "LV"))
    make.sent(call, person("Sending", "LV"))
    make.endorsed(call, person("Endorsed One", "PL"), rank=1)
    desk = reverse("exchanges:desk", args=[call.slug])

    page = text(office.get(desk))
    assert "<b>2</b><span>Submitted</span>" in page
    assert "<b>1</b><span>Endorsed</span>" in page
    assert "1 still a draft" in page
    assert ("Sending" in page, "Endorsed One" in page, "Drafting" in page) == (True, True, False)

    page = text(office.get(f"{desk}?state=endorsed"))
    assert (">Sending<" in page, ">Endorsed One<" in page) == (False, True)
    assert "?country=PL&amp;state=endorsed#applications-h" in page
    page = text(office.get(f"{desk}?country=LV"))
    assert "From: Latvia" in page
    assert (">Sending<" in page, ">Endorsed One<" in page) == (True, False)
    assert office.get(f"{desk}?state=nonsense&country=%00&page=9999").status_code == 200
    assert office.get("/exchanges/office/calls/nothing/").status_code == 404


def test_desk_is_sorted_by_its_address_and_keeps_its_filters(office: Client) -> None:
    call = make.open_call()
    for name, country, rank in (("Zofia", "PL", 2), ("Anna", "LV", None), ("Marta", "PL", 1)):
        make.endorsed(call, person(name, country), rank=rank)
    desk = reverse("exchanges:desk", args=[call.slug])

    def order(query: str) -> list[str]:
        rows = office.get(f"{desk}?{query}").context["table"].cells
        return [row[1].text for row in rows]

    assert order("sort=applicant") == ["Anna", "Marta", "Zofia"]
    assert order("sort=-applicant") == ["Zofia", "Marta", "Anna"]
    assert order("sort=from")[0] == "Anna"
    assert order("sort=-nonsense") == order("")
    page = text(office.get(f"{desk}?state=endorsed&sort=applicant&page=1"))
    assert 'aria-sort="ascending"><a href="?state=endorsed&amp;sort=-applicant#applications">' in page


def test_review_begins_from_the_desk_when_all_are_screened(office: Client) -> None:
    call = make.open_call()
    make.endorsed(call)
    begin = reverse("exchanges:begin_review", args=[call.slug])
    with clock.at(call.closes_at + dt.timedelta(seconds=1)):
        door.perform(thing=call, verb="close", by=SYSTEM)
        response = office.post(begin)
        assert (response.status_code, "1 application is still waiting" in text(response)) == (409, True)
        office.post(reverse("exchanges:eligibility", args=[Application.objects.get().pk]))
        assert "Begin the review" in text(office.get(reverse("exchanges:desk", args=[call.slug])))
        assert office.post(begin).status_code == 302
    assert Call.objects.get().state == "review"


def test_eligibility_shows_each_rule_in_words_and_confirms(office: Client) -> None:
    application = make.endorsed(make.open_call(), rank=1)
    address = reverse("exchanges:eligibility", args=[application.pk])

    page = text(office.get(address))
    assert "Every rule is passed." in page
    assert "Shift leader, 6 years of leading shifts." in page
    assert "Four people, two alarms an hour." in page

    assert office.post(address).status_code == 302
    assert Application.objects.get().state == "eligible"
    assert "As the office confirmed it." in text(office.get(address))
    again = office.post(address)
    assert (again.status_code, "it is now “Eligible”" in text(again)) == (409, True)


def test_eligibility_on_oneself_is_refused_with_its_reason() -> None:
    secretary = make.office()
    make.contact_point("PL")
    application = make.endorsed(make.open_call(), secretary)
    client = sign_in(Client(), secretary)

    response = client.post(reverse("exchanges:eligibility", args=[application.pk]))

    assert response.status_code == 403
    assert "Only the programme office can do this." in text(response)


def test_bulk_confirms_exactly_who_was_shown(office: Client) -> None:
    call = make.open_call()
    good = make.endorsed(call, person("Good", "LV"))
    bad = make.endorsed(call, person("Bad", "LV"))
    Application.objects.filter(pk=bad.pk).update(manager_consents=False)
    address = reverse("exchanges:eligible", args=[call.slug])

    page = text(office.get(address))
    assert "One endorsed application passes every rule. One does not." in page
    assert "Line manager agrees: No consent of a named line manager." in page

    response = office.post(address, {"application": [good.pk, bad.pk]})
    assert (response.status_code, "Nobody was confirmed." in text(response)) == (409, True)
    assert office.post(address, {"application": [good.pk]}).status_code == 302
    assert dict(Application.objects.values_list("pk", "state")) == {good.pk: "eligible", bad.pk: "endorsed"}
    assert office.post(address, {"application": ["x", ""]}).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("office", 15), ("desk", 20), ("eligible", 22), ("eligibility", 25)])
def test_office_pages_ask_few_queries(office: Client, django_assert_num_queries, count, name, queries) -> None:
    call = make.open_call(weeks=count)
    rows = [make.endorsed(call, person(f"Applicant {number}", "LV")) for number in range(count)]
    args = {"office": [], "eligibility": [rows[0].pk]}.get(name, [call.slug])
    address = reverse(f"exchanges:{name}", args=args)
    office.get(address)
    with django_assert_num_queries(queries):
        office.get(address)


def test_what_waits_for_the_office() -> None:
    from portal.web.registries import waiting_for

    call = make.open_call()
    secretary = viewer(make.office())
    assert [item.title for item in waiting_for(secretary)] == []
    make.endorsed(call)
    assert [item.title for item in waiting_for(secretary)] == ["Exchange call 2027/1: confirm eligibility"]
