"""What search engines are told: sitemap, robots.txt, security.txt."""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from wagtail.models import Locale, PageViewRestriction

from portal.access.pages import set_page_rule
from portal.pages.models import StandardPage
from tests import content, factories
from tests.content import sample_content

__all__ = ["sample_content"]

pytestmark = pytest.mark.django_db
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SITE = "https://noc.example.org"


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def entries(client: Client) -> dict[str, ET.Element]:
    answer = client.get("/sitemap.xml")
    assert answer.headers["Content-Type"] == "application/xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    return {entry.findtext(f"{MAP}loc", "").removeprefix(SITE): entry for entry in root.findall(f"{MAP}url")}


def page(title: str, **fields: Any) -> StandardPage:
    return content.home().add_child(instance=StandardPage(title=title, slug=title.lower(), lead="x", **fields))


def test_sitemap_holds_public_pages_with_their_last_change(client: Client) -> None:
    made = page("Open")
    made.last_published_at = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
    made.save()
    found = entries(client)
    assert {"/", "/open/", "/exchanges/"} <= set(found)
    assert found["/open/"].findtext(f"{MAP}lastmod") == "2026-03-01T09:00:00+00:00"


def test_sitemap_leaves_out_what_a_visitor_may_not_see(client: Client) -> None:
    labelled, locked, draft = page("Labelled"), page("Locked"), page("Draft")
    beneath = labelled.add_child(instance=StandardPage(title="Beneath", slug="beneath", lead="x"))
    paths = {"/labelled/", "/labelled/beneath/", "/locked/", "/draft/"}
    assert paths <= set(entries(client))
    set_page_rule(page=labelled, tlp="TLP:GREEN", audience="members")
    PageViewRestriction.objects.create(page=locked, restriction_type=PageViewRestriction.LOGIN)
    draft.unpublish()
    assert beneath.get_parent().pk == labelled.pk
    assert paths & set(entries(client)) == set()


def test_sitemap_names_the_languages_of_a_page(client: Client) -> None:
    made = page("Open")
    german = Locale.objects.get(language_code="de")
    translated = content.home().copy_for_translation(german)
    translated.save_revision().publish()
    copy = made.copy_for_translation(german)
    copy.slug = "offen"
    copy.save_revision().publish()
    found = entries(client)
    for path in ("/open/", "/de/offen/"):
        links = {link.get("hreflang"): link.get("href") for link in found[path].findall(f"{XHTML}link")}
        assert links == {"en": f"{SITE}/open/", "de": f"{SITE}/de/offen/"}


@pytest.mark.parametrize("count", [1, 3])
def test_sitemap_costs_the_same_with_any_number_of_pages(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        page(f"Page{number}")
    client.get("/sitemap.xml")
    with django_assert_num_queries(4):
        assert len([path for path in entries(client) if path.startswith("/page")]) == count


def test_robots_are_kept_out_of_member_areas_and_shown_the_sitemap(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {
        "Allow: /accounts/login/",
        "Disallow: /accounts/",
        "Disallow: /*/accounts/",
        "Disallow: /admin/",
        "Disallow: /exchanges/office/",
        "Disallow: /search/?",
        "Disallow: /waiting/",
        f"Sitemap: {SITE}/sitemap.xml",
    } <= set(lines)
    assert "Disallow: /" not in lines
    assert "Disallow: /exchanges/" not in lines


def test_no_public_page_is_kept_from_robots(client: Client, sample_content: None) -> None:
    closed = [
        line.removeprefix("Disallow: ")
        for line in client.get("/robots.txt").content.decode().splitlines()
        if line.startswith("Disallow: ")
    ]
    hidden = [path for path in entries(client) if path.startswith(tuple(closed))]
    assert len(closed) > 10
    assert hidden == []


def test_security_txt_stands_where_a_contact_is_named(client: Client, settings: Any) -> None:
    assert client.get("/.well-known/security.txt").status_code == 404
    settings.SECURITY_CONTACT = "mailto:security@example.org"
    lines = dict(line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines())
    assert lines["Contact"] == "mailto:security@example.org"
    assert lines["Canonical"] == f"{SITE}/.well-known/security.txt"
    left = dt.datetime.fromisoformat(lines["Expires"]) - dt.datetime.now(dt.UTC)
    assert dt.timedelta(days=100) < left < dt.timedelta(days=365)


def test_session_without_a_second_factor_may_ask_for_them_too(client: Client) -> None:
    content.home()
    half = factories.sign_in(Client(), factories.person(), verified=False)
    for path in ("/robots.txt", "/sitemap.xml", "/feeds/results.atom"):
        assert half.get(path).status_code == 200
