"""The public pages in four languages: what the address says, what the switch offers, and what it costs."""

import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.access.pages import set_page_rule
from portal.pages.models import HomePage, StandardPage
from portal.web import languages
from tests import content, factories

pytestmark = pytest.mark.django_db

PUBLIC = (
    "/",
    "/about/",
    "/join/",
    "/groups/",
    "/groups/operational-centres/",
    "/groups/qroc/",
    "/library/",
    "/library/critical-factors/",
    "/library/manhunt-the-first-sixty-minutes/",
    "/meetings/",
    "/pilots/",
    "/search/",
    "/search/?q=manhunt",
    "/exchanges/",
    "/accounts/login/",
    "/accounts/password/reset/",
)
FOREIGN = ("de", "fr", "pl")
HTML_LANG = re.compile(r'<html lang="([^"]+)"')


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("code", FOREIGN)
def test_public_page_answers_in_every_language(code: str, path: str, sample_content: None, client: Client) -> None:
    english = client.get(path)
    foreign = client.get(f"/{code}{path}", follow=True)
    assert (english.status_code, foreign.status_code) == (200, 200)
    assert HTML_LANG.findall(english.content.decode()) == ["en"]
    assert HTML_LANG.findall(foreign.content.decode()) == [code]
    assert (english.headers["Content-Language"], foreign.headers["Content-Language"]) == ("en", code)
    assert english.headers.get("Vary") == foreign.headers.get("Vary")


@pytest.mark.parametrize("path", PUBLIC)
def test_page_costs_no_more_queries_in_another_language(path: str, sample_content: None, client: Client) -> None:
    assert _queries(client, f"/de{path}") <= _queries(client, path)


def _queries(client: Client, path: str) -> int:
    path = client.get(path, follow=True).request["PATH_INFO"] + (f"?{path.partition('?')[2]}" if "?" in path else "")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("code", FOREIGN)
def test_language_is_asked_of_neither_header_nor_cookie(code: str, client: Client) -> None:
    content.home()
    client.cookies["django_language"] = code
    html = client.get("/", headers={"accept-language": code}).content.decode()
    assert HTML_LANG.findall(html) == ["en"]


def test_translated_page_stands_under_its_own_path_and_the_english_path_leads_there(
    sample_content: None, client: Client
) -> None:
    html = client.get("/de/mitmachen/").content.decode()
    assert "So geht es" in html
    moved = client.get("/de/join/?from=mail")
    assert (moved.status_code, moved.headers["Location"]) == (302, "/de/mitmachen/?from=mail")
    assert client.get("/mitmachen/").status_code == 404
    assert client.get("/fr/mitmachen/").status_code == 404


def test_page_without_translation_shows_english_words_marked_as_such(sample_content: None, client: Client) -> None:
    html = client.get("/pl/about/").content.decode()
    assert '<h1 lang="en">About</h1>' in html
    assert "<h1>About</h1>" in client.get("/about/").content.decode()


def test_switch_leads_to_the_same_page_in_every_language(sample_content: None, client: Client) -> None:
    for path in ("/join/", "/de/mitmachen/", "/fr/rejoindre/", "/pl/dolacz/"):
        assert _switch(client, path) == ["/join/", "/de/mitmachen/", "/fr/rejoindre/", "/pl/dolacz/"]
    assert _switch(client, "/de/about/") == ["/about/", "/de/about/", "/fr/about/", "/pl/about/"]
    assert _switch(client, "/fr/search/?q=a&sort=title")[1] == "/de/search/?q=a&amp;sort=title"
    for url in _switch(client, "/pl/groups/operational-centres/"):
        assert client.get(url).status_code == 200


def test_switch_names_each_language_in_itself_and_marks_the_present_one(sample_content: None, client: Client) -> None:
    html = client.get("/de/").content.decode()
    assert re.findall(r'<a href="[^"]*" lang="(\w+)" hreflang="(\w+)"( aria-current="true")?>(\w+)</a>', html) == [
        ("en", "en", "", "English"),
        ("de", "de", ' aria-current="true"', "Deutsch"),
        ("fr", "fr", "", "Français"),
        ("pl", "pl", "", "Polski"),
    ]


def _switch(client: Client, path: str) -> list[str]:
    return re.findall(r'<a href="([^"]*)" lang="\w+" hreflang', client.get(path).content.decode())


def test_member_area_is_english_and_its_switch_leads_home(client: Client) -> None:
    content.home()
    member = factories.sign_in(client, factories.person())
    html = member.get("/waiting/").content.decode()
    assert HTML_LANG.findall(html) == ["en"]
    assert re.findall(r'<a href="([^"]*)" lang="\w+" hreflang', html) == ["/", "/de/", "/fr/", "/pl/"]
    assert member.get("/de/waiting/").status_code == 404
    assert member.get("/de/exchanges/offers/").status_code == 404


def test_restricted_page_has_one_address_and_is_missing_for_others(client: Client) -> None:
    page = content.home().add_child(instance=StandardPage(title="House rules", slug="rules", lead="For us."))
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    member = factories.sign_in(Client(), factories.person())
    led = member.get("/de/rules/")
    assert (led.status_code, led.headers["Location"]) == (302, "/rules/")
    assert "House rules" in member.get("/rules/").content.decode()
    assert client.get("/de/rules/").status_code == 404


def test_translation_of_a_member_page_leads_to_its_english_page_whatever_its_slug(client: Client) -> None:
    home = content.home()
    page = home.add_child(instance=StandardPage(title="House rules", slug="rules", lead="English"))
    german = _translated(page, "Hausregeln", "hausregeln")
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    member = factories.sign_in(Client(), factories.person())
    led = member.get("/de/hausregeln/")
    assert (led.status_code, led.headers["Location"]) == (302, "/rules/")
    assert "House rules" in member.get("/rules/").content.decode()
    assert [client.get(path).status_code for path in ("/de/hausregeln/", "/rules/")] == [404, 404]
    # Where the English page is gone while a translation stands, it is what there is to read.
    StandardPage.objects.filter(pk=page.pk).update(live=False)
    assert german.get_parent().live
    assert "Hausregeln" in member.get("/de/hausregeln/").content.decode()


def test_prefix_opens_no_second_door(client: Client) -> None:
    content.home()
    for path in ("/de/admin/", "/de/_util/login/", "/de/files/", "/en-gb/", "/de-at/", "/xx/"):
        assert client.get(path).status_code == 404, path


def test_missing_page_answers_in_the_language_of_its_address(sample_content: None, client: Client) -> None:
    missing = client.get("/de/gibt-es-nicht/")
    assert missing.status_code == 404
    assert HTML_LANG.findall(missing.content.decode()) == ["de"]
    assert "Hier gibt es für Sie nichts zu sehen" in missing.content.decode()


def test_head_names_translations_and_only_whole_ones(sample_content: None, client: Client) -> None:
    site = settings.SITE_URL.rstrip("/")
    for path in ("/join/", "/pl/dolacz/"):
        html = client.get(path).content.decode()
        assert re.findall(r'<link rel="alternate" hreflang="([\w-]+)" href="([^"]+)">', html) == [
            ("en", f"{site}/join/"),
            ("de", f"{site}/de/mitmachen/"),
            ("fr", f"{site}/fr/rejoindre/"),
            ("pl", f"{site}/pl/dolacz/"),
            ("x-default", f"{site}/join/"),
        ]
        assert f'<link rel="canonical" href="{site}{path}">' in html
    only_english = client.get("/de/about/").content.decode()
    assert 'hreflang="x-default"' not in only_english
    assert f'<link rel="canonical" href="{site}/about/">' in only_english


def test_translation_that_is_unpublished_gives_way_to_the_english_words(client: Client) -> None:
    english = content.home()
    page = english.add_child(instance=StandardPage(title="Rules", slug="rules", lead="English"))
    german = _translated(page, "Regeln", "regeln")
    assert client.get("/de/regeln/").status_code == 200
    assert client.get("/de/rules/").headers["Location"] == "/de/regeln/"
    StandardPage.objects.get(pk=german.pk).unpublish()
    assert client.get("/de/regeln/").status_code == 404
    assert '<h1 lang="en">Rules</h1>' in client.get("/de/rules/").content.decode()


@pytest.mark.parametrize("how", ["unpublish", "delete"])
def test_translation_goes_with_the_english_page(how: str, client: Client) -> None:
    english = content.home()
    page = english.add_child(instance=StandardPage(title="Rules", slug="rules", lead="English"))
    german = _translated(page, "Regeln", "regeln")
    assert client.get("/de/regeln/").status_code == 200
    assert "/de/regeln/" in client.get("/sitemap.xml").text
    getattr(StandardPage.objects.get(pk=page.pk), how)()
    assert client.get("/de/regeln/").status_code == 404
    assert "/de/regeln/" not in client.get("/sitemap.xml").text
    assert StandardPage.objects.get(pk=german.pk).title == "Regeln"


def test_translation_stands_under_the_rule_of_its_original(client: Client) -> None:
    page = content.home().add_child(instance=StandardPage(title="Rules", slug="rules", lead="English"))
    _translated(page, "Regeln", "regeln")
    assert client.get("/de/regeln/").status_code == 200
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    assert client.get("/de/regeln/").status_code == 404
    set_page_rule(page=page, tlp="TLP:CLEAR", audience="public")
    assert client.get("/de/regeln/").status_code == 200


def test_translation_of_a_restricted_page_is_never_open_for_a_moment(client: Client) -> None:
    page = content.home().add_child(instance=StandardPage(title="Rules", slug="rules", lead="English"))
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    german = _translated(page, "Regeln", "regeln")
    assert german.access_rule.rule.audience == "members"


def _translated(page: StandardPage, title: str, slug: str) -> StandardPage:
    home = content.home()
    german = HomePage.objects.filter(locale__language_code="de").first()
    if german is None:
        german = home.copy_for_translation(languages_locale("de"))
        german.get_latest_revision_as_object().save_revision().publish()
    translated = page.copy_for_translation(languages_locale("de"))
    translated.title, translated.slug = title, slug
    translated.save_revision().publish()
    return translated


def languages_locale(code: str):
    from wagtail.models import Locale

    return Locale.objects.get(language_code=code)


def test_links_in_running_text_keep_the_language(sample_content: None, client: Client) -> None:
    assert 'href="/de/groups/"' in client.get("/de/about/").content.decode().partition("<main")[2]
    assert 'href="/groups/"' in client.get("/about/").content.decode().partition("<main")[2]


def test_addresses_of_the_portal_follow_the_language(sample_content: None) -> None:
    with languages.speaking("/de/"):
        assert languages.local("/join/") == "/de/mitmachen/"
        assert languages.local("/library/?kind=sop#list") == "/de/library/?kind=sop#list"
        assert languages.local("/exchanges/") == "/de/exchanges/"
        assert languages.local("/de/library/") == "/de/library/"
        assert languages.local("/waiting/") == "/waiting/"
        assert languages.local("https://example.org/join/") == "https://example.org/join/"
        assert languages.local("mailto:contact@enlets.eu") == "mailto:contact@enlets.eu"
    assert languages.local("/join/") == "/join/"
