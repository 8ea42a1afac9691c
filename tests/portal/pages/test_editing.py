"""The editor: what is asked before publishing, previews, and the policy under which the CMS runs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.blocks import Block
from wagtail.models import Page, PageViewRestriction
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from portal.access.pages import set_page_rule
from portal.community.models.people import Role
from portal.files.models import PortalImage
from portal.pages import rights
from portal.pages.blocks import BodyBlock
from portal.pages.editing import LONGEST, MISSING
from portal.pages.models import HomePage, PortalPage, StandardPage
from tests import factories
from tests.portal.files.makers import picture, upload
from tests.portal.pages.test_blocks import home, own_folder, page

__all__ = ["home", "own_folder"]

pytestmark = pytest.mark.django_db

POLICY = "Content-Security-Policy"


@pytest.fixture
def editor(home: HomePage) -> Client:
    zofia = factories.person("Zofia", roles=[(Role.EDITOR, "")])
    zofia.user.is_superuser = True
    zofia.user.save()
    return factories.sign_in(Client(), zofia)


def form(**changes: Any) -> dict[str, str]:
    text = changes.pop("text", "<p>Words.</p>")
    data = {
        "title": "Room",
        "slug": "room",
        "lead": "",
        "seo_title": "",
        "search_description": "What the room is.",
        "body": streamfield([("text", rich_text(text))]),
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    return nested_form_data(data | changes)


def create(editor: Client, home: Page, **changes: Any) -> Any:
    return editor.post(reverse("wagtailadmin_pages:add", args=["pages", "standardpage", home.pk]), form(**changes))


def test_page_with_a_description_is_published(editor: Client, home: HomePage) -> None:
    assert create(editor, home, **{"action-publish": "1"}).status_code == 302
    assert StandardPage.objects.get().live is True


def test_page_without_a_description_is_a_draft_and_no_more(editor: Client, home: HomePage) -> None:
    response = create(editor, home, search_description="", **{"action-publish": "1"})
    assert (response.status_code, StandardPage.objects.count()) == (200, 0)
    assert MISSING in response.text.replace("&quot;", '"')
    assert create(editor, home, search_description="").status_code == 302
    assert StandardPage.objects.get().live is False


def test_description_is_one_line_and_not_too_long(editor: Client, home: HomePage) -> None:
    assert "This has 301 characters." in create(editor, home, search_description="x" * (LONGEST + 1)).text
    create(editor, home, search_description="What the\r\n  room is.")
    assert StandardPage.objects.get().search_description == "What the room is."


def test_page_without_a_description_is_not_published_from_a_list(editor: Client, home: HomePage) -> None:
    bare = page(home, "Bare", live=False)
    bare.search_description = ""
    bare.save()
    good = page(home, "Good", live=False)
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = editor.post(f"{url}?id={bare.pk}&id={good.pk}&next=/admin/", follow=True)
    assert "Write a description first (tab “Promote”): “Bare”." in response.text
    assert Page.objects.filter(pk__in=[bare.pk, good.pk], live=True).count() == 0
    editor.post(f"{url}?id={good.pk}&next=/admin/")
    assert Page.objects.get(pk=good.pk).live is True


def test_heading_out_of_order_is_refused_on_publishing(editor: Client, home: HomePage) -> None:
    response = create(editor, home, text="<h3>Third</h3>", **{"action-publish": "1"})
    assert (response.status_code, StandardPage.objects.count()) == (200, 0)
    assert "A heading of the third level stands here before any of the second." in response.text
    assert create(editor, home, text="<h2>Second</h2><h3>Third</h3>", **{"action-publish": "1"}).status_code == 302


# ── Previews ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", list(BodyBlock().child_blocks))
def test_every_block_has_a_preview_a_picture_and_words_about_it(editor: Client, home: HomePage, name: str) -> None:
    PortalImage.objects.create(
        title="Plan", description="A plan.", credit="Me", file=upload("a.png", picture("PNG", size=(20, 20)))
    )
    block = StandardPage._meta.get_field("body").stream_block.child_blocks[name]
    assert block.is_previewable is True
    assert len(block.get_description()) > 20
    assert Block.definition_registry[block.definition_prefix] is block
    response = editor.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    assert "web/portal.css" in response.text
    assert "frame-ancestors 'self'" in response.headers[POLICY]
    assert "unsafe-inline" not in response.headers[POLICY]
    assert re.search(r"<(script|style)\b", response.text) is None
    body = response.text.split("<main")[1]
    # A film, documents and pages to go on to are shown from what there is; here is nothing yet.
    if name not in {"film", "documents", "related"}:
        assert len(re.sub(r"<[^>]+>|\s", "", body)) > 10


def test_every_field_of_every_block_says_what_it_is_for() -> None:
    def fields(block: Any, path: str) -> Any:
        for name, child in getattr(block, "child_blocks", {}).items():
            yield f"{path}.{name}", child
            yield from fields(getattr(child, "child_block", child), f"{path}.{name}")

    silent = [
        path
        for name, block in BodyBlock().child_blocks.items()
        for path, field in fields(getattr(block, "child_block", block), name)
        if not (getattr(field, "field", None) is not None and field.field.help_text)
        and not getattr(field.meta, "help_text", "")
    ]
    # Wagtail's own three inside a picture, which the help text of the whole explains, and what needs no words.
    assert silent == [
        "picture.image.image",
        "picture.image.decorative",
        "picture.image.alt_text",
        "timeline.entries.state",
        "sample.text",
    ]


def test_draft_is_previewed_as_readers_will_get_it(editor: Client, home: HomePage) -> None:
    shown = page(home, "Room")
    set_page_rule(page=shown, tlp="TLP:GREEN", audience="members")
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[shown.pk])
    answer = editor.post(url, form(title="Room, second draft"))
    assert json.loads(answer.content) == {"is_valid": True, "is_available": True}
    response = editor.get(url)
    assert ("Room, second draft" in response.text, "TLP:GREEN" in response.text) == (True, True)
    policy = response.headers[POLICY]
    assert "frame-ancestors 'self'" in policy
    assert ("unsafe-inline" in policy, "nonce-" in policy, "'none' 'self'" in policy) == (False, False, False)
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "private" in response.headers["Cache-Control"]
    assert "second draft" not in editor.get("/room/").text


def test_preview_is_for_editors_alone(editor: Client, home: HomePage) -> None:
    shown = page(home, "Room")
    url = reverse("wagtailadmin_pages:preview_on_edit", args=[shown.pk])
    assert editor.get(url).status_code == 200
    assert Client().get(url).status_code == 302
    member = factories.sign_in(Client(), factories.person("Ola"))
    assert member.get(url).status_code == 403


# ── The policy of the CMS ────────────────────────────────────────────────────────────────────


def test_cms_runs_its_own_initialisers_by_a_nonce_and_nothing_else_inline(editor: Client, home: HomePage) -> None:
    response = editor.get(reverse("wagtailadmin_pages:edit", args=[home.pk]))
    policy = response.headers[POLICY]
    (nonce,) = set(re.findall(r'<script nonce="([^"]+)">', response.text))
    assert f"script-src 'self' 'nonce-{nonce}'" in policy
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "frame-ancestors 'none'" in policy
    bare = re.findall(
        r"<script(?![^>]*\bsrc=)(?![^>]*nonce=)(?![^>]*application/json)[^>]*>.{0,60}", response.text, re.DOTALL
    )
    assert bare == []
    assert nonce not in editor.get(reverse("wagtailadmin_pages:edit", args=[home.pk])).headers[POLICY]


def test_policy_outside_the_cms_stays_strict(editor: Client, home: HomePage) -> None:
    for client in (Client(), editor):
        policy = client.get("/").headers[POLICY]
        assert ("default-src 'self'" in policy, "frame-ancestors 'none'" in policy) == (True, True)
        assert ("unsafe-inline" in policy, "nonce-" in policy, "script-src" in policy) == (False, False, False)


def test_words_of_an_editor_get_no_nonce(editor: Client, home: HomePage) -> None:
    page(home, "<script>initDateChooser(1)</script>")
    text = editor.get(reverse("wagtailadmin_explore", args=[home.pk])).text
    assert "initDateChooser(1)" in text
    assert re.search(r"<script[^>]*>initDateChooser\(1\)", text) is None


def test_the_rule_is_the_only_lock_that_the_cms_offers(editor: Client, home: HomePage) -> None:
    news = home.add_child(instance=StandardPage(title="Within", slug="within", lead="x"))
    door = reverse("wagtailadmin_pages:set_privacy", args=[news.pk])
    assert "restriction_type" not in editor.get(door).text
    for kind in ("login", "password", "groups"):
        editor.post(door, {"restriction_type": kind, "password": "x" * 20, "groups": []})
    assert PageViewRestriction.objects.count() == 0
    for model in filter(lambda model: issubclass(model, PortalPage), apps.get_models()):
        assert model.private_page_options == [], model


def test_editors_may_keep_the_glossary() -> None:
    Group.objects.get_or_create(name="Moderators")
    rights.grant(sender=apps.get_app_config("pages"))
    rights.grant(sender=apps.get_app_config("pages"))
    held = Permission.objects.filter(content_type__app_label="pages", group__name="Moderators")
    assert sorted(held.values_list("codename", flat=True)) == ["add_term", "change_term", "delete_term", "view_term"]
