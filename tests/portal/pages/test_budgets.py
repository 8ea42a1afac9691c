"""What interface.md allows a public page: weight, requests, words for machines. Asked of the whole sitemap."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client

from portal.web.assets import BUILT_STYLESHEET

pytestmark = pytest.mark.django_db

#: Compressed, in bytes (design: interface, Budgets).
HTML, CSS, SCRIPTS = 15_000, 14_000, 12_000
#: Public addresses that no sitemap names.
OTHERS = ("/search/", "/search/?q=border", "/accounts/login/", "/accounts/signup/")
#: Attributes by which a browser fetches without being asked. A link is fetched by its `rel` alone.
FETCHED = {"src", "srcset", "poster", "data", "action", "formaction", "background", "xlink:href"}
FETCHED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "preconnect", "dns-prefetch", "manifest"}


class Fetches(HTMLParser):
    """Collects the addresses that a browser would fetch for a page, and what runs or is drawn from within it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.scripts: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attributes}
        self.addresses += [
            part.split()[0] for name in FETCHED & held.keys() for part in held[name].split(", ") if part.strip()
        ]
        if tag == "link" and FETCHED_LINKS & set(held.get("rel", "").split()):
            self.addresses.append(held["href"])
        if tag in {"use", "image"} and "href" in held:
            self.addresses.append(held["href"])
        if tag == "script" and "src" in held:
            self.scripts.add(held["src"])
        if tag == "style" or "style" in held or any(name.startswith("on") for name in held):
            self.inline.append(self.get_starttag_text() or tag)
        if tag == "script" and "src" not in held and held.get("type") != "application/ld+json":
            self.inline.append("script")


def addresses(client: Client) -> list[str]:
    root = ET.fromstring(client.get("/sitemap.xml").content)
    found = [urlsplit(loc.text or "").path for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    return [*found, *OTHERS]


def test_every_public_page_keeps_to_its_budget(sample_content: None, client: Client) -> None:
    """One test for all, because the list comes from the portal itself; each fault names its page."""
    paths = addresses(client)
    assert len(paths) > 30
    faults = []
    for path in paths:
        answer = client.get(path)
        html = answer.content.decode()
        page = Fetches()
        page.feed(html)
        weight = len(gzip.compress(answer.content, 6))
        foreign = [url for url in page.addresses if urlsplit(url).netloc or urlsplit(url).scheme not in {"", "data"}]
        checks = {
            f"status {answer.status_code}": answer.status_code == 200,
            f"{weight} bytes of HTML": weight <= HTML,
            f"fetches from elsewhere: {foreign}": not foreign,
            f"inline: {page.inline}": not page.inline,
            "title": "<title>" in html and "NOC Community" in html.partition("</title>")[0],
            f"{html.count('<h1')} first headings": html.count("<h1") == 1,
            "description": re.search(r'<meta name="description" content="[^"]{20,}">', html) is not None,
            "canonical": html.count('<link rel="canonical"') == 1,
            "schema.org": all(
                json.loads(data) for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
            ),
        }
        faults += [f"{path}: {name}" for name, kept in checks.items() if not kept]
    assert faults == []


def test_stylesheet_keeps_to_its_budget() -> None:
    assert len(gzip.compress(BUILT_STYLESHEET.read_bytes(), 9)) <= CSS


def test_all_scripts_together_keep_to_the_budget_of_a_page() -> None:
    """No page can load more than all there are outside the CMS, so no page is over it."""
    files = [
        file
        for area in ("portal", "library", "exchanges", "events")
        for file in (settings.BASE_DIR / area).rglob("static/**/*.js")
        if "admin" not in file.name and "cms" not in file.parts
    ]
    assert len(files) >= 5
    assert sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) <= SCRIPTS
