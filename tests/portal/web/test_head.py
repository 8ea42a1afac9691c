"""What public pages say of themselves: canonical address, translations, Open Graph, schema.org."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client

from portal.access.pages import set_page_rule
from portal.pages.models import StandardPage
from portal.web.metadata import as_json, head_of
from tests import content, factories
from tests.content import sample_content

__all__ = ["sample_content"]

SITE = "https://noc.example.org"
ONE_PATTERN = re.compile(r"{% block title %}.*?{% endblock %}\s*$", re.MULTILINE)


@pytest.fixture
def page(db: None, settings: Any) -> StandardPage:
    settings.SITE_URL = SITE
    return content.home().add_child(
        instance=StandardPage(title="How it <works>", slug="how", lead='In "short" & good.')
    )


def meta(html: str, name: str) -> list[str]:
    return re.findall(rf'<meta (?:name|property)="{name}" content="([^"]*)">', html)


def graph(html: str) -> dict[str, Any]:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert len(found) == 1
    return {thing["@type"]: thing for thing in json.loads(found[0])["@graph"]}


def test_public_page_names_its_address_whatever_host_was_asked(client: Client, page: StandardPage) -> None:
    html = client.get("/how/?from=mail", headers={"Host": "localhost"}).content.decode()
    assert re.findall(r'<link rel="canonical" href="([^"]*)">', html) == [f"{SITE}/how/"]
    assert meta(html, "og:url") == [f"{SITE}/how/"]


def test_card_of_a_shared_link_says_what_the_page_says(client: Client, page: StandardPage) -> None:
    html = client.get("/how/").content.decode()
    title, words = "How it &lt;works&gt; | NOC Community", "In &quot;short&quot; &amp; good."
    assert f"<title>{title}</title>" in html
    assert [meta(html, name) for name in ("description", "og:title", "og:description")] == [[words], [title], [words]]
    assert meta(html, "og:type") == ["website"]
    assert meta(html, "twitter:card") == ["summary_large_image"]
    (image,) = meta(html, "og:image")
    assert image == f"{SITE}/static/web/share.png"


def test_picture_of_shared_links_is_what_its_tags_say() -> None:
    from PIL import Image

    file = Path(django_settings.BASE_DIR) / "portal" / "web" / "static" / "web" / "share.png"
    with Image.open(file) as image:
        assert (image.format, image.size) == ("PNG", (1200, 630))
    assert file.stat().st_size <= 60_000


def test_crumbs_are_told_to_machines_with_the_page_itself(client: Client, page: StandardPage) -> None:
    page.add_child(instance=StandardPage(title="Deeper", slug="deeper", lead="x"))
    crumbs = graph(client.get("/how/deeper/").content.decode())["BreadcrumbList"]["itemListElement"]
    assert [(crumb["position"], crumb["name"], crumb["item"]) for crumb in crumbs] == [
        (1, "Home", f"{SITE}/"),
        (2, "How it <works>", f"{SITE}/how/"),
        (3, "Deeper", f"{SITE}/how/deeper/"),
    ]


def test_home_page_says_who_publishes_and_how_to_search(client: Client, page: StandardPage) -> None:
    found = graph(client.get("/").content.decode())
    assert found["Organization"]["url"] == f"{SITE}/"
    target = found["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    assert target == f"{SITE}/search/?q={{search_term_string}}"
    assert found["WebSite"]["publisher"]["@id"] == found["Organization"]["@id"]


def test_feeds_can_be_found_on_every_public_page(client: Client, page: StandardPage) -> None:
    html = client.get("/how/").content.decode()
    assert re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">', html) == [
        "/feeds/news.atom",
        "/feeds/results.atom",
    ]


def test_page_for_members_says_nothing_of_itself(page: StandardPage) -> None:
    person = factories.sign_in(Client(), factories.person(groups=[factories.group()]))
    public = person.get("/how/").content.decode()
    assert f'<link rel="canonical" href="{SITE}/how/">' in public
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    html = person.get("/how/").content.decode()
    assert "How it &lt;works&gt;" in html
    assert '<meta name="robots" content="noindex, noarchive">' in html
    assert [word in html for word in ("canonical", "og:", "ld+json", 'rel="alternate"')] == [False] * 4


def test_address_with_a_secret_in_it_is_not_spread(client: Client, page: StandardPage) -> None:
    html = client.get("/accounts/enrol/a-secret-token/", follow=True).content.decode()
    assert [word in html for word in ("canonical", "og:", "ld+json")] == [False] * 3


def test_later_page_of_a_list_is_its_own_address(client: Client, page: StandardPage) -> None:
    for number in range(25):
        content.document(f"Report {number}")
    for query, wanted in (("", ""), ("?page=2", "?page=2"), ("?kind=report", ""), ("?page=1", "")):
        html = client.get(f"/library/{query}").content.decode()
        assert f'<link rel="canonical" href="{SITE}/library/{wanted}">' in html


def test_documents_films_and_procedures_say_what_they_are(
    sample_content: None, client: Client, db: None, settings: Any
) -> None:
    settings.SITE_URL = SITE
    report = graph(client.get("/library/critical-factors/").content.decode())["Report"]
    assert report["datePublished"] == "2023-10"
    assert report["identifier"] == "NOC-2023-002"
    assert "creativeWorkStatus" not in report
    film = graph(client.get("/library/film-manhunt/").content.decode())["VideoObject"]
    assert film["thumbnailUrl"] == f"{SITE}/static/web/share.png"
    procedure = graph(client.get("/library/manhunt-the-first-sixty-minutes/").content.decode())["HowTo"]
    assert [step["position"] for step in procedure["step"]] == list(range(1, 12))
    assert procedure["step"][2]["url"] == f"{SITE}/library/manhunt-the-first-sixty-minutes/#step-3"
    assert procedure["creativeWorkStatus"] == "Sample content"
    event = graph(client.get("/meetings/london-october-2023/").content.decode())["Event"]
    assert (event["startDate"], event["endDate"]) == ("2023-10-11", "2023-10-12")


def test_json_cannot_leave_its_element() -> None:
    text = as_json([{"@type": "Thing", "name": "</script><script>alert(1)</script>&"}])
    assert "<" not in text
    assert json.loads(text)["@graph"][0]["name"] == "</script><script>alert(1)</script>&"


def test_template_without_a_request_has_an_empty_head() -> None:
    assert head_of(context={}, title="", description="").canonical == ""


def test_every_title_ends_with_the_portals_name() -> None:
    """One pattern for all: what the page is, a bar, whose it is. The home page has its own words."""
    wrong = []
    for area in ("portal", "library", "exchanges", "events"):
        for file in (Path(django_settings.BASE_DIR) / area).rglob("*.html"):
            text = file.read_text(encoding="utf-8")
            if '{% extends "errors/base.html" %}' in text or file.name in ("base.html", "home.html"):
                continue
            titles = [title.removesuffix("{% endblock %}").strip() for title in ONE_PATTERN.findall(text)]
            wrong += [f"{file.name}: {title}" for title in titles if not title.endswith("| NOC Community")]
    assert wrong == []
