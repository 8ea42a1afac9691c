"""Without JavaScript: finding one's way on a telephone, searching, filtering, turning pages, choosing a display, and
writing.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.readers import PHONE, Readers


@pytest.fixture
def visitor(readers: Readers) -> Page:
    """A visitor's telephone without JavaScript."""
    page, _ = readers.page("scriptless", "", java_script_enabled=False, viewport=PHONE)
    return page


@pytest.fixture(autouse=True)
def _quiet(readers: Readers) -> None:
    yield
    for window in ("scriptless", "scriptless writer"):
        assert readers.faults(window) == []


def open_menu(page: Page) -> None:
    """Open the main navigation where a telephone folds it away."""
    fold = page.locator("header summary")
    if fold.count() and fold.first.is_visible():
        fold.first.click()


def test_every_main_page_is_two_presses_from_home(visitor: Page) -> None:
    visitor.goto("/")
    open_menu(visitor)
    links = visitor.get_by_role("navigation", name="Main").get_by_role("link")
    expect(links.first).to_be_visible()
    places = [(link.inner_text(), link.get_attribute("href")) for link in links.all()]
    assert len(places) >= 5
    for words, address in places:
        visitor.goto("/")
        open_menu(visitor)
        visitor.get_by_role("navigation", name="Main").get_by_role("link", name=words, exact=True).click()
        visitor.wait_for_url(f"**{address}")
        expect(visitor.locator("h1")).to_be_visible()


def test_search_filters_and_pages_work(visitor: Page) -> None:
    visitor.goto("/")
    visitor.get_by_role("link", name="Search").first.click()
    question = visitor.locator("main [name=q]")
    question.fill("centre")
    question.press("Enter")
    tally = visitor.locator(".tally h2")
    total = int(re.findall(r"\d+", tally.inner_text())[0])
    assert total > 10
    visitor.get_by_role("link", name="Next").click()
    expect(visitor.locator("[aria-current=page]").filter(has_text="2")).to_be_visible()
    visitor.get_by_role("link", name="Back", exact=True).click()
    visitor.locator("main details.facets summary").click()
    box = visitor.locator("main details.facets input[type=checkbox]:enabled").first
    count = int(box.locator("xpath=..").locator("b").inner_text())
    assert 0 < count < total
    box.check()
    visitor.get_by_role("button", name="Show results").click()
    expect(tally).to_contain_text(str(count))
    visitor.locator(".chips a").first.click()
    expect(tally).to_contain_text(str(total))


def test_display_is_remembered_and_leads_back(visitor: Page) -> None:
    visitor.goto("/library/")
    visitor.get_by_label("Dark").check()
    visitor.get_by_role("button", name="Remember this").click()
    visitor.wait_for_url("**/library/")
    expect(visitor.locator("html")).to_have_attribute("data-scheme", "dark")
    visitor.goto("/about/")
    expect(visitor.locator("html")).to_have_attribute("data-scheme", "dark")
    visitor.get_by_label("System").check()
    visitor.get_by_role("button", name="Remember this").click()
    expect(visitor.locator("html")).not_to_have_attribute("data-scheme", "dark")


def test_long_form_is_kept_by_its_button(readers: Readers) -> None:
    page, _ = readers.page("scriptless writer", "Teresa Amostra", java_script_enabled=False)
    path = f"/exchanges/applications/{readers.names['draft']}/write/centre/"
    page.goto(path)
    page.locator("[name=shift]").fill("Twelve people, one region.")
    page.get_by_role("button", name="Save and go on").last.click()
    expect(page.locator("body")).to_contain_text("Saved:")
    page.goto(path)
    expect(page.locator("[name=shift]")).to_have_value("Twelve people, one region.")
