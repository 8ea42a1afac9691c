"""A telephone is lost: the person asks, the contact point confirms, the office releases, the person begins anew, each
in a browser of their own and by the mails alone; what was open in the person's name is gone.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from django_otp.oath import totp
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.people import PASSWORD, address, sign_in
from tests.e2e.stack import Stack
from tests.e2e.watch import axe

PERSON, CONTACT_POINT, OFFICE = "Ion Exemplu", "Ioana Mostră", "Michał Szablonowy"
NEW_PASSWORD = "four dry towels on a rail"


def link(stack: Stack, to: str, subject: str, part: str) -> str:
    """Return the path of the link in the newest such mail whose address holds `part`."""
    text = stack.mail(to, subject).get_content()
    (found,) = {urlsplit(url).path for url in re.findall(r"https?://\S+", text) if part in url}
    return found


def give_password(page: Page, password: str) -> None:
    """Take the first step of signing in."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(address(PERSON))
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Go on").click()


def ask(page: Page) -> None:
    """Ask in the middle of a sign-in."""
    give_password(page, PASSWORD)
    page.get_by_role("link", name="Ask for a new start").click()
    page.get_by_label("I cannot find it").check()
    page.get_by_role("button", name="Ask for a new start").click()
    expect(page.locator("h1")).to_have_text("Your contact point has been told")


def set_up(page: Page, path: str) -> None:
    """Open the link from the mail, choose a password, read the secret into a new telephone, and keep the codes."""
    page.goto(path)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Password, once more").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Go on").click()
    secret = base64.b32decode("".join(page.locator(".secret span").all_inner_texts()).replace(" ", ""))
    page.get_by_label("Code from your app").fill(f"{totp(secret, t0=0):06}")
    page.get_by_role("button", name="Go on to the backup codes").click()
    expect(page.locator("h1")).to_contain_text("ackup codes")


def test_lost_device_from_the_request_to_a_new_telephone(
    stack: Stack, new_session: Callable[..., BrowserContext]
) -> None:
    at_work = sign_in(stack, new_session, PERSON)
    away = new_session().new_page()
    ask(away)
    stack.mail(address(PERSON), "A new start was asked for")

    ncp = sign_in(stack, new_session, CONTACT_POINT)
    ncp.goto(link(stack, address(CONTACT_POINT), f"{PERSON} cannot sign in", "/lost-device/desk/"))
    assert axe(ncp) == []
    ncp.get_by_label("I called them at a number that I knew before").check()
    ncp.get_by_role("button", name=f"It is {PERSON}").click()
    expect(ncp.get_by_text(f"You confirmed that it is {PERSON}.")).to_be_visible()
    stack.mail(address(PERSON), "Your identity was confirmed")

    at_work.goto("/waiting/")
    expect(at_work.get_by_role("link", name="You said that your device is lost")).to_be_visible()

    office = sign_in(stack, new_session, OFFICE)
    office.goto("/waiting/")
    office.get_by_role("link", name=f"{PERSON} cannot sign in").click()
    assert axe(office) == []
    office.get_by_role("button", name="Release a new start").click()
    expect(office.get_by_text(f"{PERSON} can begin anew")).to_be_visible()

    at_work.goto("/waiting/")
    at_work.wait_for_url(re.compile("/accounts/login/"))
    # The sign-in that waited for its second factor, and the old password.
    away.goto("/accounts/second-factor/")
    expect(away.locator("h1")).to_have_text("No second factor yet")
    give_password(away, PASSWORD)
    expect(away.locator(".mend")).to_be_visible()

    stack.mail(address(PERSON), "Your new start is released")
    set_up(away, link(stack, address(PERSON), "Set up your access again", "/enrol/"))
    stack.mail(address(PERSON), "second factor")

    # The new telephone signs in, in a new browser; the sample command reads it from the database.
    again = new_session().new_page()
    give_password(again, NEW_PASSWORD)
    again.get_by_label("Code from your app").fill(stack.code(address(PERSON)))
    again.get_by_role("button", name=re.compile("^Sign in")).first.click()
    again.wait_for_url(re.compile("/waiting/$"))
    stop = link(stack, address(PERSON), "Your new start is released", "/lost-device/stop/")
    again.goto(stop)
    expect(again.locator("h1")).to_have_text("This cannot be stopped any more")
