"""Passkeys in a browser, with the authenticator that Chromium itself plays (WebAuthn over the DevTools protocol)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tests.e2e.people import PASSWORD, address
from tests.e2e.people import sign_in as sign_in_with_code
from tests.e2e.readers import DESK, PHONE
from tests.e2e.stack import Stack
from tests.e2e.watch import axe

ADD = "/account/devices/passkeys/add/"
USE = re.compile("Use the passkey")
#: How often a key was used: the portal takes a count that goes back for a copy.
COUNTS = itertools.count(100, 100)

#: Lets the second factor of a session be eleven minutes old.
AGE = """
from portal.accounts.session_store import SessionStore
session = SessionStore("{}")
session["verified_at"] -= 660
session.save()
"""
#: Prints the link of an invitation.
INVITE = """
import secrets
from portal.access.viewer import SYSTEM
from portal.accounts.domain.enrolment import issue_grant
from portal.accounts.models import Purpose, User
user = User.objects.create_user(f"{secrets.token_hex(4)}@example.org")
print(issue_grant(user=user, purpose=Purpose.INVITATION, by=SYSTEM).url)
"""


class Device:
    """An authenticator in the browser of `page`: one with a fingerprint reader, that agrees at once."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    @property
    def keys(self) -> list[dict[str, Any]]:
        """The keys in it."""
        return self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def take_over(self, keys: list[dict[str, Any]]) -> None:
        """Put keys of another device into it, as a password manager does; they were used more often meanwhile."""
        for key in keys:
            used = key | {"signCount": next(COUNTS)}
            self.session.send("WebAuthn.addCredential", {"authenticatorId": self.id, "credential": used})

    def refuse_verification(self) -> None:
        """Let the next fingerprint be a wrong one: the browser gives up as if the person had cancelled."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False})


def inside(stack: Stack, code: str) -> str:
    """Run a few lines of Python on the portal's data; return the last line they print."""
    return stack.manage("shell", "-v", "0", "-c", code).rpartition("\n")[2]


def first_step(page: Page, name: str) -> None:
    """Give e-mail address and password."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(address(name))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile("/second-factor/"))


def register(page: Page, name: str) -> None:
    """Make a passkey on the page for it."""
    page.goto(ADD)
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make a passkey").click()
    page.wait_for_url(re.compile("/account/devices/$"))


@pytest.fixture(scope="module")
def keys(stack: Stack, browser: Browser) -> list[dict[str, Any]]:
    """Register a passkey for Elena Mostră; returns her device's keys."""
    with browser.new_context(base_url=stack.url, viewport=DESK, locale="en-GB") as context:
        page = sign_in_with_code(stack, lambda **_: context, "Elena Mostră")
        device = Device(page)
        page.goto(ADD)
        assert axe(page) == []
        register(page, "Work telephone")
        expect(page.get_by_text("“Work telephone” is registered.")).to_be_visible()
        expect(page.get_by_role("heading", name="Work telephone")).to_be_visible()
        return device.keys


@pytest.fixture
def page(new_session: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A telephone's browser."""
    return new_session(viewport=PHONE).new_page()


def test_sign_in_with_password_and_passkey(page: Page, keys: list[dict[str, Any]]) -> None:
    device = Device(page)
    device.take_over(keys)
    first_step(page, "Elena Mostră")
    expect(page.get_by_text("“Work telephone”")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile("/waiting/$"))
    page.goto("/account/devices/")
    expect(page.get_by_text(re.compile("Passkey, added on .* last used on"))).to_be_visible()


def test_passkey_that_was_cancelled_says_what_to_do(page: Page, keys: list[dict[str, Any]]) -> None:
    device = Device(page)
    device.take_over(keys)
    device.refuse_verification()
    first_step(page, "Elena Mostră")
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    assert axe(page) == []
    device.session.send("WebAuthn.setUserVerified", {"authenticatorId": device.id, "isUserVerified": True})
    page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile("/waiting/$"))


def test_device_without_a_passkey_of_the_account_says_what_to_do(page: Page, keys: list[dict[str, Any]]) -> None:
    Device(page)
    first_step(page, "Elena Mostră")
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_role("alert")).to_contain_text("this device has none of yours")
    expect(page.get_by_label("Code from your app")).to_be_visible()


def test_browser_that_knows_no_passkeys_says_so(
    new_session: Callable[..., BrowserContext], keys: list[dict[str, Any]]
) -> None:
    context = new_session()
    context.add_init_script("delete window.PublicKeyCredential")
    page = context.new_page()
    first_step(page, "Elena Mostră")
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_role("alert")).to_contain_text("This browser knows no passkeys")


def test_answer_that_waited_too_long_or_was_used_is_said_on_the_page(page: Page, keys: list[dict[str, Any]]) -> None:
    device = Device(page)
    device.take_over(keys)
    first_step(page, "Elena Mostră")
    with page.expect_request(lambda request: "passkey=" in (request.post_data or "")) as sent:
        page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile("/waiting/$"))
    (answer,) = parse_qs(sent.value.post_data)["passkey"]
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button").click()
    first_step(page, "Elena Mostră")
    page.evaluate(
        """answer => {
          const form = document.querySelector("form[data-passkey]");
          form.querySelector("[data-passkey-answer]").value = answer;
          form.submit();
        }""",
        answer,
    )
    expect(page.get_by_role("alert")).to_contain_text("That took too long")
    assert axe(page) == []
    page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile("/waiting/$"))


def test_portal_that_does_not_answer_is_said_on_the_page(page: Page, keys: list[dict[str, Any]]) -> None:
    device = Device(page)
    device.take_over(keys)
    first_step(page, "Elena Mostră")
    page.route("**/second-factor/passkey/", lambda route: route.fulfill(status=403, body="<h1>no</h1>"))
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_role("alert")).to_contain_text("No answer from the portal")


def test_device_that_holds_a_passkey_already_says_so(
    stack: Stack, new_session: Callable[..., BrowserContext], keys: list[dict[str, Any]]
) -> None:
    page = sign_in_with_code(stack, new_session, "Elena Mostră")
    Device(page).take_over(keys)
    page.goto(ADD)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This device holds a passkey of yours already")


def test_name_that_is_too_long_makes_no_key(stack: Stack, new_session: Callable[..., BrowserContext]) -> None:
    page = sign_in_with_code(stack, new_session, "Ilze Paraugs")
    device = Device(page)
    page.goto(ADD)
    page.get_by_label("Name").fill("x" * 65)
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("at most 64 characters")
    assert device.keys == []


def test_without_javascript_the_page_says_what_to_use_instead(
    stack: Stack, new_session: Callable[..., BrowserContext], keys: list[dict[str, Any]]
) -> None:
    page = new_session(java_script_enabled=False, viewport=PHONE).new_page()
    first_step(page, "Elena Mostră")
    expect(page.get_by_text("Passkeys need JavaScript, which is off here. Use another way.")).to_be_visible()
    page.get_by_role("button", name=USE).click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey answered")
    page.get_by_label("Code from your app").fill(stack.code(address("Elena Mostră")))
    page.get_by_role("button", name="Sign in with the code").click()
    page.wait_for_url(re.compile("/waiting/$"))


def test_under_another_host_name_the_page_says_the_right_one(
    stack: Stack, browser: Browser, keys: list[dict[str, Any]]
) -> None:
    with browser.new_context(base_url=stack.url.replace("localhost", "127.0.0.1")) as context:
        page = context.new_page()
        first_step(page, "Elena Mostră")
        page.get_by_role("button", name=USE).click()
        expect(page.get_by_role("alert")).to_contain_text(f"Passkeys work under {stack.url} only")


def test_step_up_with_a_passkey_goes_on_to_what_was_wanted(
    stack: Stack, page: Page, keys: list[dict[str, Any]]
) -> None:
    device = Device(page)
    device.take_over(keys)
    first_step(page, "Elena Mostră")
    page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile("/waiting/$"))
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == "sessionid"]
    inside(stack, AGE.format(cookie))
    page.goto(ADD)
    page.wait_for_url(re.compile("/step-up/"))
    assert axe(page) == []
    page.get_by_role("button", name=USE).click()
    page.wait_for_url(re.compile(f"{ADD}$"))
    expect(page.get_by_role("heading", name="New passkey")).to_be_visible()


def test_first_second_factor_may_be_a_passkey(stack: Stack, page: Page) -> None:
    page.goto(inside(stack, INVITE))
    page.get_by_role("button", name="Begin").click()
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Make one with this device").click()
    page.wait_for_url(re.compile("/enrol/passkey/$"))
    assert axe(page) == []
    device = Device(page)
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url(re.compile("/account/devices/codes/"))
    assert len(device.keys) == 1
    page.goto("/account/devices/")
    expect(page.get_by_role("heading", name="Passkey", exact=True)).to_be_visible()
