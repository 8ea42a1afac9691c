"""The contact point's desk."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.models import Application
from portal.outbox.models import Mail
from portal.web.registries import waiting_for
from tests.exchanges import factories as make
from tests.exchanges.views.test_public import text
from tests.factories import person, sign_in, viewer

pytestmark = pytest.mark.django_db

LIST = "/exchanges/endorsements/"


@pytest.fixture
def speaker() -> Client:
    return sign_in(Client(), make.contact_point("LV"))


@pytest.fixture
def application() -> Application:
    return make.sent(make.open_call(), person("Ilze Paraugs", "LV", languages={"en": "C1"}))


def url(application: Application) -> str:
    return reverse("exchanges:endorsement", args=[application.pk])


def test_the_list_says_since_when_and_until_when(speaker, application) -> None:
    page = text(speaker.get(LIST))
    assert "One application waits for the word of Latvia." in page
    assert "Ilze Paraugs" in page
    assert "First wish: Helsinki, week 17." in page
    assert "Due Friday 11 December 2026, 11:00 Brussels time, in 10 days." in page
    assert "Seen by the contact points of Latvia and the office" in page


def test_only_the_own_countrys_contact_points_find_it(speaker, application) -> None:
    assert speaker.get(url(application)).status_code == 200
    assert sign_in(Client(), make.contact_point("LV", "Deputy", "ncp_deputy")).get(url(application)).status_code == 200
    for other in (make.contact_point("PL"), person("Member", "LV"), make.office(), make.coordinator("FI")):
        client = sign_in(Client(), other)
        assert client.get(url(application)).status_code == 404
        assert client.post(url(application), {"endorse": "1"}).status_code == 404
    assert Client().get(url(application)).status_code == 302
    assert Application.objects.get().state == "submitted"


def test_a_draft_is_not_shown_to_the_contact_point(speaker) -> None:
    draft = make.complete(make.open_call())
    assert speaker.get(url(draft)).status_code == 404
    assert "Ilze Paraugs" not in text(speaker.get(LIST))


def test_every_answer_is_read_before_the_word_is_given(speaker, application) -> None:
    page = text(speaker.get(url(application)))
    for words in (
        "Four people, two alarms an hour.",
        "See how neighbours are alerted.",
        "Māra Vadītāja",
        "Helsinki, Finland",
        "Waits for your word until Friday 11 December 2026, 11:00 Brussels time.",
    ):
        assert words in page


def test_endorse_with_rank_and_comment(speaker, application) -> None:
    response = speaker.post(url(application), {"endorse": "1", "national_rank": "1", "comment": "Our best."})

    assert response.headers["Location"] == LIST
    row = Application.objects.get()
    assert (row.state, row.national_rank, row.comment) == ("endorsed", 1, "Our best.")
    assert Mail.objects.filter(kind="exchanges_endorsed").count() == 1
    again = speaker.post(url(application), {"endorse": "1"})
    assert (again.status_code, "it is now “Endorsed”" in text(again)) == (409, True)
    assert "Endorsed" in text(speaker.get(LIST))


def test_a_rank_that_is_taken_keeps_what_was_typed(speaker, application) -> None:
    second = make.sent(application.call, person("Second", "LV"))
    speaker.post(url(application), {"endorse": "1", "national_rank": "1"})

    response = speaker.post(url(second), {"endorse": "1", "national_rank": "1", "comment": "Typed words"})

    assert response.status_code == 409
    assert "Rank 1 is Ilze Paraugs’s. Choose another." in text(response)
    assert "Typed words" in text(response)
    assert 'value="2"' in text(speaker.get(url(second)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"endorse": "1", "national_rank": "first"}, "Give the rank as a whole number, for example 1."),
        ({"endorse": "1", "national_rank": "0"}, "Ranks start at 1."),
        ({"endorse": "1", "comment": "x" * 10_000}, "at most 1500 characters; these are 10000"),
        ({"return": "1", "return_comment": " "}, "Say in a sentence what should be different."),
        ({"decline": "1", "reason": ""}, "Say in a sentence why."),
        ({"decline": "1", "reason": "x" * 10_000}, "at most 1500 characters; these are 10000"),
    ],
)
def test_a_wrong_answer_is_told_and_changes_nothing(speaker, application, data, words) -> None:
    response = speaker.post(url(application), data)
    assert response.status_code == 400
    assert words in text(response)
    assert Application.objects.get().state == "submitted"


def test_a_post_without_a_button_is_told(speaker, application) -> None:
    response = speaker.post(url(application), {})
    assert (response.status_code, "Choose whether you endorse it" in text(response)) == (409, True)


def test_return_and_decline(speaker, application) -> None:
    speaker.post(url(application), {"return": "1", "return_comment": "Say more."})
    assert (Application.objects.get().state, Application.objects.get().comment) == ("returned", "Say more.")
    second = make.sent(application.call, person("Second", "LV"))
    speaker.post(url(second), {"decline": "1", "reason": "No shift to spare."})
    second.refresh_from_db()
    assert (second.state, second.comment) == ("not_endorsed", "No shift to spare.")
    assert sorted(
        Mail.objects.filter(kind__in=["exchanges_returned", "exchanges_not_endorsed"]).values_list("kind", flat=True)
    ) == [
        "exchanges_not_endorsed",
        "exchanges_returned",
    ]


def test_an_own_application_is_left_to_the_deputy() -> None:
    own = make.contact_point("LV")
    application = make.sent(make.open_call(), own)
    client = sign_in(Client(), own)

    assert "This is your own; your deputy answers it" in text(client.get(LIST))
    assert "Endorse the application" not in text(client.get(url(application)))
    response = client.post(url(application), {"endorse": "1"})
    assert (response.status_code, "other than the applicant" in text(response)) == (403, True)
    assert waiting_for(viewer(own)) == []


def test_what_waits_for_contact_point_and_applicant(speaker, application) -> None:
    deputy = viewer(make.contact_point("LV", "Deputy", "ncp_deputy"))
    items = waiting_for(deputy)
    assert [(item.title, item.since, item.until) for item in items] == [
        ("Ilze Paraugs waits for your endorsement", make.NOW, make.NOW + dt.timedelta(days=10))
    ]
    assert waiting_for(viewer(make.contact_point("PL"))) == []

    assert waiting_for(viewer(application.applicant)) == []
    speaker.post(url(application), {"return": "1", "return_comment": "Say more."})
    items = waiting_for(viewer(application.applicant))
    assert [(item.title, item.until) for item in items] == [
        ("Your application 2027/1-001 came back to you", application.call.closes_at)
    ]
    draft = make.draft(application.call, person("Drafting", "LV"))
    items = waiting_for(viewer(draft.applicant))
    assert [(item.title, item.until) for item in items] == [
        ("Your application to Exchange call 2027/1 is a draft", application.call.closes_at)
    ]


def test_the_application_page_leads_each_to_the_own_view(speaker, application) -> None:
    address = application.get_absolute_url()
    assert speaker.get(address).headers["Location"] == url(application)
    office = sign_in(Client(), make.office())
    assert office.get(address).headers["Location"] == reverse("exchanges:eligibility", args=[application.pk])
    assert sign_in(Client(), make.contact_point("PL")).get(address).status_code == 404
    assert sign_in(Client(), application.applicant).get(address).status_code == 200


def test_a_reviewer_reads_no_personal_sections(application) -> None:
    reviewer = person("Reviewer", "ES", roles=[("reviewer", "")])
    address = application.get_absolute_url()
    client = sign_in(Client(), reviewer)
    assert client.get(address).status_code == 404

    application.reviews.create(reviewer=reviewer, assigned_at=make.NOW)
    page = text(client.get(address))

    assert "See how neighbours are alerted." in page
    for words in ("Māra Vadītāja", "A friend", "+371 20000000", "+371 21111111"):
        assert words not in page


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("endorsements", 14), ("endorsement", 21)])
def test_the_desk_asks_few_queries(speaker, django_assert_num_queries, count, name, queries) -> None:
    call = make.open_call(weeks=count)
    rows = [make.sent(call, person(f"Applicant {number}", "LV")) for number in range(count)]
    address = reverse(f"exchanges:{name}", args=[rows[0].pk] if name == "endorsement" else [])
    speaker.get(address)
    with django_assert_num_queries(queries):
        speaker.get(address)
