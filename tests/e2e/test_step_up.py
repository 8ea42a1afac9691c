"""Step-up without JavaScript: the second factor is asked for once more, and the form that was sent arrives."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.e2e.people import address, sign_in
from tests.e2e.readers import PHONE
from tests.e2e.stack import Stack

PERSON = "Kees Monsterman"
#: Lets the second factor of a session be eleven minutes old.
AGE = """
from portal.accounts.session_store import SessionStore
session = SessionStore("{}")
session["verified_at"] -= 660
session.save()
"""


def test_form_arrives_after_the_second_factor_without_javascript(
    stack: Stack, new_session: Callable[..., BrowserContext]
) -> None:
    page = sign_in(stack, new_session, PERSON, java_script_enabled=False, viewport=PHONE)
    page.goto("/account/devices/")
    (cookie,) = [each["value"] for each in page.context.cookies() if each["name"] == "sessionid"]
    stack.manage("shell", "-v", "0", "-c", AGE.format(cookie))
    page.locator("summary").filter(has_text="Rename it").first.click()
    page.locator("details[open] [name=name]").fill("Telephone of the night shift")
    page.get_by_role("button", name="Keep the name").click()
    expect(page.locator("h1")).to_have_text("Confirm that it is you")
    expect(page.get_by_text("What you typed is kept and goes along.")).to_be_visible()
    page.get_by_label("Code from your app").fill("12 34")
    page.get_by_role("button", name="Go on with the code").click()
    expect(page.locator(".flag")).to_have_text("A code has six digits")
    page.get_by_label("Code from your app").fill(stack.code(address(PERSON)))
    page.get_by_role("button", name="Go on with the code").click()
    expect(page.get_by_role("heading", name="Telephone of the night shift")).to_be_visible()
