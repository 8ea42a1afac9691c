"""The CMS in the browser, under its own content policy: nothing violated while an editor works, and nobody else asked.

The watch of `new_session` fails a test for any violation, exception, third-party request or 5xx.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.people import sign_in
from tests.e2e.stack import Stack

EDITOR = "Zofia Próbka"
#: What an editor opens in a day, beside the pages that the tests below work in.
ADDRESSES = (
    "/admin/",
    "/admin/account/",
    "/admin/images/",
    "/admin/images/multiple/add/",
    "/admin/documents/",
    "/admin/documents/multiple/add/",
    "/admin/reports/site-history/",
    "/admin/reports/locked/",
    "/admin/pages/search/?q=golden",
)


@pytest.fixture
def cms(stack: Stack, new_session: Callable[..., BrowserContext]) -> Page:
    """An editor's window, signed in."""
    return sign_in(stack, new_session, EDITOR)


def _edit(cms: Page, title: str) -> None:
    """Open the editor of the page with this title, found as an editor finds it."""
    found = cms.get_by_role("link", name=title, exact=True)
    # A portal that has just begun is still filling its index.
    for _ in range(30):
        cms.goto(f"/admin/pages/search/?q={title}")
        if found.count():
            break
        cms.wait_for_timeout(1_000)
    found.first.click()
    cms.wait_for_url(re.compile(r"/edit/$"))


def _picture() -> dict[str, object]:
    made = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(made, "PNG")
    return {"name": "room.png", "mimeType": "image/png", "buffer": made.getvalue()}


def test_cms_pages_violate_no_policy(cms: Page) -> None:
    for address in ADDRESSES:
        answer = cms.goto(address)
        assert answer is not None
        assert (address, answer.status) == (address, 200)
        assert "'nonce-" in answer.headers["content-security-policy"] or "<script>" not in cms.content()
        cms.wait_for_load_state("networkidle")


def test_editor_previews_a_page_beside_its_form(cms: Page) -> None:
    _edit(cms, "About")
    cms.get_by_role("button", name="Toggle preview").click()
    preview = cms.frame_locator("#w-preview-iframe")
    expect(preview.locator("h1")).to_be_visible()


def test_editor_uploads_a_picture(cms: Page) -> None:
    cms.goto("/admin/images/multiple/add/")
    cms.locator("input[type=file]").set_input_files(_picture())  # type: ignore[arg-type]
    expect(cms.get_by_role("button", name="Update").first).to_be_visible()


def test_editor_opens_the_chooser_of_pages(cms: Page) -> None:
    _edit(cms, "About")
    cms.goto(cms.url.replace("/edit/", "/move/"))
    cms.locator(".chooser").get_by_role("button", name="Actions").click()
    cms.locator("[data-chooser-action-choose]:visible").first.click()
    expect(cms.get_by_role("dialog")).to_be_visible()
