"""The glossary: its page, and terms that texts link by themselves."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.access.pages import set_page_rule
from portal.pages.domain.glossary import Linker, vocabulary
from portal.pages.domain.sample_body import body_of
from portal.pages.models import GlossaryPage, StandardPage, Term
from tests import content, factories

pytestmark = pytest.mark.django_db

NCP = '<a class="term" href="/glossary/#ncp" title="The person in a country.">'


@pytest.fixture
def glossary() -> GlossaryPage:
    page = content.home().add_child(instance=GlossaryPage(title="Glossary", slug="glossary"))
    Term.objects.create(term="NCP", short="The person in a country.", aliases="National Contact Point, NCPs")
    return page


def page_with(*blocks: Any) -> None:
    content.home().add_child(instance=StandardPage(title="Text", slug="text", body=body_of(list(blocks))))


@pytest.mark.parametrize(
    ("html", "linked"),
    [
        ("<p>Ask your NCP.</p>", f"<p>Ask your {NCP}NCP</a>.</p>"),
        ("<p>NCPs know.</p>", f"<p>{NCP}NCPs</a> know.</p>"),
        ("<p>The National Contact Point (NCP)</p>", f"<p>The {NCP}National Contact Point</a> (NCP)</p>"),
        ("<p>An NCP and an NCP</p>", f"<p>An {NCP}NCP</a> and an NCP</p>"),
        ("<h2>NCP</h2><p>NCP</p>", f"<h2>NCP</h2><p>{NCP}NCP</a></p>"),
        ('<p><a href="/x/">the <b>NCP</b></a></p>', '<p><a href="/x/">the <b>NCP</b></a></p>'),
        ("<p><code>NCP</code> <b>NCP</b></p>", f"<p><code>NCP</code> <b>{NCP}NCP</a></b></p>"),
        ('<p><img alt="NCP" src="/a"/>x</p>', '<p><img alt="NCP" src="/a"/>x</p>'),
        ("<p>xNCP NCPx NCP-like ncp NCP@x.eu ncp.eu/NCP</p>", "<p>xNCP NCPx NCP-like ncp NCP@x.eu ncp.eu/NCP</p>"),
        ("<p>“NCP”, NCP</p>", f"<p>“{NCP}NCP</a>”, NCP</p>"),
    ],
)
def test_first_whole_word_in_running_text_is_linked(html: str, linked: str, glossary: GlossaryPage) -> None:
    assert Linker().link(html) == linked


def test_longest_term_wins_and_letters_of_markup_are_escaped(glossary: GlossaryPage) -> None:
    Term.objects.create(term="R&D", short='What "it" <is>')
    Term.objects.create(term="TIG", short="A group")
    Term.objects.create(term="OC TIG", short="The group")
    assert Linker().link("the OC TIG, a TIG, R&amp;D") == (
        'the <a class="term" href="/glossary/#oc-tig" title="The group">OC TIG</a>, '
        'a <a class="term" href="/glossary/#tig" title="A group">TIG</a>, '
        '<a class="term" href="/glossary/#rd" title="What &quot;it&quot; &lt;is&gt;">R&amp;D</a>'
    )


def test_term_in_small_letters_is_found_at_the_beginning_of_a_sentence(glossary: GlossaryPage) -> None:
    Term.objects.create(term="critical factor", short="One thing")
    assert Linker().link("Critical factor").startswith('<a class="term" href="/glossary/#critical-factor"')


def test_page_links_a_term_once_over_all_its_blocks(glossary: GlossaryPage, client: Client) -> None:
    page_with("Ask your NCP.", {"sample": {"title": "NCP", "text": "The NCP again."}})
    html = client.get("/text/").content.decode()
    assert html.count('class="term"') == 1
    assert f"Ask your {NCP}NCP</a>." in html


def test_terms_cost_a_page_no_query_once_they_are_known(glossary: GlossaryPage, client: Client) -> None:
    page_with("Ask your NCP.")
    client.get("/text/")
    with CaptureQueriesContext(connection) as queries:
        assert NCP in client.get("/text/").content.decode()
    assert [query["sql"] for query in queries if "pages_term" in query["sql"] or "glossary" in query["sql"]] == []


def test_changed_and_deleted_terms_show_at_once(glossary: GlossaryPage, client: Client) -> None:
    page_with("Ask your NCP about the TIG.")
    assert client.get("/text/").content.decode().count('class="term"') == 1
    added = Term.objects.create(term="TIG", short="A group")
    assert client.get("/text/").content.decode().count('class="term"') == 2
    added.short = "Another meaning"
    added.save()
    assert 'title="Another meaning"' in client.get("/text/").content.decode()
    added.delete()
    assert client.get("/text/").content.decode().count('class="term"') == 1
    Term.objects.update_or_create(term="NCP", defaults={"linked": False})
    assert client.get("/text/").content.decode().count('class="term"') == 0


@pytest.mark.parametrize("codes", [("de", ""), ("", "de"), ("fr", "de")])
def test_link_leads_to_the_language_of_the_page_whoever_asked_first(
    codes: tuple[str, str], glossary: GlossaryPage, client: Client
) -> None:
    page_with("Ask your NCP.")
    cache.clear()
    for prefix in (f"/{code}" if code else "" for code in codes):
        assert f'<a class="term" href="{prefix}/glossary/#ncp"' in client.get(f"{prefix}/text/").content.decode()


def test_nothing_is_linked_where_visitors_may_not_read_the_glossary(glossary: GlossaryPage) -> None:
    assert vocabulary().url == "/glossary/"
    set_page_rule(page=glossary, tlp="TLP:GREEN", audience="members")
    assert Linker().link("NCP") == "NCP"
    set_page_rule(page=glossary, tlp="TLP:CLEAR", audience="public")
    assert vocabulary().url == "/glossary/"
    glossary.unpublish()
    assert Linker().link("NCP") == "NCP"


def test_nothing_is_linked_without_a_glossary() -> None:
    Term.objects.create(term="NCP", short="x")
    assert Linker().link("NCP") == "NCP"


def test_glossary_page_lists_terms_by_letter_with_anchors(glossary: GlossaryPage, client: Client) -> None:
    for term in ("Äther", "zebra", "112"):
        Term.objects.create(term=term, short=f"About {term}", source="A book" if term == "zebra" else "")
    page = client.get("/glossary/")
    letters = [(letter, [term.term for term in terms]) for letter, terms in page.context["letters"]]
    assert letters == [("0–9", ["112"]), ("A", ["Äther"]), ("N", ["NCP"]), ("Z", ["zebra"])]
    html = page.content.decode()
    assert '<div id="zebra"><dt>zebra</dt><dd><p>About zebra</p><p class="soft"> Source: A book.</p></dd></div>' in html
    assert "Also: National Contact Point, NCPs." in html
    assert 'class="term"' not in html


@pytest.mark.parametrize("count", [1, 3])
def test_glossary_page_costs_the_same_with_any_number(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    content.home().add_child(instance=GlossaryPage(title="Glossary", slug="glossary"))
    for number in range(count):
        Term.objects.create(term=f"Term {number}", short="x")
    client.get("/glossary/")
    with django_assert_num_queries(5):
        html = client.get("/glossary/").content.decode()
    assert html.count("<dt>Term") == count


def test_empty_glossary_says_what_it_is_for(client: Client) -> None:
    content.home().add_child(instance=GlossaryPage(title="Glossary", slug="glossary"))
    assert "No terms yet" in client.get("/glossary/").content.decode()


def test_editor_writes_a_term_in_the_cms(glossary: GlossaryPage, client: Client) -> None:
    editor = factories.person(roles=[("editor", "")])
    editor.user.is_superuser = True
    editor.user.save()
    factories.sign_in(client, editor)
    answer = client.post(
        "/admin/snippets/pages/term/add/",
        {"term": "Golden Hour", "short": "The critical time.", "aliases": "", "text": "null", "source": "", "slug": ""},
    )
    assert answer.status_code == 302
    assert Term.objects.get(slug="golden-hour").short == "The critical time."
