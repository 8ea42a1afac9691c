"""Pages made by hand: what they cost with one and with three things, and whom they are for."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from portal.access.pages import set_page_rule
from portal.access.viewer import ANONYMOUS
from portal.community.models import Objective
from portal.pages.domain.sample_body import body_of, rich_text
from portal.pages.models import GroupPage, StandardPage
from portal.pages.registries import Upcoming, _upcoming, add_upcoming, coming
from tests import content, factories

pytestmark = pytest.mark.django_db


def test_home_page_costs_the_same_with_one_and_with_three_results(client: Client) -> None:
    content.document("First")
    client.get("/")
    with CaptureQueriesContext(connection) as one:
        client.get("/")
    content.document("Second")
    content.document("Third")
    client.get("/")
    with CaptureQueriesContext(connection) as three:
        html = client.get("/").content.decode()
    assert [f"What {title} says." in html for title in ("First", "Second", "Third")] == [True] * 3
    assert len(one) == len(three)
    assert len(three) <= 15


def test_home_page_without_any_content_stands(client: Client) -> None:
    content.home()
    html = client.get("/").content.decode()
    assert "Sixty minutes" in html
    assert "Next meeting of the OC TIG" in html


@pytest.mark.parametrize("count", [1, 3])
def test_group_page_costs_the_same_with_any_number_of_objectives(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    group = factories.group()
    for number in range(1, count + 1):
        objective = Objective.objects.create(group=group, number=number, title=f"Objective {number}", text="Text")
        page = content.document(f"Report {number}", group=group)
        page.objectives = [objective]
        page.save()
    content.groups().add_child(instance=GroupPage(title="Operational Centres", slug="oc", group=group, lead="Lead"))
    client.get("/groups/oc/")
    with django_assert_num_queries(15):
        html = client.get("/groups/oc/").content.decode()
    assert html.count('class="goal"') == count
    assert html.count("<summary>1 document</summary>") == count


@pytest.mark.parametrize("count", [1, 3])
def test_list_of_groups_costs_the_same_with_any_number(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        group = factories.group(f"Group {number}")
        content.groups().add_child(instance=GroupPage(title=group.name, slug=group.slug, group=group, lead="Lead"))
    client.get("/groups/")
    with django_assert_num_queries(6):
        html = client.get("/groups/").content.decode()
    assert html.count("<dt><a") == count


def test_page_for_members_shows_its_strip_to_them_and_is_missing_for_others(client: Client) -> None:
    member = factories.person(groups=[factories.group()])
    page = content.home().add_child(instance=StandardPage(title="House rules", slug="rules", lead="For us."))
    set_page_rule(page=page, tlp="TLP:GREEN", audience="members")
    html = factories.sign_in(Client(), member).get("/rules/").content.decode()
    assert '<aside class="zone" aria-label="Handling"><div class="wrap"><span class="tlp tlp--green">TLP:GREEN' in html
    assert html.count('<span class="tlp') == 1
    hidden, missing = client.get("/rules/"), client.get("/rulez/")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.content.replace(b"/rules/", b"") == missing.content.replace(b"/rulez/", b"")


def test_page_beneath_a_hidden_one_leaves_it_out_of_the_crumbs(client: Client) -> None:
    above = content.home().add_child(instance=StandardPage(title="Within", slug="within", lead="x"))
    set_page_rule(page=above, tlp="TLP:AMBER", audience="group", keys=[str(factories.group().pk)])
    below = above.add_child(instance=StandardPage(title="Deeper", slug="deeper", lead="x"))
    other = factories.person()
    set_page_rule(page=below, tlp="TLP:GREEN", audience="members")
    insider = factories.person(groups=[factories.group()])
    inside = factories.sign_in(Client(), insider).get("/within/deeper/")
    assert [label for label, _ in inside.context["crumbs"]] == ["Home", "Within"]
    outside = factories.sign_in(Client(), other).get("/within/deeper/")
    assert [label for label, _ in outside.context["crumbs"]] == ["Home"]


def test_wagtails_own_restriction_above_a_page_still_holds(client: Client) -> None:
    above = content.home().add_child(instance=StandardPage(title="Within", slug="within", lead="x"))
    below = above.add_child(instance=StandardPage(title="Deeper", slug="deeper", lead="x"))
    assert client.get("/within/deeper/").status_code == 200
    PageViewRestriction.objects.create(page=above, restriction_type=PageViewRestriction.LOGIN)
    assert list(below.get_view_restrictions().values_list("page_id", flat=True)) == [above.pk]
    assert client.get("/within/deeper/").status_code == 302


def test_unpublished_page_is_missing(client: Client) -> None:
    page = content.home().add_child(instance=StandardPage(title="Draft", slug="draft", lead="x"))
    assert client.get("/draft/").status_code == 200
    page.unpublish()
    assert client.get("/draft/").status_code == 404


def test_what_comes_next_stands_by_date_with_open_dates_last() -> None:
    before = dict(_upcoming)
    _upcoming.clear()
    try:
        add_upcoming(
            "one", lambda viewer: [Upcoming("Open", "/o/", None), Upcoming("Late", "/l/", dt.date(2027, 3, 1))]
        )
        add_upcoming("two", lambda viewer: [Upcoming("Soon", "/s/", dt.date(2026, 12, 1))])
        assert [item.title for item in coming(ANONYMOUS)] == ["Soon", "Late", "Open"]
        assert [item.title for item in coming(ANONYMOUS, limit=1)] == ["Soon"]
    finally:
        _upcoming.clear()
        _upcoming.update(before)


def test_sample_text_becomes_rich_text() -> None:
    text = "One [link](/a/) & **bold**.\n\n## Head\n\n### Small\n\n- first\n  line\n- second\n\n1. one\n2. two"
    assert rich_text(text) == (
        '<p>One <a href="/a/">link</a> &amp; <b>bold</b>.</p><h2>Head</h2><h3>Small</h3>'
        "<ul><li>first line</li><li>second</li></ul><ol><li>one</li><li>two</li></ol>"
    )


def test_every_kind_of_block_is_drawn(client: Client) -> None:
    body = body_of(
        [
            "Plain words.",
            {"quote": {"words": "Said aloud.", "source": "A commander"}},
            {"figures": [{"value": "7", "label": "things"}]},
            {"action": {"title": "Join", "text": "How", "button": "Ask", "address": "/join/"}},
            {"sample": {"title": "Made up", "text": "Not true."}},
        ]
    )
    content.home().add_child(instance=StandardPage(title="All", slug="all", body=body))
    html = client.get("/all/").content.decode()
    assert "Plain words.</p>" in html
    assert '<p class="big">Said aloud.</p>' in html
    assert "<dt>things</dt><dd>7</dd>" in html
    assert '<a class="btn" href="/join/">Ask</a>' in html
    assert html.count('<span class="sample">Sample content</span>') == 1
