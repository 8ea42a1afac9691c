"""Sample people by name, and how each of them signs in."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import yaml
from playwright.sync_api import BrowserContext, Page

from portal.bootstrap import places
from tests.e2e.stack import Stack

PASSWORD = "twenty minutes between alarms"


@cache
def address(name: str) -> str:
    """Return the e-mail address of a sample person."""
    text = (Path(places.ROOT) / "portal/community/sample/people.yaml").read_text(encoding="utf-8")
    (entry,) = [row for row in yaml.safe_load(text) if row["name"] == name]
    return f"{entry['account']}@example.org"


def name_of(email: str) -> str:
    """Return the name of the sample person with this address."""
    text = (Path(places.ROOT) / "portal/community/sample/people.yaml").read_text(encoding="utf-8")
    (entry,) = [row for row in yaml.safe_load(text) if f"{row['account']}@example.org" == email]
    return str(entry["name"])


def sign_in(stack: Stack, new_session: Callable[..., BrowserContext], name: str, **options: object) -> Page:
    """Sign a sample person in, in a browser of their own, with password and the present code; returns the page."""
    page = new_session(**options).new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(address(name))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code from your app").fill(stack.code(address(name)))
    page.get_by_role("button", name=re.compile("^Sign in")).first.click()
    page.wait_for_url(re.compile("/waiting/$"))
    return page
