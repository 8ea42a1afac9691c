"""The contact page: which questions it asks, who gets the answers, what is kept and what is refused."""

import datetime as dt
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from portal.access import clock
from portal.access.pages import set_page_rule
from portal.community.models import Group
from portal.journal.models import Entry
from portal.outbox.models import Mail
from portal.pages.domain.contact import About, forget_old_messages
from portal.pages.models import ContactPage, ContactTopic
from tests import content, factories

pytestmark = pytest.mark.django_db

GIVEN = {"about": "other", "name": "Mia Muster", "email": "mia@service.example", "message": "A question."}
JOIN = {**GIVEN, "about": "join", "service": "Police of Finland", "function": "Shift leader", "country": "FI"}


@pytest.fixture
def contact() -> ContactPage:
    page = ContactPage(title="Contact", slug="contact", lead="Write to us.")
    page.topics = [
        ContactTopic(about=about, answered_by=f"Who answers {about}", sort_order=order)
        for order, about in enumerate(About.values)
    ]
    content.home().add_child(instance=page)
    factories.person("Olga Office", roles=[("office", "")], email="office@portal.example")
    return page


def send(client: Client, **given: Any) -> Any:
    return client.post("/contact/send/", given)


def letters() -> list[tuple[str, str]]:
    return sorted(Mail.objects.values_list("to_address", "kind"))


def test_page_says_who_answers_what(contact: ContactPage, client: Client) -> None:
    html = client.get("/contact/").content.decode()
    assert html.count('<dt><a href="/contact/?about=') == len(About)
    assert '<a href="/contact/?about=join#write">Joining the community</a></dt><dd>Who answers join answers.' in html
    assert '<form method="post" action="/contact/send/"' not in html


@pytest.mark.parametrize(
    ("about", "asked"),
    [
        ("other", ["name", "email", "message"]),
        ("join", ["name", "email", "service", "function", "country", "message"]),
        ("group", ["name", "email", "group", "message"]),
    ],
)
def test_form_asks_what_the_subject_needs(about: str, asked: list[str], contact: ContactPage, client: Client) -> None:
    page = client.get(f"/contact/?about={about}")
    assert [field.name for field in page.context["form"].asked] == asked
    assert page.cookies.output() == ""


def test_unknown_subject_shows_the_subjects(contact: ContactPage, client: Client) -> None:
    assert client.get("/contact/?about=spam").context["form"] is None
    assert send(client, **{**GIVEN, "about": "spam"}).url == "/contact/"
    assert client.get("/contact/send/").url == "/contact/"


def test_message_reaches_the_office_and_a_receipt_the_sender(contact: ContactPage, client: Client) -> None:
    answer = send(client, **GIVEN)
    first = Mail.objects.get(kind="contact_message")
    reference = str(first.pk)[:8].upper()
    assert answer.url == f"/contact/?sent={reference}&to=office"
    assert letters() == [("mia@service.example", "contact_receipt"), ("office@portal.example", "contact_message")]
    assert first.subject == "Something else: Mia Muster"
    assert "A question." in first.body
    assert "Answer to: mia@service.example" in first.body
    html = client.get(answer.url).content.decode()
    assert f"Your reference<b>{reference}</b>" in html
    assert "The programme office has it." in html


def test_receipt_repeats_nothing_that_was_typed(contact: ContactPage, client: Client) -> None:
    send(client, **{**GIVEN, "name": "Buy now", "message": "http://spam.example"})
    receipt = Mail.objects.get(kind="contact_receipt")
    assert "Something else" in receipt.body
    assert "Buy now" not in receipt.subject + receipt.body
    assert "spam.example" not in receipt.subject + receipt.body


def test_page_may_name_an_address_of_the_office(contact: ContactPage, client: Client) -> None:
    contact.office_email = "desk@portal.example"
    contact.save()
    send(client, **GIVEN)
    assert letters() == [("desk@portal.example", "contact_message"), ("mia@service.example", "contact_receipt")]


def test_request_to_join_reaches_the_contact_points_of_that_country(contact: ContactPage, client: Client) -> None:
    factories.person("Finn", "FI", roles=[("ncp", "country:FI")], email="ncp@fi.example")
    factories.person("Fia", "FI", roles=[("ncp_deputy", "country:FI")], email="deputy@fi.example")
    factories.person("Lea", "LV", roles=[("ncp", "country:LV")], email="ncp@lv.example")
    answer = send(client, **JOIN)
    assert letters() == [
        ("deputy@fi.example", "contact_message"),
        ("mia@service.example", "contact_receipt"),
        ("ncp@fi.example", "contact_message"),
    ]
    body = Mail.objects.filter(kind="contact_message").first().body
    assert "Service: Police of Finland\nFunction: Shift leader\nCountry: Finland" in body
    assert "Your National Contact Point has it." in client.get(answer.url).content.decode()


def test_request_to_join_from_a_country_without_contact_point_reaches_the_office(
    contact: ContactPage, client: Client
) -> None:
    factories.country("FI")
    ended = factories.person("Finn", "FI", roles=[("ncp", "country:FI")], email="ncp@fi.example")
    ended.role_terms.update(ends_on=dt.date(2021, 1, 1))
    send(client, **JOIN)
    assert letters() == [("mia@service.example", "contact_receipt"), ("office@portal.example", "contact_message")]


def test_message_to_a_group_reaches_its_lead(contact: ContactPage, client: Client) -> None:
    group = factories.group("Green Policing", kind=Group.Kind.TIG)
    factories.person("Leo", roles=[("tig_leader", f"group:{group.pk}")], email="lead@group.example")
    send(client, **GIVEN | {"about": "group", "group": "green-policing"})
    assert letters() == [("lead@group.example", "contact_message"), ("mia@service.example", "contact_receipt")]


def test_form_begins_with_the_group_of_the_address(contact: ContactPage, client: Client) -> None:
    factories.group("Green Policing", kind=Group.Kind.TIG)
    html = client.get("/contact/?about=group&group=green-policing").content.decode()
    assert '<option value="green-policing" selected>Green Policing</option>' in html


def test_mistakes_keep_what_was_typed(contact: ContactPage, client: Client) -> None:
    answer = send(client, **{**JOIN, "email": "mia", "country": "", "message": "A long story."})
    html = answer.content.decode()
    assert answer.status_code == 400
    assert letters() == []
    assert "Two answers need you" in html
    assert '<a href="#contact_email">Give an e-mail address such as name@service.example</a>' in html
    assert '<a href="#contact_country">Choose an answer to “Country of your service”</a>' in html
    assert "A long story." in html
    assert 'value="Police of Finland"' in html
    assert answer.cookies.output() == ""


def test_same_message_twice_is_one(contact: ContactPage, client: Client) -> None:
    first, second = send(client, **GIVEN), send(client, **GIVEN)
    assert second.url == first.url
    assert Mail.objects.count() == 2
    assert Entry.objects.filter(verb="message_received").count() == 1


def test_journal_keeps_the_subject_and_no_words(contact: ContactPage, client: Client) -> None:
    send(client, **JOIN | {"country": factories.country("FI").code})
    entry = Entry.objects.select_related("detail").get(verb="message_received")
    assert entry.actor == "visitor"
    facts = dict(entry.detail.data)
    assert len(facts.pop("reference")) == 8
    assert facts == {"about": "join", "to": "office", "country": "FI"}


def test_machine_that_fills_in_everything_is_thanked_and_ignored(contact: ContactPage, client: Client) -> None:
    assert send(client, **GIVEN, website="http://spam.example").url == "/contact/?sent=00000000"
    assert letters() == []


def test_sixth_message_in_ten_minutes_waits_with_its_words(contact: ContactPage, client: Client) -> None:
    for number in range(5):
        assert send(client, **{**GIVEN, "message": f"Message {number}"}).status_code == 302
    answer = send(client, **{**GIVEN, "message": "The sixth story"})
    html = answer.content.decode()
    assert answer.status_code == 429
    assert "Several messages came from your network" in html
    assert "The sixth story" in html
    assert Mail.objects.filter(kind="contact_message").count() == 5


def test_form_without_anybody_to_read_it_says_so(client: Client) -> None:
    page = ContactPage(title="Contact", slug="contact")
    page.topics = [ContactTopic(about="other", answered_by="Nobody")]
    content.home().add_child(instance=page)
    answer = send(client, **GIVEN)
    assert answer.status_code == 503
    assert "Write to contact@enlets.eu instead" in answer.content.decode()
    assert (letters(), mail.outbox) == ([], [])


def test_hidden_contact_page_takes_no_message(contact: ContactPage, client: Client) -> None:
    set_page_rule(page=contact, tlp="TLP:GREEN", audience="members")
    assert send(client, **GIVEN).status_code == 404
    assert letters() == []


def test_member_finds_name_and_address_filled_in(contact: ContactPage, client: Client) -> None:
    person = factories.person("Jan Przykład", email="jan@service.example")
    factories.sign_in(client, person)
    html = client.get("/contact/?about=other").content.decode()
    assert 'value="Jan Przykład"' in html
    assert 'value="jan@service.example"' in html


def test_session_without_second_factor_may_write(contact: ContactPage, client: Client) -> None:
    factories.sign_in(client, factories.person(), verified=False)
    assert send(client, **GIVEN).url.startswith("/contact/?sent=")


@pytest.mark.parametrize("reference", ["<b>x</b>", "12345", "ZZZZZZZZ", "ABCDEF12\n"])
def test_confirmation_shows_nothing_but_a_reference(reference: str, contact: ContactPage, client: Client) -> None:
    assert client.get("/contact/", {"sent": reference}).context["reference"] == ""


def test_messages_are_removed_after_a_year(contact: ContactPage, client: Client) -> None:
    send(client, **GIVEN)
    Mail.objects.create(to_address="a@b.example", subject="x", body="x", kind="other", created_at=clock.now())
    Mail.objects.update(created_at=clock.now() - dt.timedelta(days=364))
    assert forget_old_messages() == 0
    Mail.objects.update(created_at=clock.now() - dt.timedelta(days=366))
    assert forget_old_messages() == 2
    assert [left.kind for left in Mail.objects.all()] == ["other"]


def test_message_needs_no_token_and_leaves_no_cookie(contact: ContactPage) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = send(strict, **GIVEN)
    assert answer.status_code == 302
    assert answer.cookies.output() == ""
