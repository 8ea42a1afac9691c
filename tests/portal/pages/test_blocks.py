"""Blocks: what they show to whom, at what cost, and what they refuse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Collection, Page, ReferenceIndex, Site

from portal.access.pages import set_page_rule, settle
from portal.files.models import PortalImage
from portal.jobs import queue
from portal.pages import registries
from portal.pages.blocks import BodyBlock
from portal.pages.blocks.body import EMPTY, ORDER
from portal.pages.models import HomePage, StandardPage
from portal.web import copies
from tests import factories
from tests.portal.files.makers import picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path) -> None:
    settings.PROTECTED_ROOT = tmp_path / "protected"


@pytest.fixture
def home() -> HomePage:
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    for welcome in root.get_children():
        welcome.delete()
    root.refresh_from_db()
    settle(root.path)
    home = HomePage(title="Home", slug="home", headline="Sixty minutes", lead="x", join_text="x", follow_text="x")
    root.add_child(instance=home)
    Site.objects.all().delete()
    Site.objects.create(hostname="testserver", root_page=home, is_default_site=True)
    return home


@pytest.fixture
def kinds() -> Iterator[None]:
    """For these tests pages of text are films and documents."""
    before = dict(registries._page_kinds)
    registries._page_kinds.clear()
    registries.add_page_kind("film", "pages.StandardPage")
    registries.add_page_kind("document", "pages.StandardPage")
    yield
    registries._page_kinds.clear()
    registries._page_kinds.update(before)


def page(home: Page, title: str, *blocks: tuple[str, Any], **fields: Any) -> StandardPage:
    body = [{"type": kind, "value": value} for kind, value in blocks]
    made = StandardPage(title=title, body=body, search_description=f"What {title} says.", **fields)
    return home.add_child(instance=made)


def image(title: str = "Plan") -> PortalImage:
    return PortalImage.objects.create(
        title=title, description="A plan.", credit="Drawing: NOC", file=upload("a.png", picture("PNG", size=(64, 40)))
    )


def picture_value(shown: PortalImage, alt: str = "A plan of a room.") -> dict[str, Any]:
    return {"image": {"image": shown.pk, "alt_text": alt, "decorative": not alt}, "caption": "Where they sit."}


def action(**fields: Any) -> dict[str, Any]:
    return {"title": "Join us", "text": "", "button": "Ask to join", "page": None, "address": ""} | fields


@pytest.fixture
def restricted(home: HomePage) -> StandardPage:
    hidden = page(home, "Hidden procedure")
    set_page_rule(page=hidden, tlp="TLP:GREEN", audience="members")
    return hidden


# ── What they show, and to whom ──────────────────────────────────────────────────────────────


def test_picture_shows_its_words_its_caption_and_its_credit(client: Client, home: HomePage) -> None:
    shown = image()
    page(home, "Room", ("picture", picture_value(shown)))
    queue.work_all()
    html = client.get("/room/").text
    assert 'type="image/avif"' in html
    assert 'alt="A plan of a room."' in html
    assert 'loading="lazy"' in html
    assert 'Where they sit. <span class="pic__credit">Drawing: NOC</span>' in html


def test_one_picture_twice_says_each_time_what_matters_there(client: Client, home: HomePage) -> None:
    shown = image()
    queue.work_all()
    words = ("Where they sit.", "Where the door is.")
    page(home, "Room", *[("picture", picture_value(shown, alt)) for alt in words])
    html = client.get("/room/").text
    assert [html.count(f'alt="{alt}"') for alt in words] == [1, 1]


def test_decorative_picture_is_silent(client: Client, home: HomePage) -> None:
    page(home, "Room", ("picture", picture_value(image(), alt="")))
    queue.work_all()
    assert 'alt=""' in client.get("/room/").text


def test_deleted_picture_leaves_the_page_standing(client: Client, home: HomePage) -> None:
    shown = image()
    page(home, "Room", ("picture", picture_value(shown)), ("quote", {"words": "Still here.", "source": ""}))
    shown.delete()
    html = client.get("/room/").text
    assert "Still here." in html
    assert "<picture" not in html


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("documents", lambda key: {"title": "To take away", "documents": [key]}),
        ("related", lambda key: {"title": "To take away", "pages": [key]}),
        ("film", lambda key: {"film": key, "poster": None, "text": "To take away"}),
        ("action", lambda key: action(title="To take away", page=key)),
    ],
)
def test_block_names_a_hidden_page_to_those_who_may_see_it_alone(
    client: Client, home: HomePage, restricted: StandardPage, kind: str, value: Any
) -> None:
    page(home, "Reading", (kind, value(restricted.pk)))
    member = factories.sign_in(Client(), factories.person())
    assert ("To take away" in member.get("/reading/").text, restricted.url in member.get("/reading/").text) == (
        True,
        True,
    )
    html = client.get("/reading/").text
    assert ("To take away" in html, "Hidden procedure" in html, restricted.url in html) == (False, False, False)


def test_documents_carry_their_label_and_leave_out_what_is_hidden(
    client: Client, home: HomePage, restricted: StandardPage, kinds: None
) -> None:
    shown = page(home, "Public report")
    page(home, "Reading", ("documents", {"title": "", "documents": [restricted.pk, shown.pk]}))
    html = client.get("/reading/").text
    assert html.count('<div class="files">') == 1
    assert ("<b>Public report</b>" in html, "TLP:GREEN" in html, "Page of text" in html) == (True, False, True)
    member = factories.sign_in(Client(), factories.person()).get("/reading/").text
    assert member.index("Hidden procedure") < member.index("Public report")
    assert "TLP:GREEN" in member


def test_related_page_that_was_withdrawn_is_left_out(client: Client, home: HomePage) -> None:
    other = page(home, "Other")
    page(home, "Reading", ("related", {"title": "Read on too", "pages": [other.pk]}))
    assert "What Other says." in client.get("/reading/").text
    other.unpublish()
    assert "Read on too" not in client.get("/reading/").text


def test_timeline_is_a_list_in_its_order(client: Client, home: HomePage) -> None:
    steps = [{"when": when, "title": f"Step {when}", "text": "", "state": "past"} for when in ("2021", "2023")]
    page(home, "History", ("timeline", {"title": "How it began", "entries": steps}))
    html = client.get("/history/").text
    assert html.index("<h2>How it began</h2>") < html.index("Step 2021") < html.index("Step 2023")


@pytest.mark.usefixtures("kinds")
@pytest.mark.parametrize("count", [1, 3])
def test_page_with_pictures_and_links_costs_the_same_however_many(
    client: Client, home: HomePage, restricted: StandardPage, django_assert_num_queries, count: int
) -> None:
    others = [page(home, f"Other {number}") for number in range(count)]
    keys = [other.pk for other in others]
    blocks = [("picture", picture_value(image(str(number)))) for number in range(count)]
    blocks += [("film", {"film": key, "poster": None, "text": ""}) for key in keys]
    blocks += [
        ("documents", {"title": "", "documents": [*keys, restricted.pk]}),
        ("related", {"title": "Read on", "pages": keys}),
    ]
    page(home, "Full", *blocks)
    queue.work_all()
    client.get("/full/")
    copies.void()
    with django_assert_num_queries(11):
        html = client.get("/full/").text
    assert (html.count("<picture>"), html.count('class="pic film"')) == (count, count)


# ── What is refused ──────────────────────────────────────────────────────────────────────────


def clean(*blocks: tuple[str, Any], draft: bool = False) -> Any:
    block = BodyBlock()
    value = block.to_python([{"type": kind, "value": value} for kind, value in blocks])
    if not draft:
        return block.clean(value)
    block.defer_required_validation()
    try:
        return block.clean(value)
    finally:
        block.restore_deferred_validation()


def refused(*blocks: tuple[str, Any]) -> dict[int, str]:
    with pytest.raises(ValidationError) as caught:
        clean(*blocks)
    return {index: error.messages[0] for index, error in caught.value.block_errors.items() if error.messages}


@pytest.mark.parametrize(
    "texts",
    [
        ["<h2>One</h2><p>x</p><h3>Two</h3>"],
        ["<p>x</p>"],
        ["<h2>One</h2>", "<h3>Two</h3>", "<h3>Three</h3><h2>Four</h2>"],
    ],
)
def test_headings_in_their_order_pass(texts: list[str]) -> None:
    assert len(clean(*[("text", text) for text in texts])) == len(texts)


def test_heading_of_a_block_counts() -> None:
    sample = {"title": "Made up", "text": "<h3>Two</h3>"}
    assert len(clean(("sample", sample), ("text", "<h3>Three</h3>"))) == 2


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (["<h3>Two</h3>"], {0: ORDER}),
        (["<p>x</p>", "<h3>Two</h3><h2>One</h2>"], {1: ORDER}),
        (["<h2> </h2>"], {0: EMPTY}),
        (["<h2>One</h2>", "<h3><b>\xa0</b></h3>"], {1: EMPTY}),
    ],
)
def test_headings_that_skip_or_say_nothing_are_refused(texts: list[str], problem: dict[int, str]) -> None:
    assert refused(*[("text", text) for text in texts]) == problem


def test_draft_may_be_saved_with_headings_out_of_order() -> None:
    assert len(clean(("text", "<h3>Two</h3>"), draft=True)) == 1


def test_picture_without_alternative_text_is_refused() -> None:
    if not Collection.objects.exists():
        Collection.add_root(name="Root")
    shown = image()
    value = {"image": {"image": shown.pk, "alt_text": "", "decorative": False}, "caption": ""}
    with pytest.raises(ValidationError) as caught:
        clean(("picture", value))
    assert "Please add some alt text for your image or mark it as decorative" in str(caught.value.as_json_data())
    assert len(clean(("picture", value | {"image": value["image"] | {"decorative": True}}))) == 1
    assert len(clean(("picture", value), draft=True)) == 1


@pytest.mark.parametrize(
    "address", ["/join/", "https://example.org", "https://example.org/a?b=c", "mailto:somebody@example.org"]
)
def test_action_leads_to_an_address(address: str) -> None:
    assert clean(("action", action(address=address)))[0].value["address"] == address


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("", "Choose a page above, or type an address."),
        ("javascript:alert(1)", "Type a path that begins with /, or an address that begins with https:// or mailto:."),
        ("//evil.example", "Type a path that begins with /, or an address that begins with https:// or mailto:."),
        ("http://example.org", "Type a path that begins with /, or an address that begins with https:// or mailto:."),
        ("/join/ now", "Type a path that begins with /, or an address that begins with https:// or mailto:."),
    ],
)
def test_action_to_nowhere_is_refused(address: str, problem: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean(("action", action(address=address)))
    assert problem in str(caught.value.as_json_data())


def test_action_has_one_place_to_go(home: HomePage) -> None:
    with pytest.raises(ValidationError) as caught:
        clean(("action", action(address="/join/", page=home.pk)))
    assert "not both" in str(caught.value.as_json_data())


def test_film_of_another_kind_is_refused(home: HomePage, kinds: None) -> None:
    film = page(home, "Film")
    assert len(clean(("film", {"film": film.pk, "poster": None, "text": ""}))) == 1
    with pytest.raises(ValidationError) as caught:
        clean(("film", {"film": home.pk, "poster": None, "text": ""}))
    assert "“Home” is no film. Choose another page." in str(caught.value.as_json_data())


# ── Pictures are as visible as the pages that show them ──────────────────────────────────────


@pytest.fixture
def plan(home: HomePage, restricted: StandardPage) -> PortalImage:
    shown = image()
    restricted.body = [{"type": "picture", "value": picture_value(shown)}]
    restricted.save_revision().publish()
    queue.work_all()
    return shown


def test_picture_of_a_restricted_page_is_for_its_readers_alone(client: Client, plan: PortalImage) -> None:
    addresses = [plan.file.url, *(it.url for it in plan.renditions.all())]
    member = factories.sign_in(Client(), factories.person())
    half = factories.sign_in(Client(), factories.person("Ola"), verified=False)
    for address in addresses:
        response = member.get(address)
        assert (response.status_code, response.headers["Cache-Control"]) == (200, "private, no-store")
        assert [visitor.get(address).status_code for visitor in (client, half)] == [404, 404]


def test_picture_of_a_public_page_may_be_kept_for_a_short_time(
    client: Client, home: HomePage, plan: PortalImage, settings: Any
) -> None:
    settings.PUBLIC_PAGE_SECONDS = 60
    address = plan.renditions.get(filter_spec="format-avif|width-480").url
    assert client.get(address).status_code == 404
    page(home, "Room", ("picture", picture_value(plan)))
    queue.work_all()
    response = client.get(address)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/avif")
    assert response.headers["Cache-Control"] == "public, max-age=3600, s-maxage=60, must-revalidate"
    assert "Set-Cookie" not in response.headers
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Cache-Control"] == response.headers["Cache-Control"]


def test_picture_of_a_page_that_was_withdrawn_is_gone_for_who_asks_again(
    client: Client, home: HomePage, plan: PortalImage
) -> None:
    shown = page(home, "Room", ("picture", picture_value(plan)))
    queue.work_all()
    kept = client.get(plan.file.url).headers["ETag"]
    shown.unpublish()
    assert client.get(plan.file.url, headers={"If-None-Match": kept}).status_code == 404


def test_picture_of_a_draft_is_nobody_elses(client: Client, home: HomePage, plan: PortalImage) -> None:
    draft = page(home, "Room", live=False)
    draft.body = [{"type": "picture", "value": picture_value(plan)}]
    draft.save_revision()
    queue.work_all()
    assert client.get(plan.file.url).status_code == 404
    draft.get_latest_revision().publish()
    assert client.get(plan.file.url).status_code == 200


def test_publishing_knows_its_pictures_at_once_and_asks_for_their_sizes(home: HomePage) -> None:
    shown = image()
    queue.work_all()
    shown.renditions.filter(filter_spec="format-avif|width-480").delete()
    made = page(home, "Room", live=False)
    made.body = [{"type": "picture", "value": picture_value(shown)}]
    made.save_revision().publish()
    assert ReferenceIndex.objects.filter(object_id=str(made.pk), to_object_id=str(shown.pk)).count() == 1
    queue.work_all()
    assert shown.missing_specs() == []
