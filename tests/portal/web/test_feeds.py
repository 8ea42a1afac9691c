"""Feeds: what anybody may read, as Atom, at the same cost whatever stands in them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from events.meetings.models import MeetingState
from portal.access.pages import set_page_rule
from portal.pages.models import NewsIndexPage, NewsPage
from tests import content, factories

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
SITE = "https://noc.example.org"
FIRST = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = SITE


def feed(client: Client, name: str) -> ET.Element:
    answer = client.get(f"/feeds/{name}.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def words(element: ET.Element, *path: str) -> list[str]:
    return [found.text or "" for found in element.findall("/".join(f"{ATOM}{step}" for step in path))]


def published(page: Any, moment: dt.datetime) -> Any:
    page.first_published_at = page.last_published_at = moment
    page.save()
    return page


def news(title: str, moment: dt.datetime = FIRST, **fields: Any) -> NewsPage:
    index = NewsIndexPage.objects.first() or content.home().add_child(instance=NewsIndexPage(title="News", slug="news"))
    page = index.add_child(instance=NewsPage(title=title, lead=f"What {title} is.", date=moment.date(), **fields))
    return published(page, moment)


def test_feed_of_results_is_atom_with_all_that_readers_ask_for(client: Client) -> None:
    page = content.document("A < B & C", creators="CENTRIC", language="fr")
    published(page, FIRST)
    found = feed(client, "results")
    assert words(found, "title") == ["Results of the NOC Community"]
    assert words(found, "id") == ["tag:noc.example.org,2023-10-01:feed/results"]
    assert words(found, "updated") == ["2026-03-01T09:00:00+00:00"]
    assert words(found, "author", "name") == ["NOC Community"]
    links = {link.get("rel"): link.get("href") for link in found.findall(f"{ATOM}link")}
    assert links == {"alternate": f"{SITE}/", "self": f"{SITE}/feeds/results.atom"}
    (entry,) = found.findall(f"{ATOM}entry")
    assert words(entry, "id") == [f"tag:noc.example.org,2023-10-01:record/{page.pk}"]
    assert words(entry, "title") == ["A < B & C"]
    assert words(entry, "summary") == ["What A < B & C says."]
    assert words(entry, "author", "name") == ["CENTRIC"]
    assert words(entry, "rights") == ["TLP:CLEAR"]
    assert [category.get("term") for category in entry.findall(f"{ATOM}category")] == ["Report", "TLP:CLEAR"]
    assert entry.get(LANGUAGE) == "fr"
    assert [link.get("href") for link in entry.findall(f"{ATOM}link")] == [f"{SITE}{page.url}"]


def test_name_of_an_entry_stays_when_its_page_is_renamed_and_moved(client: Client) -> None:
    page = news("Before")
    before = words(feed(client, "news"), "entry", "id")
    page.title, page.slug = "After", "after"
    page.save()
    assert words(feed(client, "news"), "entry", "title") == ["After"]
    assert words(feed(client, "news"), "entry", "id") == before


def test_what_is_not_for_everybody_stands_in_no_feed(client: Client) -> None:
    for title in ("Open", "Closed"):
        published(content.document(title), FIRST)
        published(content.meeting(title, status=MeetingState.REPORTED), FIRST)
        news(title)
    assert words(feed(client, "results"), "entry", "title").count("Closed") == 2
    assert words(feed(client, "news"), "entry", "title").count("Closed") == 1
    for page in [*content.home().get_descendants().filter(title="Closed")]:
        set_page_rule(page=page.specific, tlp="TLP:GREEN", audience="members")
    member = factories.sign_in(Client(), factories.person(groups=[factories.group()]))
    for reader in (client, member):
        assert set(words(feed(reader, "results"), "entry", "title")) == {"Open"}
        assert words(feed(reader, "news"), "entry", "title") == ["Open"]


def test_draft_stands_in_no_feed(client: Client) -> None:
    page = news("Soon")
    assert words(feed(client, "news"), "entry", "title") == ["Soon"]
    page.unpublish()
    assert words(feed(client, "news"), "entry", "title") == []


def test_sign_that_xml_cannot_say_leaves_the_feed_standing(client: Client) -> None:
    page = news("Two\x0blines")
    page.lead = "Pasted\x1f from elsewhere \uffff"
    page.save()
    found = feed(client, "news")
    assert words(found, "entry", "title") == ["Two lines"]
    assert words(found, "entry", "summary") == ["Pasted  from elsewhere  "]


def test_newest_stands_first_over_all_sources(client: Client) -> None:
    published(content.document("Older"), FIRST)
    published(content.meeting("Newest", status=MeetingState.REPORTED), FIRST + dt.timedelta(days=2))
    published(content.document("Newer"), FIRST + dt.timedelta(days=1))
    published(content.meeting("Not held yet"), FIRST + dt.timedelta(days=3))
    assert words(feed(client, "results"), "entry", "title") == ["Newest", "Newer", "Older"]


def test_made_up_content_says_so(client: Client) -> None:
    news("Pretended", is_sample=True)
    assert words(feed(client, "news"), "entry", "summary") == ["Sample content. What Pretended is."]


def test_empty_feed_is_whole_and_always_the_same(client: Client) -> None:
    content.home()
    found = feed(client, "news")
    assert words(found, "updated") == ["2023-10-01T00:00:00+00:00"]
    assert words(found, "entry") == []


def test_feed_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    page = news("One")
    first = client.get("/feeds/news.atom")
    headers = {"If-None-Match": first.headers["ETag"]}
    assert client.get("/feeds/news.atom", headers=headers).status_code == 304
    page.title = "Two"
    page.save()
    assert client.get("/feeds/news.atom", headers=headers).status_code == 200


def test_unknown_feed_is_missing(client: Client) -> None:
    content.home()
    assert client.get("/feeds/secrets.atom").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_feeds_cost_the_same_with_any_number(count: int, client: Client, django_assert_num_queries: Any) -> None:
    for number in range(count):
        published(content.document(f"Report {number}"), FIRST)
        published(content.meeting(f"Meeting {number}", status=MeetingState.REPORTED), FIRST)
        news(f"News {number}")
    client.get("/feeds/news.atom")
    with django_assert_num_queries(1):
        assert len(feed(client, "news").findall(f"{ATOM}entry")) == count
    with django_assert_num_queries(2):
        assert len(feed(client, "results").findall(f"{ATOM}entry")) == 2 * count
