"""The pages beside the straight way: confirming an address, the password again, signing out, a closed account."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.test import Client

from portal.access.viewer import SYSTEM
from portal.accounts.domain import enrolment
from portal.accounts.models import Purpose, User
from portal.community.models import Person
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import first_step


def test_unconfirmed_address_gets_a_link_and_no_second_step_before(client: Client, enrolled: Person, settings) -> None:
    EmailAddress.objects.update(verified=False)
    sent = first_step(client, enrolled.user)
    assert sent.url == "/accounts/confirm-email/"
    assert "We have sent you a link" in client.get(sent.url).content.decode()
    mail = Mail.objects.get()
    assert (mail.kind, mail.to_address) == ("account_email_confirmation", "maja@example.org")
    link = next(line for line in mail.body.splitlines() if line.startswith("http"))
    path = link.removeprefix(settings.SITE_URL)
    assert "maja@example.org" in client.get(path).content.decode()
    assert EmailAddress.objects.get().verified is False
    client.post(path)
    assert EmailAddress.objects.get().verified is True
    assert "_auth_user_id" not in client.session
    assert first_step(client, enrolled.user).url == "/accounts/second-factor/"


def test_unknown_confirmation_link_shows_the_way_on(client: Client, db: None) -> None:
    words = client.get("/accounts/confirm-email/abc/").content.decode()
    assert "This link opens nothing" in words
    assert 'href="/accounts/login/"' in words


def test_password_again_is_asked_and_checked(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    page = client.get("/accounts/reauthenticate/?next=/waiting/")
    assert "Your password again" in page.content.decode()
    wrong = client.post("/accounts/reauthenticate/", {"password": "wrong wrong wrong wrong"})
    assert "This is not your password." in wrong.content.decode()
    right = client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD, "next": "/waiting/"})
    assert right.url == "/waiting/"


def test_sign_out_by_a_plain_link_asks_first(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert "This ends your session in this browser only." in client.get("/accounts/logout/").content.decode()
    assert "_auth_user_id" in client.session


def test_closed_account_is_told_so_and_gets_no_session(client: Client, enrolled: Person) -> None:
    User.objects.update(is_active=False)
    page = client.get(first_step(client, enrolled.user).url)
    assert "This account is closed" in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_second_factor_page_of_a_verified_session_goes_on(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert client.get("/accounts/second-factor/?next=/exchanges/").url == "/exchanges/"
    assert client.get("/accounts/second-factor/?next=https://evil.example/").url == "/waiting/"
    assert client.get("/accounts/enrol/device/").url == "/accounts/second-factor/"


def test_start_again_signs_out_a_session_without_a_second_factor(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled, verified=False)
    assert client.post("/accounts/second-factor/again/").url == "/accounts/login/"
    assert "_auth_user_id" not in client.session


def test_opening_a_link_drops_a_sign_in_that_waits_for_its_code(
    client: Client, enrolled: Person, newcomer: User
) -> None:
    first_step(client, enrolled.user)
    issued = enrolment.issue_grant(user=newcomer, purpose=Purpose.RECOVERY, by=SYSTEM)
    opened = client.post("/accounts/" + issued.url.split("/accounts/", 1)[1])
    assert opened.url == "/accounts/enrol/password/"
    assert client.get("/accounts/second-factor/").status_code == 400


def test_waiting_sign_in_of_another_account_cannot_use_an_opened_link(
    client: Client, enrolled: Person, newcomer: User
) -> None:
    issued = enrolment.issue_grant(user=newcomer, purpose=Purpose.RECOVERY, by=SYSTEM)
    client.post("/accounts/" + issued.url.split("/accounts/", 1)[1])
    first_step(client, enrolled.user)
    page = client.get("/accounts/enrol/device/")
    assert page.status_code == 410
    assert "The link was opened somewhere else" in page.content.decode()
