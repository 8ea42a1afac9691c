"""The list of records: filters in the address, counts, pages, cost, and what it tells of hidden records: nothing."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from library.models import Kind, Scenario, Topic
from portal.community.models import Objective
from tests import content, factories

pytestmark = pytest.mark.django_db


def _titles(client: Client, query: str = "") -> list[str]:
    return [entry["title"] for entry in client.get(f"/library/{query}").context["entries"]]


def _facet(client: Client, name: str, query: str = "") -> list[tuple[str, int, bool]]:
    facets = client.get(f"/library/{query}").context["facets"]
    found = next(facet for facet in facets if facet["name"] == name)
    return [(option["value"], option["count"], option["checked"]) for option in found["options"]]


@pytest.fixture
def shelf() -> None:
    """Three records: a report and a guideline on training, and a report of 2024 on a manhunt."""
    training = Topic.objects.create(slug="training", name="Training", order=1)
    manhunt = Scenario.objects.create(slug="manhunt", name="Manhunt", short_name="Manhunt")
    for title, kind, year in (("One", Kind.REPORT, 2023), ("Two", Kind.GUIDELINE, 2023), ("Three", Kind.REPORT, 2024)):
        page = content.document(title, kind=kind, dated_on=dt.date(year, 5, 1))
        if title == "Three":
            page.scenarios = [manhunt]
        else:
            page.topics = [training]
        page.save()


def test_list_stands_newest_first(shelf: None, client: Client) -> None:
    assert _titles(client) == ["Three", "One", "Two"]


def test_values_of_one_filter_add_up_and_filters_narrow_each_other(shelf: None, client: Client) -> None:
    assert _titles(client, "?kind=report&kind=guideline") == ["Three", "One", "Two"]
    assert _titles(client, "?kind=report&topic=training") == ["One"]
    assert _titles(client, "?scenario=manhunt&year=2023") == []


def test_counts_say_what_choosing_would_show(shelf: None, client: Client) -> None:
    assert _facet(client, "kind", "?topic=training") == [("guideline", 1, False), ("report", 1, False)]
    assert _facet(client, "year", "?kind=report") == [("2024", 1, False), ("2023", 1, False)]
    assert _facet(client, "topic", "?scenario=manhunt&topic=training") == [("training", 0, True)]


def test_unknown_values_are_passed_over(shelf: None, client: Client) -> None:
    assert _titles(client, "?kind=poem&topic=%00&year=abc&year=٢٠٢٣&objective=x&page=-7") == ["Three", "One", "Two"]
    assert client.get("/library/?objective=99999999999999999999").status_code == 200


def test_each_chip_takes_its_own_filter_away(shelf: None, client: Client) -> None:
    chips = client.get("/library/?kind=report&topic=training&page=2").context["chips"]
    assert chips == [
        {"label": "Kind: Report", "url": "?topic=training"},
        {"label": "Topic: Training", "url": "?kind=report"},
    ]


def test_empty_list_says_how_to_go_on(shelf: None, client: Client) -> None:
    html = client.get("/library/?scenario=manhunt&year=2023").content.decode()
    assert "Nothing here answers to all of these filters" in html
    assert '<a class="btn btn--quiet" href="/library/">Show everything</a>' in html


def test_objective_narrows_and_is_carried_along(client: Client) -> None:
    group = factories.group(short_name="OC TIG")
    objective = Objective.objects.create(group=group, number=3, title="Exchange", text="Text")
    page = content.document("Answers")
    page.objectives = [objective]
    page.save()
    content.document("Does not")
    response = client.get(f"/library/?objective={objective.pk}")
    assert [entry["title"] for entry in response.context["entries"]] == ["Answers"]
    assert [chip["label"] for chip in response.context["chips"]] == ["OC TIG, objective 3"]
    assert f'<input type="hidden" name="objective" value="{objective.pk}">' in response.content.decode()


def test_twenty_one_records_make_two_pages(client: Client) -> None:
    for number in range(21):
        content.document(f"Record {number:02d}", dated_on=dt.date(2023, 1, 1) + dt.timedelta(days=number))
    assert len(_titles(client)) == 20
    assert _titles(client, "?page=2") == ["Record 00"]
    assert _titles(client, "?page=99") == ["Record 00"]


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_with_any_number_of_records(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        content.document(f"Record {number}")
    client.get("/library/")
    with django_assert_num_queries(10):
        html = client.get("/library/").content.decode()
    assert html.count('<li class="entry">') == count


@pytest.mark.parametrize("count", [1, 3])
def test_record_costs_the_same_with_any_number_of_related_ones(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    page = content.document("Middle", slug="middle", group=factories.group())
    page.related = [content.document(f"Side {number}") for number in range(count)]
    page.save()
    client.get("/library/")
    with django_assert_num_queries(10):
        html = client.get("/library/middle/").content.decode()
    assert html.count("Report, 1 October 2023") == count


def test_hidden_record_is_in_no_list_count_chip_or_relation(client: Client) -> None:
    group = factories.group()
    insider = factories.person(groups=[group])
    outsiders = [
        Client(),
        factories.sign_in(Client(), factories.person()),
        factories.sign_in(Client(), insider, verified=False),
    ]
    secret = content.document(
        "Secret paper",
        kind=Kind.LEGAL_NOTE,
        dated_on=dt.date(1999, 1, 1),
        slug="secret-paper",
        rule=("TLP:AMBER", "group", [str(group.pk)]),
    )
    topic = Topic.objects.create(slug="hush", name="Hush")
    secret.topics = [topic]
    secret.save()
    open_page = content.document("Open paper", slug="open-paper")
    open_page.related = [secret]
    open_page.save()
    allowed = factories.sign_in(client, insider)
    assert _titles(allowed) == ["Open paper", "Secret paper"]
    assert _facet(allowed, "year") == [("2023", 1, False), ("1999", 1, False)]
    assert allowed.get("/library/secret-paper/").status_code == 200
    assert "Secret paper" in allowed.get("/library/open-paper/").content.decode()
    for outsider in outsiders:
        assert _titles(outsider) == ["Open paper"]
        assert _facet(outsider, "kind") == [("report", 1, False)]
        assert _facet(outsider, "year") == [("2023", 1, False)]
        assert _facet(outsider, "topic") == []
        # A filter that only hidden records answer to looks like one that nothing answers to.
        assert _facet(outsider, "year", "?year=1999") == [
            ("2023", 1, False),
            ("1999", 0, True),
        ]
        assert "Secret paper" not in outsider.get("/library/open-paper/").content.decode()
        hidden, missing = outsider.get("/library/secret-paper/"), outsider.get("/library/secret-papyr/")
        assert (hidden.status_code, missing.status_code) == (404, 404)
