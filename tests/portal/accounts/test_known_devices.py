"""A sign-in from a browser that was not seen before."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from portal.access import clock
from portal.accounts.models import KnownDevice
from portal.accounts.tasks import clear_sessions
from portal.community.models import Person
from portal.journal import door
from portal.outbox.models import Mail
from tests.portal.accounts.telephone import code_of, first_step, second_step

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"


def sign_in(browser: Client, member: Person, machine) -> None:
    """Give both steps, each time with a fresh code."""
    machine.shift(60)
    first_step(browser, member.user)
    assert second_step(browser, code_of(member.user)).status_code == 302


def letters() -> list[str]:
    return [mail.to_address for mail in Mail.objects.filter(kind="new_device").order_by("pk")]


def test_first_sign_in_of_all_tells_nobody(client: Client, enrolled: Person, machine) -> None:
    sign_in(client, enrolled, machine)
    assert letters() == []
    assert KnownDevice.objects.get().user == enrolled.user


def test_sign_in_from_another_browser_is_told_at_every_known_address(enrolled: Person, machine) -> None:
    EmailAddress.objects.create(user=enrolled.user, email="maja.private@example.org", verified=True)
    sign_in(Client(), enrolled, machine)
    sign_in(Client(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="193.58.12.7"), enrolled, machine)
    assert sorted(letters()) == ["maja.private@example.org", "maja@example.org"]
    body = Mail.objects.filter(kind="new_device").first().body
    assert "Firefox on Windows, network 193.58.12.x" in body
    assert "193.58.12.7" not in body
    assert "/account/sessions/" in body
    assert door.history(enrolled.user).last().verb == "new_device"


def test_same_browser_is_known_also_from_another_network(enrolled: Person, machine) -> None:
    browser = Client()
    sign_in(browser, enrolled, machine)
    mark = browser.cookies["known"].value
    browser.post("/accounts/logout/")
    browser.defaults["REMOTE_ADDR"] = "203.0.113.9"
    sign_in(browser, enrolled, machine)
    assert letters() == []
    assert browser.cookies["known"].value == mark
    assert KnownDevice.objects.count() == 1


def test_browser_known_to_one_person_is_new_to_another(enrolled: Person, machine) -> None:
    from portal.accounts.models import AuthenticatorDevice
    from tests import factories

    other = factories.person("Jan", email="jan@example.org")
    AuthenticatorDevice.objects.create(user=other.user, name="Telephone")
    sign_in(Client(), other, machine)
    browser = Client()
    sign_in(browser, enrolled, machine)
    browser.post("/accounts/logout/")
    sign_in(browser, other, machine)
    assert letters() == ["jan@example.org"]


def test_mark_is_random_kept_as_a_digest_and_out_of_reach_of_scripts(client: Client, enrolled: Person, machine) -> None:
    sign_in(client, enrolled, machine)
    cookie = client.cookies["known"]
    assert (len(cookie.value), cookie["httponly"], cookie["samesite"]) == (43, True, "Lax")
    assert KnownDevice.objects.filter(mark=cookie.value).exists() is False


@pytest.mark.parametrize("carried", ["", "x", "'; drop table", "é" * 43])
def test_mark_of_anothers_making_is_replaced(enrolled: Person, machine, carried: str) -> None:
    browser = Client()
    if carried.isascii():
        browser.cookies["known"] = carried
    sign_in(browser, enrolled, machine)
    assert browser.cookies["known"].value != carried
    assert len(browser.cookies["known"].value) == 43


def test_browser_not_seen_for_a_year_is_new_again(client: Client, enrolled: Person, machine) -> None:
    sign_in(client, enrolled, machine)
    enrolled.user.last_login = clock.now()
    enrolled.user.save()
    client.post("/accounts/logout/")
    machine.shift(366 * 86_400)
    clear_sessions()
    assert KnownDevice.objects.count() == 0
    sign_in(client, enrolled, machine)
    assert letters() == ["maja@example.org"]


def test_wrong_code_makes_no_browser_known(client: Client, enrolled: Person, machine) -> None:
    first_step(client, enrolled.user)
    second_step(client, "12")
    assert KnownDevice.objects.count() == 0
    assert "known" not in client.cookies
