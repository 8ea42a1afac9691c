"""The page on which one chooses one's mails."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from portal.access import clock
from portal.community.models import Person
from portal.journal.door import history
from portal.outbox import kinds, post, preferences
from portal.outbox.models import Choice, MailPreference
from tests import factories

pytestmark = pytest.mark.django_db


def all_now() -> dict[str, str]:
    """What a member without a role chooses at first."""
    return {group.key: "now" for group in kinds.groups() if group.chosen_here and not group.roles}


@pytest.fixture
def member(client: Client) -> Person:
    person = factories.person("Anna Wzorowa", email="anna@example.org")
    factories.sign_in(client, person)
    return person


def test_page_shows_every_group_in_plain_words(client: Client, member: Person) -> None:
    words = client.get("/account/mails/").content.decode()
    for group in kinds.groups():
        assert (group.label in words) == (not group.roles)
        assert (f'name="{group.key}"' in words) == (group.chosen_here and not group.roles)
    assert "at seven in the morning, Brussels time" in words
    assert "names a deadline less than two days after the next daily mail comes at once" in words
    assert re.findall(r'value="(\w+)"[^>]* checked', words[words.index("<main") : words.index("</main>")]) == [
        "now"
    ] * len(all_now())


def test_a_group_for_a_role_is_offered_to_those_who_hold_it(client: Client) -> None:
    factories.sign_in(client, factories.person("Piotr Kontakt", roles=[("ncp", "country:PL")]))
    assert 'name="people"' in client.get("/account/mails/").content.decode()
    client.post("/account/mails/", {**all_now(), "people": "daily"})
    assert MailPreference.objects.get().group == "people"


def test_a_group_for_a_role_cannot_be_chosen_without_it(client: Client, member: Person) -> None:
    client.post("/account/mails/", {**all_now(), "people": "never"})
    assert not MailPreference.objects.exists()


def test_a_choice_is_kept_journalled_and_shown(client: Client, member: Person) -> None:
    page = client.post("/account/mails/", {**all_now(), "applications": "daily", "around": "never"}, follow=True)
    assert "Your choice is kept." in page.content.decode()
    assert sorted(MailPreference.objects.values_list("user_id", "group", "choice")) == [
        (member.user_id, "applications", "daily"),
        (member.user_id, "around", "never"),
    ]
    entry = history(member.user).get(verb="mails_chosen")
    assert entry.detail.data == {"applications": "daily", "around": "never"}
    assert "one in the daily mail and one never" in client.get("/account/").content.decode()
    again = client.post("/account/mails/", {**all_now(), "applications": "daily", "around": "never"}, follow=True)
    assert "Nothing was changed" in again.content.decode()
    assert history(member.user).filter(verb="mails_chosen").count() == 1


def test_a_choice_that_there_is_not(client: Client, member: Person) -> None:
    page = client.post("/account/mails/", {**all_now(), "applications": "sometimes", "security": "never"})
    assert "One answer needs you" in page.content.decode()
    assert not MailPreference.objects.exists()


def test_security_cannot_be_chosen(client: Client, member: Person) -> None:
    client.post("/account/mails/", {**all_now(), "security": "never", "updates": "never"})
    assert not MailPreference.objects.exists()


def test_what_is_collected_is_said(client: Client, member: Person) -> None:
    MailPreference.objects.create(user=member.user, group="applications", choice=Choice.DAILY)
    post.post_text(to="anna@example.org", user_id=member.user_id, subject="Hello", body="x", kind="exchanges_receipt")
    words = client.get("/account/mails/").content.decode()
    assert "One mail waits for the daily mail of" in words
    assert preferences.next_daily(clock.now()) is not None


def test_one_persons_choice_is_not_anothers(client: Client, member: Person) -> None:
    other = factories.person("Jan Przykład")
    MailPreference.objects.create(user=other.user, group="applications", choice=Choice.NEVER)
    assert 'value="never" id="id_applications_2" checked' not in client.get("/account/mails/").content.decode()
    client.post("/account/mails/", {**all_now(), "decisions": "daily"})
    assert MailPreference.objects.get(user=other.user).choice == Choice.NEVER


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_many_mails_wait(client: Client, member: Person, count, django_assert_num_queries):
    MailPreference.objects.create(user=member.user, group="applications", choice=Choice.DAILY)
    for _ in range(count):
        post.post_text(
            to="anna@example.org", user_id=member.user_id, subject="Hello", body="x", kind="exchanges_receipt"
        )
    with django_assert_num_queries(11):
        client.get("/account/mails/")
