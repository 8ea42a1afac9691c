"""Translating a page in the CMS with wagtail-localize, from the offer to the published page."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale
from wagtail_localize.models import StringSegment, Translation

from portal.access.pages import set_page_rule
from portal.community.models.people import Role
from portal.pages.domain.sample_body import body_of
from portal.pages.models import HomePage, NewsIndexPage, NewsPage, StandardPage
from portal.pages.rights import GROUPS
from tests import content, factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    zofia = factories.person("Zofia", roles=[(Role.EDITOR, "")])
    zofia.user.is_superuser = True
    zofia.user.save()
    return factories.sign_in(Client(), zofia)


@pytest.fixture
def page() -> StandardPage:
    home = content.home()
    home.search_description = "The community."
    home.save()
    return home.add_child(
        instance=StandardPage(
            title="Rules",
            slug="rules",
            lead="For all.",
            search_description="What holds here.",
            body=body_of(["One.\n\nTwo."]),
        )
    )


def offer(editor: Client, page: StandardPage | HomePage, code: str = "de") -> Translation:
    """Offer a page for translation, as an editor does."""
    url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
    assert editor.get(url).status_code == 200
    sent = editor.post(url, {"locales": [Locale.objects.get(language_code=code).pk]})
    assert sent.status_code == 302
    return Translation.objects.get(source__object_id=page.translation_key, target_locale__language_code=code)


def translate(editor: Client, translation: Translation, words: dict[str, str]) -> None:
    for segment in StringSegment.objects.filter(source=translation.source).select_related("string"):
        if segment.string.data in words:
            url = reverse("wagtail_localize:edit_string_translation", args=[translation.pk, segment.pk])
            body = urlencode({"value": words[segment.string.data]})
            saved = editor.put(url, body, content_type="application/x-www-form-urlencoded")
            assert saved.status_code == 201


def test_editor_translates_a_page_and_publishes_it(
    editor: Client, page: StandardPage, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    offer(editor, content.home())
    translation = offer(editor, page)
    german = StandardPage.objects.get(locale__language_code="de")
    assert (german.live, client.get("/de/rules/").headers["Content-Language"]) == (False, "de")
    assert '<h1 lang="en">Rules</h1>' in client.get("/de/rules/").content.decode()

    edit = reverse("wagtailadmin_pages:edit", args=[german.pk])
    shown = editor.get(edit)
    assert "js-translation-editor" in shown.content.decode()
    assert re.search(r'<script nonce="[^"]+">\s*if \(typeof window.chooserUrls', shown.content.decode())

    translate(editor, translation, {"Rules": "Regeln", "For all.": "Für alle.", "One.": "Eins.", "Two.": "Zwei."})
    home = HomePage.objects.get(locale__language_code="de")
    # Published once the words are committed.
    with django_capture_on_commit_callbacks(execute=True):
        for url in (reverse("wagtailadmin_pages:edit", args=[home.pk]), edit):
            assert editor.post(url, {"action": "publish"}).status_code == 302
    html = client.get("/de/rules/", follow=True).content.decode()
    assert "<h1>Regeln</h1>" in html
    assert "Zwei." in html


def test_offer_of_a_restricted_page_leaves_it_restricted(editor: Client, page: StandardPage, client: Client) -> None:
    offer(editor, content.home())
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    offer(editor, page)
    german = StandardPage.objects.get(locale__language_code="de")
    german.save_revision().publish()
    assert german.access_rule.rule.audience == "members"
    assert client.get("/de/rules/").status_code == 404


def test_visitor_reaches_no_view_of_the_translators(page: StandardPage, client: Client) -> None:
    member = factories.sign_in(Client(), factories.person())
    for name, args in (("submit_page_translation", [page.pk]), ("translations_report", []), ("javascript_catalog", [])):
        url = reverse(f"wagtail_localize:{name}", args=args)
        assert client.get(url).status_code == 302
        assert member.get(url).status_code == 403


def test_editors_may_offer_pages_for_translation() -> None:
    for name in GROUPS:
        assert Group.objects.get(name=name).permissions.filter(codename="submit_translation").count() == 1


def test_list_shows_news_once_and_in_the_language_of_the_reader(client: Client) -> None:
    home = content.home()
    index = home.add_child(instance=NewsIndexPage(title="News", slug="news"))
    day = "2026-03-01"
    first = index.add_child(instance=NewsPage(title="Only English", slug="a", lead="A", date=day))
    index.add_child(instance=NewsPage(title="In English", slug="b", lead="B", date=day))
    german = Locale.objects.get(language_code="de")
    home.copy_for_translation(german).save_revision().publish()
    index.copy_for_translation(german).save_revision().publish()
    translated = first.get_siblings().get(slug="b").specific.copy_for_translation(german)
    translated.title = "Auf Deutsch"
    translated.save_revision().publish()
    english, foreign = client.get("/").content.decode(), client.get("/de/").content.decode()
    titles = ("Only English", "In English", "Auf Deutsch")
    assert [title in english for title in titles] == [True, True, False]
    assert [title in foreign for title in titles] == [True, False, True]
