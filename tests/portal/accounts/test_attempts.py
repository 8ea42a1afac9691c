"""Wrong passwords: counted so that they end somewhere, and so that a stranger's do not lock the owner out."""

from __future__ import annotations

import threading

import pytest
from django.test import Client, RequestFactory

from portal.access import clock
from portal.accounts import attempts
from portal.accounts.models import AuthenticatorDevice
from portal.community.models import Person
from portal.jobs import queue
from portal.outbox.models import Mail
from portal.web.filecache import CountingFileCache
from tests import factories
from tests.portal.accounts.authenticator import Authenticator
from tests.portal.accounts.telephone import code_of, first_step, second_step

WRONG = "wrong wrong wrong wrong"
SECOND = "/accounts/second-factor/"
TOO_MANY = "Too many wrong passwords"
WAIT = "Too many tries in a short time"


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings) -> None:
    """Let the tests name the network that a request comes from."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def at(network: str) -> Client:
    """Return a browser in a network."""
    return Client(headers={"x-forwarded-for": network})


def try_wrong(client: Client, email: str = "maja@example.org") -> str:
    """Send a wrong password; returns the page."""
    return client.post("/accounts/login/", {"login": email, "password": WRONG}).content.decode()


@pytest.mark.usefixtures("machine")
def test_sixth_wrong_password_from_one_network_is_not_looked_at(enrolled: Person) -> None:
    client = at("192.0.2.1")
    assert [TOO_MANY in try_wrong(client) for _ in range(6)] == [False] * 5 + [True]
    page = first_step(client, enrolled.user)
    assert "Wait 5 minutes, or choose a new password." in page.content.decode()


def test_wrong_passwords_are_forgotten_after_five_minutes(enrolled: Person, machine) -> None:
    client = at("192.0.2.1")
    for _ in range(6):
        try_wrong(client)
    machine.shift(300)
    assert first_step(client, enrolled.user).url == SECOND


@pytest.mark.usefixtures("machine")
def test_right_passwords_count_for_nothing(enrolled: Person) -> None:
    for _ in range(12):
        client = at("192.0.2.1")
        assert first_step(client, enrolled.user).url == SECOND


@pytest.mark.usefixtures("machine")
def test_unknown_address_is_counted_like_a_known_one(enrolled: Person) -> None:
    told = {
        email: [TOO_MANY in try_wrong(at("192.0.2.1"), email) for _ in range(7)]
        for email in ("maja@example.org", "x@example.org")
    }
    assert told["maja@example.org"] == told["x@example.org"] == [False] * 5 + [True] * 2


@pytest.mark.usefixtures("machine")
def test_capitals_and_blanks_make_no_other_address(enrolled: Person) -> None:
    for email in ("maja@example.org", "MAJA@example.org", "Maja@Example.org", " maja@example.org ", "maja@EXAMPLE.org"):
        try_wrong(at("192.0.2.1"), email)
    assert TOO_MANY in try_wrong(at("192.0.2.1"))


@pytest.mark.usefixtures("machine")
def test_one_network_cannot_try_many_addresses(db: None) -> None:
    told = [TOO_MANY in try_wrong(at("192.0.2.1"), f"{number}@example.org") for number in range(22)]
    assert told == [False] * 20 + [True] * 2


@pytest.mark.usefixtures("machine")
def test_addresses_of_one_ipv6_network_are_one(db: None) -> None:
    told = [TOO_MANY in try_wrong(at(f"2001:db8::{number:x}"), "x@example.org") for number in range(7)]
    assert told == [False] * 5 + [True] * 2


@pytest.mark.usefixtures("machine")
def test_one_address_is_tried_fifty_times_an_hour_from_everywhere(enrolled: Person) -> None:
    told = [TOO_MANY in try_wrong(at(f"192.0.2.{number}")) for number in range(52)]
    assert told == [False] * 50 + [True] * 2


@pytest.mark.usefixtures("machine")
def test_what_follows_ten_refusals_is_answered_without_being_looked_at(
    enrolled: Person, django_assert_num_queries
) -> None:
    client = at("192.0.2.1")
    for _ in range(15):
        try_wrong(client)
    with django_assert_num_queries(0):
        page = first_step(client, enrolled.user)
    assert (page.status_code, page.headers["Retry-After"]) == (429, "300")
    assert "Try again in 5 minutes." in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    german = client.post("/de/accounts/login/", {"login": "maja@example.org", "password": WRONG})
    assert "5 Minuten" in german.content.decode()


@pytest.mark.usefixtures("machine")
def test_refusals_for_one_address_leave_the_others_of_its_network_alone(enrolled: Person) -> None:
    for _ in range(40):
        try_wrong(at("192.0.2.1"), "somebody-else@example.org")
    assert WAIT in try_wrong(at("192.0.2.1"), "somebody-else@example.org")
    assert first_step(at("192.0.2.1"), enrolled.user).url == SECOND


# ── The owner ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("machine")
def test_flood_from_one_network_leaves_the_others_alone(enrolled: Person) -> None:
    stranger = at("192.0.2.1")
    for _ in range(200):
        try_wrong(stranger)
    assert first_step(at("198.51.100.7"), enrolled.user).url == SECOND


@pytest.fixture
def own_browser(enrolled: Person, machine) -> Client:
    """The owner's browser, in the network that the flood comes from too, after a sign-in yesterday; signed out."""
    client = at("192.0.2.1")
    first_step(client, enrolled.user)
    second_step(client, code_of(enrolled.user))
    client.post("/accounts/logout/")
    machine.shift(24 * 3600)
    return client


def test_flood_of_200_from_everywhere_does_not_stop_a_browser_signed_in_with_before(
    own_browser: Client, enrolled: Person
) -> None:
    for number in range(200):
        try_wrong(at(f"192.0.2.{number % 100}"))
    assert WAIT in try_wrong(at("192.0.2.1"))
    assert first_step(own_browser, enrolled.user).url == SECOND
    assert second_step(own_browser, code_of(enrolled.user)).url == "/waiting/"


def test_flood_of_200_does_not_stop_a_sign_in_with_a_passkey(own_browser: Client, enrolled: Person) -> None:
    device = Authenticator()
    session = factories.sign_in(Client(), enrolled)
    options = session.post("/account/devices/passkeys/options/", {"name": "Key"}).json()
    session.post("/account/devices/passkeys/add/", {"name": "Key", "passkey": device.make(options)})
    for number in range(200):
        try_wrong(at(f"192.0.2.{number % 100}"))
    # Whoever has the password besides may try codes: they make pauses for the app, and none for the passkey.
    AuthenticatorDevice.objects.update(throttling_failure_count=12, throttling_failure_timestamp=clock.machine_now())
    assert first_step(own_browser, enrolled.user).url == SECOND
    options = own_browser.post("/accounts/second-factor/passkey/").json()
    assert own_browser.post(SECOND, {"passkey": device.use(options)}).url == "/waiting/"


def test_browser_signed_in_with_before_has_an_end_too(own_browser: Client) -> None:
    assert [TOO_MANY in try_wrong(own_browser) for _ in range(11)] == [False] * 10 + [True]


def test_browser_known_to_one_account_is_a_stranger_to_another(own_browser: Client) -> None:
    factories.person("Piotr Wzór", email="piotr@example.org")
    told = [TOO_MANY in try_wrong(own_browser, "piotr@example.org") for _ in range(6)]
    assert told == [False] * 5 + [True]


def test_made_up_mark_opens_no_count_of_its_own(enrolled: Person, machine, settings) -> None:
    client = at("192.0.2.1")
    client.cookies[settings.KNOWN_BROWSER_COOKIE] = "x" * 43
    assert [TOO_MANY in try_wrong(client) for _ in range(6)] == [False] * 5 + [True]


@pytest.mark.usefixtures("machine")
def test_new_password_by_mail_is_the_owners_way_round_a_flood(enrolled: Person, settings) -> None:
    for number in range(60):
        try_wrong(at(f"192.0.2.{number}"))
    client = at("192.0.2.1")
    assert WAIT in first_step(client, enrolled.user).content.decode()
    client.post("/accounts/password/reset/", {"email": enrolled.user.email})
    queue.work_all()
    letter = Mail.objects.get(kind="account_password_reset_key")
    link = next(line for line in letter.body.splitlines() if line.startswith("http"))
    form = client.get(link.removeprefix(settings.SITE_URL), follow=True)
    new = "a new and rather long password"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert first_step(client, enrolled.user, password=new).url == SECOND


# ── At the same moment ───────────────────────────────────────────────────────────────────────
def test_counting_file_cache_counts_every_one_of_many_at_once(tmp_path) -> None:
    cache = CountingFileCache(str(tmp_path), {})
    gate, added = threading.Barrier(8), []

    def work() -> None:
        gate.wait()
        added.append(cache.add("n", 0, 60))
        for _ in range(25):
            cache.incr("n")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert added.count(True) == 1
    assert cache.get("n") == 200


def test_counting_file_cache_keeps_the_end_of_a_count(tmp_path, machine) -> None:
    cache = CountingFileCache(str(tmp_path), {})
    cache.add("n", 0, 60)
    machine.shift(40)
    assert cache.incr("n") == 1
    machine.shift(21)
    assert cache.get("n") is None
    with pytest.raises(ValueError, match="not found"):
        cache.incr("n")


def test_count_of_many_requests_at_once_lets_the_limit_through(db: None, monkeypatch, tmp_path, machine) -> None:
    monkeypatch.setattr(attempts, "cache", CountingFileCache(str(tmp_path), {}))
    gate, told = threading.Barrier(12), []
    request = RequestFactory().post("/accounts/login/", headers={"x-forwarded-for": "192.0.2.1"})
    request.session = {}

    def work() -> None:
        gate.wait()
        try:
            attempts.count(request, "x@example.org")
            told.append("counted")
        except attempts.TooMany:
            told.append("refused")

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["counted"] * 5 + ["refused"] * 7


def test_embedded_cache_is_the_one_that_counts() -> None:
    from portal.settings import base

    assert base.CACHES["default"]["BACKEND"] == "portal.web.filecache.CountingFileCache"


def test_one_network_alone_does_not_fill_an_address(enrolled: Person, machine) -> None:
    for _ in range(11):
        for _ in range(5):
            try_wrong(at("192.0.2.7"))
        machine.shift(300)
    assert TOO_MANY in try_wrong(at("192.0.2.7"))
    assert TOO_MANY not in try_wrong(at("192.0.2.8"))
