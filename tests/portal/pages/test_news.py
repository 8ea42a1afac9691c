"""News: the list by year, a page, and where else it stands."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from portal.access.pages import set_page_rule
from portal.community.models import Group
from portal.pages.models import GroupPage, NewsIndexPage, NewsPage
from tests import content, factories

pytestmark = pytest.mark.django_db


def news_index() -> NewsIndexPage:
    found = NewsIndexPage.objects.first()
    return found or content.home().add_child(instance=NewsIndexPage(title="News", slug="news"))


def news(title: str, day: dt.date = dt.date(2024, 2, 5), *, group: Group | None = None, **fields: Any) -> NewsPage:
    page = NewsPage(title=title, date=day, lead=f"About {title}.", group=group, **fields)
    return news_index().add_child(instance=page)


def test_list_without_news_says_what_will_stand_there(client: Client) -> None:
    news_index()
    html = client.get("/news/").content.decode()
    assert "No news yet" in html
    assert '<a href="/library/">Open the library</a>' in html


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_with_any_number(count: int, client: Client, django_assert_num_queries: Any) -> None:
    for number in range(count):
        news(f"Item {number}", group=factories.group())
    client.get("/news/")
    with django_assert_num_queries(7):
        html = client.get("/news/").content.decode()
    assert html.count('class="entry"') == count


def test_list_of_a_year_has_that_year_alone(client: Client) -> None:
    news("Older", dt.date(2023, 4, 1))
    news("Newer", dt.date(2024, 2, 1))
    page = client.get("/news/")
    assert [entry["title"] for entry in page.context["entries"]] == ["Newer", "Older"]
    assert [(year["label"], year["url"], year["current"]) for year in page.context["years"]] == [
        ("All", "/news/", True),
        ("2024", "/news/?year=2024", False),
        ("2023", "/news/?year=2023", False),
    ]
    of_year = client.get("/news/?year=2023")
    assert [entry["title"] for entry in of_year.context["entries"]] == ["Older"]
    assert "News of 2023" in of_year.content.decode()


def test_year_without_news_offers_the_others(client: Client) -> None:
    news("Older", dt.date(2023, 4, 1))
    html = client.get("/news/?year=2019").content.decode()
    assert "No news of that year is here" in html
    assert '<a href="/news/">All news</a>' in html


@pytest.mark.parametrize("year", ["x", "20233", "0000", "²023", "-202"])
def test_nonsense_for_a_year_does_no_harm(year: str, client: Client) -> None:
    news("Older", dt.date(2023, 4, 1))
    page = client.get("/news/", {"year": year})
    assert page.status_code == 200
    assert [entry["title"] for entry in page.context["entries"]] == ["Older"]


def test_eleventh_news_stands_on_the_second_page(client: Client) -> None:
    for number in range(1, 12):
        news(f"Item {number}", dt.date(2024, 1, number))
    first, second = client.get("/news/"), client.get("/news/?page=2")
    assert [entry["title"] for entry in first.context["entries"]] == [f"Item {n}" for n in range(11, 1, -1)]
    assert [entry["title"] for entry in second.context["entries"]] == ["Item 1"]
    assert 'rel="next"' in first.content.decode()


def test_news_of_a_month_does_not_pretend_to_know_the_day(client: Client) -> None:
    news("Older", dt.date(2023, 12, 1), month_only=True)
    html = client.get("/news/older/").content.decode()
    assert '<time class="soft" datetime="2023-12">December 2023</time>' in html
    assert "1 December 2023" not in html


def test_news_names_its_group_and_more_news(client: Client) -> None:
    group = factories.group()
    content.groups().add_child(instance=GroupPage(title="OC", slug="oc", group=group, lead="Lead"))
    news("First", group=group)
    news("Second")
    page = client.get("/news/first/")
    assert page.context["facts"] == [{"label": "From", "value": "Operational Centres", "url": "/groups/oc/"}]
    assert [entry["title"] for entry in page.context["more"]] == ["Second"]
    assert '<a href="/news/first/">First</a>' in client.get("/groups/oc/").content.decode()


def test_news_for_members_stands_in_no_list_of_others(client: Client) -> None:
    group = factories.group()
    content.groups().add_child(instance=GroupPage(title="OC", slug="oc", group=group, lead="Lead"))
    set_page_rule(page=news("Secretly", group=group), tlp="TLP:GREEN", audience="members")
    news("Openly")
    member = factories.sign_in(Client(), factories.person())
    for path in ("/", "/news/", "/groups/oc/", "/news/openly/"):
        assert "Secretly" in member.get(path).content.decode(), path
        assert "Secretly" not in client.get(path).content.decode(), path
    assert client.get("/news/secretly/").status_code == 404


def test_home_page_shows_the_three_newest(client: Client) -> None:
    for number in range(1, 5):
        news(f"Item {number}", dt.date(2024, 1, number))
    titles = [entry["title"] for entry in client.get("/").context["news"]]
    assert titles == ["Item 4", "Item 3", "Item 2"]
