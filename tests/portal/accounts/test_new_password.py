"""Changing the password from within the account."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from portal.accounts.models import User
from portal.community.models import Person
from portal.journal.door import history
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import first_step

NEW = "four lamps over the long desk"


@pytest.fixture(autouse=True)
def counters() -> None:
    cache.clear()


def send(client: Client, present: str = factories.PASSWORD, first: str = NEW, second: str = NEW):
    return client.post("/account/password/", {"present_password": present, "password1": first, "password2": second})


def test_a_new_password_ends_every_session_and_is_told_at_every_address(client: Client, enrolled: Person) -> None:
    EmailAddress.objects.create(user=enrolled.user, email="maja@second.example", verified=True)
    EmailAddress.objects.create(user=enrolled.user, email="maja@unproved.example", verified=False)
    elsewhere = factories.sign_in(Client(), enrolled)
    factories.sign_in(client, enrolled)
    assert client.get("/account/password/").status_code == 200
    answer = send(client)
    assert (answer.status_code, answer.url) == (302, "/accounts/login/")
    assert "Your new password holds." in client.get(answer.url).content.decode()
    assert client.get("/account/").status_code == 302
    assert elsewhere.get("/account/").status_code == 302
    assert sorted(Mail.objects.filter(kind="password_changed").values_list("to_address", flat=True)) == [
        "maja@example.org",
        "maja@second.example",
    ]
    assert "password_changed" in [entry.verb for entry in history(enrolled.user)]
    assert first_step(client, enrolled.user, NEW).url == "/accounts/second-factor/"
    assert first_step(Client(), enrolled.user).status_code == 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("not the password at all", NEW, NEW), "This is not your present password."),
        (("", NEW, NEW), "Fill in “Present password”"),
        ((factories.PASSWORD, "too short", "too short"), "This password is too short."),
        ((factories.PASSWORD, NEW, NEW + "!"), "The two passwords differ."),
        ((factories.PASSWORD, factories.PASSWORD, factories.PASSWORD), "This is the password that you have already."),
        ((factories.PASSWORD, "123456789987654321", "123456789987654321"), "This password is too common."),
    ],
)
def test_a_password_that_will_not_do(client: Client, enrolled: Person, typed, said) -> None:
    factories.sign_in(client, enrolled)
    page = send(client, *typed)
    assert said in page.content.decode()
    assert "Nothing was changed. Type the passwords again." in page.content.decode()
    assert NEW not in page.content.decode()
    assert User.objects.get(pk=enrolled.user_id).check_password(factories.PASSWORD)
    assert client.get("/account/").status_code == 200


def test_it_wants_a_fresh_second_factor(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled, fresh=False)
    page = client.get("/account/password/")
    assert (page.status_code, page.url) == (302, "/accounts/step-up/?next=%2Faccount%2Fpassword%2F")
    answer = send(client)
    assert NEW not in answer.content.decode()
    assert User.objects.get(pk=enrolled.user_id).check_password(factories.PASSWORD)


def test_guessing_the_present_password_is_slowed_down(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert [send(client, f"a wrong password {n}").status_code for n in range(6)] == [200, 200, 200, 200, 200, 429]
    assert send(client).status_code == 429
    assert User.objects.get(pk=enrolled.user_id).check_password(factories.PASSWORD)
