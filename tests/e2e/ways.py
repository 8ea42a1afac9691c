"""Ways to pages that no address alone leads to. Each takes a browser page that was sent to `path`, and `path`."""

from __future__ import annotations

import re
import uuid

from playwright.sync_api import Page

from tests.e2e.people import PASSWORD, address

#: Sends a form of its own making to the page's address, as a tab does that was opened long ago.
POST = """([path, fields]) => {
  const form = document.createElement("form");
  [form.method, form.action] = ["post", path];
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement("input");
    [input.name, input.value] = [name, value];
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}"""


def post_answers(page: Page, path: str) -> None:
    """Send long answers to a page that no longer takes them, or not from somebody signed out."""
    seal = page.locator("[name=csrfmiddlewaretoken]")
    if not seal.count():
        page.goto("/accounts/logout/")
    answers = {"function": "Shift leader", "comment": "A long answer.", "version": "0"}
    with page.expect_navigation():
        page.evaluate(POST, [path, answers | {"csrfmiddlewaretoken": seal.first.input_value()}])


def post_without_token(page: Page, path: str) -> None:
    """Send the form without the seal that belongs to the session."""
    with page.expect_navigation():
        page.evaluate(POST, [path, {"login": "nobody@example.org"}])


def first_step(page: Page, path: str) -> None:
    """Give e-mail address and password."""
    page.get_by_label("E-mail address").fill(address("Kees Monsterman"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url(re.compile("/second-factor/"))


def wrong_password(page: Page, path: str) -> None:
    """Give a password that is not the right one, for an address of its own: wrong ones are counted."""
    page.get_by_label("E-mail address").fill(f"{uuid.uuid4().hex}@example.org")
    page.get_by_label("Password").fill("not this one either")
    page.get_by_role("button", name="Go on").click()
    page.locator(".mend").wait_for()


def provider_chosen(page: Page, path: str) -> None:
    """Go for an identity provider, as far as the page that leads there."""
    with page.expect_navigation():
        page.get_by_role("button", name="Land Login").click()


def provider_away(page: Page, path: str) -> None:
    """Go for an identity provider that does not answer."""
    with page.expect_navigation():
        page.get_by_role("button", name="Bund Login").click()


def wrong_code(page: Page, path: str) -> None:
    """Give a second factor that cannot be one."""
    page.get_by_label("Code from your app").fill("12 34")
    with page.expect_navigation():
        page.get_by_role("button", name="Go on with the code").click()
    page.locator(".flag").wait_for()


def open_link(page: Page, path: str) -> None:
    """Open the link that lets a new account in."""
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/enrol/password/"))


def choose_password(page: Page, path: str) -> None:
    """Open the link and choose a password."""
    open_link(page, path)
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/enrol/device/"))


def rather_passkey(page: Page, path: str) -> None:
    """Open the link, choose a password, and go on to a passkey."""
    choose_password(page, path)
    page.get_by_role("link", name="Make one with this device").click()
    page.wait_for_url(re.compile("/enrol/passkey/$"))


def press(page: Page, path: str) -> None:
    """Press the one button of the page."""
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()


def send_nothing(page: Page, path: str) -> None:
    """Send a form with nothing in it."""
    with page.expect_navigation():
        page.locator("main form:has(input:not([type=hidden])) button[type=submit]").first.click()
    page.locator(".mend").wait_for()


def send_choice(page: Page, path: str) -> None:
    """Send a form of choices with none of them made."""
    with page.expect_navigation():
        page.locator("main form:has(input[type=radio]) button[type=submit]").first.click()
    page.locator(".mend").wait_for()


def send_message(page: Page, path: str) -> None:
    """Write to the office and be told what happens next."""
    for name, words in {
        "name": "Jo Reader",
        "email": "reader@example.org",
        "message": "What does an exchange week cost my service?",
    }.items():
        page.locator(f"[name={name}]").fill(words)
    page.get_by_role("button", name="Send").click()
    page.wait_for_url(re.compile("sent="))
