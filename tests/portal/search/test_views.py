"""The search page: what stands on it for whom, everything in the address, a fixed number of queries."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from portal.search.registry import Part
from portal.web import registries
from tests import factories
from tests.portal.search.test_query import HOSTILE


def text(response: Any) -> str:
    """Return the words of the page's main part as a reader sees them."""
    main = response.content.decode().partition('<main id="main">')[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def links(response: Any) -> dict[str, str]:
    """Return the page's links by their words."""
    found = re.findall(r'<a[^>]* href="([^"]*)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    return {" ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split()): unescape(url) for url, words in found}


@pytest.mark.parametrize("count", [1, 3])
def test_results_page_costs_a_fixed_number_of_queries(
    add: Any, index: Any, client: Client, count: int, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        add(f"Border {number}", parts=(Part("The border is awake.", "page 4", "#page=4"),))
    index()
    client.get("/search/", {"q": "border"})
    with django_assert_num_queries(4):
        response = client.get("/search/", {"q": "border"})
    assert text(response).count("Page 4") == count


@pytest.mark.parametrize("count", [1, 3])
def test_results_page_of_a_member_costs_a_fixed_number_of_queries(
    add: Any, index: Any, count: int, django_assert_num_queries: Any, monkeypatch: Any
) -> None:
    for number in range(count):
        add(f"Border {number}", "members", parts=(Part("The border is awake.", "page 4", "#page=4"),))
    index()
    client = factories.sign_in(Client(), factories.person("Ilze Paraugs", "LV"))
    client.get("/search/", {"q": "border"})
    # Session, user, device, person, roles and groups, and three of the search; what waits for a member is told apart.
    monkeypatch.setattr(registries, "waiting", [])
    with django_assert_num_queries(9):
        response = client.get("/search/", {"q": "border"})
    assert text(response).count("Page 4") == count


def test_results_page_shows_hit_with_its_place(add: Any, index: Any, client: Client) -> None:
    page = add("Manhunt: the first sixty minutes", parts=(Part("Ask the border question.", "Step 6", "#step-6"),))
    index()
    response = client.get("/search/", {"q": "border"})
    body = response.content.decode()
    assert "1 result" in text(response)
    assert "1 December 2023" in text(response)
    assert f'href="/p/{page.pk}/#step-6"' in body
    assert "Ask the <mark>border</mark> question." in body
    assert "TLP:CLEAR" in text(response)


def test_restricted_title_is_on_the_page_of_its_group_alone(add: Any, index: Any, client: Client) -> None:
    group = factories.group("Operational Centres")
    member = factories.person("Ilze Paraugs", "LV", groups=[group])
    other = factories.person("Jan Example", "PL")
    add("Zanzibar protocol", f"group:{group.pk}", topics=("Hush",), text="border")
    index()
    asked = {"q": "border"}
    assert "Zanzibar" in text(factories.sign_in(Client(), member).get("/search/", asked))
    for refused in (client, factories.sign_in(Client(), other), factories.sign_in(Client(), member, verified=False)):
        response = refused.get("/search/", asked)
        body = response.content.decode()
        assert "Zanzibar" not in body
        assert "Hush" not in body


def test_filters_are_chips_that_can_be_taken_away(add: Any, index: Any, client: Client) -> None:
    add("Border one", kind="lesson", topics=("Training",))
    add("Border two", kind="report", topics=("Training",))
    index()
    response = client.get("/search/", {"q": "border kind:lesson", "topic": "Training", "sort": "newest"})
    assert "1 result" in text(response)
    found = links(response)
    assert found["Remove filter Topic: Training"] == "/search/?q=border+kind%3A%22lesson%22&sort=newest"
    assert found["Remove filter Kind: Lesson"] == "/search/?q=border&topic=Training&sort=newest"
    assert found["Clear all"] == "/search/?q=border&sort=newest"
    assert "2 results" in text(client.get(found["Remove filter Kind: Lesson"]))


def test_facet_form_carries_the_words_and_ticks_what_was_typed(add: Any, index: Any, client: Client) -> None:
    add("Border one", kind="lesson", language="pl")
    add("Border two", kind="lesson")
    add("Border three", kind="report")
    index()
    body = client.get("/search/", {"q": "border kind:lesson"}).content.decode()
    form = body.partition('aria-label="Narrow the results"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="q" value="border">' in form
    assert '<input type="checkbox" name="kind" value="lesson" checked>' in form
    assert '<input type="checkbox" name="kind" value="report">' in form
    assert "Polish" in form


def test_pages_keep_the_question(add: Any, index: Any, client: Client) -> None:
    for number in range(12):
        add(f"Border {number}")
    index()
    response = client.get("/search/", {"q": "border", "kind": "report"})
    assert "12 results, 1 to 10 shown" in text(response)
    url = links(response)["Next"]
    assert "12 results, 11 to 12 shown" in text(client.get(f"/search/{url}"))


def test_nothing_found_says_what_would_be(add: Any, index: Any, client: Client) -> None:
    add("Border alert")
    index()
    response = client.get("/search/", {"q": "bordre alert", "year": "1999"})
    assert "Nothing matches “bordre alert” in what you may see." in text(response)
    found = client.get("/search/", {"q": "bordre alert"})
    assert links(found)["“border alert”"] == "/search/?q=border+alert"
    assert links(found)["alert"] == "/search/?q=alert"
    assert "Sign in to search that too" in text(found)


def test_empty_question_lists_the_newest(add: Any, index: Any, client: Client) -> None:
    add("Border alert")
    index()
    assert "Border alert" in text(client.get("/search/"))


def test_empty_portal_says_what_will_be_here(shelf: Any, client: Client, db: None) -> None:
    from portal.search.rebuild import rebuild

    rebuild()
    assert "There is nothing to find yet." in text(client.get("/search/"))


def test_missing_index_is_said(add: Any, client: Client) -> None:
    add("Border alert")
    response = client.get("/search/", {"q": "border"})
    assert "The search index is being rebuilt." in text(response)


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_questions_get_a_page(add: Any, index: Any, client: Client, typed: str) -> None:
    add("Border alert")
    index()
    typed = typed.encode("utf-8", "replace").decode()
    for asked in ({"q": typed}, {"q": "border", "topic": typed, "page": typed, "sort": typed}):
        response = client.get("/search/", asked)
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()


def test_search_is_read_only(client: Client, db: None) -> None:
    assert client.post("/search/").status_code == 405
