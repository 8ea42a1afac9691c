"""The public pages of the sample content: what stands on them, what they cost, and that they leave nothing behind."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from portal.community.models import Centre, Country, Group, Person
from portal.pages.domain.contact import KEPT_FOR
from portal.web.context_processors import SCHEME_COOKIE
from tests import factories

pytestmark = pytest.mark.django_db

#: What stands at the foot of each path, so that a page cannot pass as another.
PUBLIC_PATHS = {
    "/": "Sixty minutes, prepared together",
    "/about/": "Technology Interest Groups",
    "/about/golden-hour/": "How to read the clock",
    "/about/scholarship/": "Scholarship programme",
    "/join/": "National Contact Point",
    "/tlp/": "TLP:AMBER+STRICT",
    "/accessibility/": "EN 301 549",
    "/privacy/": "Regulation (EU) 2016/679",
    "/news/": "Two days in London",
    "/news/?year=2023": "Two days in London",
    "/news/two-days-in-london/": "Marine Unit",
    "/glossary/": "Project Initiation Document",
    "/contact/": "Something on this site that I cannot use",
    "/contact/?about=join": "Country of your service",
    "/contact/?about=group": "Choose a group",
    "/groups/": "Financial Investigation",
    "/groups/operational-centres/": "Jacques van Wersch",
    "/groups/c-uas/": "Dealing with drones",
    "/groups/qroc/": "861716",
    "/library/": "15 records",
    "/library/?kind=sop&kind=video&scenario=manhunt&topic=procedures&year=2026&page=2": "1 record",
    "/library/lessons/": "Lessons",
    "/library/critical-factors/": "NOC-2023-002",
    "/library/film-manhunt/": "02:13",
    "/library/manhunt-the-first-sixty-minutes/": "Ask the border question",
    "/meetings/": "London, October 2023",
    "/meetings/london-october-2023/": "Tony Day",
    "/pilots/": "No result is public yet",
}


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_public_page_costs_at_most_fifteen_queries(path: str, sample_content: None, client: Client) -> None:
    client.get("/tlp/")  # Wagtail keeps the site's address in the cache, which is shared and warm in life.
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    assert PUBLIC_PATHS[path] in response.content.decode()
    assert len(queries) <= 15, [query["sql"][:120] for query in queries]


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_public_page_sets_no_cookie_and_may_be_kept(path: str, sample_content: None, client: Client) -> None:
    response = client.get(path)
    assert PUBLIC_PATHS[path] in response.content.decode()
    assert response.cookies.output() == ""
    assert response.headers["Cache-Control"].startswith("public, ")
    # The scheme that a visitor chose is kept in a cookie.
    assert "Cookie" in response.headers["Vary"]


@pytest.mark.parametrize("path", PUBLIC_PATHS)
def test_public_page_has_no_inline_script_or_style(path: str, sample_content: None, client: Client) -> None:
    html = client.get(path).content.decode()
    assert PUBLIC_PATHS[path] in html
    assert "<style" not in html
    assert " style=" not in html
    # JSON-LD is data: browsers do not run it, and the policy does not speak of it.
    data = html.count('<script type="application/ld+json">')
    assert html.count("<script") == html.count('<script type="module" src=') + data


def test_home_page_costs_at_most_thirteen_queries(sample_content: None, client: Client) -> None:
    client.get("/tlp/")
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/")
    assert len(response.context["news"]) == 3
    assert len(queries) <= 13, [query["sql"][:120] for query in queries]


def test_home_page_shows_every_country_and_centre_on_the_map(sample_content: None, client: Client) -> None:
    centres = client.get("/").context["centres"]
    rows = {row[0]: row[1] for row in centres["chart"].rows}
    assert (rows["Poland"], rows["Germany"]) == ("Poznań and Warsaw", "no centre named yet")
    assert len(rows) == Country.objects.filter(organisations__isnull=False).distinct().count()
    assert sum(len(land.dots) for land in centres["chart"].lands) == Centre.objects.count()


def test_home_page_shows_clock_steps_results_and_join(sample_content: None, client: Client) -> None:
    html = client.get("/").content.decode()
    assert html.count('<svg class="clock') == 1
    assert html.count("<h1") == 1
    assert "Manhunt in eleven steps" in html
    assert html.count('<time datetime="PT') == 11
    assert "Exchanging information between European Operational Centres" in html
    assert '<a class="btn btn--quiet" href="/join/">Ask to join</a>' in html


def test_home_page_figures_count_the_data(sample_content: None, client: Client) -> None:
    Group.objects.create(name="Space", short_name="Space TIG", slug="space")
    figures = client.get("/").context["figures"]
    assert [(figure["value"], figure["label"]) for figure in figures[:4]] == [
        ("29", "members of ENLETS in the report of February 2024"),
        (7, "objectives of the Operational Centres group"),
        (7, "Technology Interest Groups, this one among them"),
        (4, "scenarios at least in every action plan for pilots"),
    ]


def test_group_page_shows_seven_objectives_and_five_work_items(sample_content: None, client: Client) -> None:
    html = client.get("/groups/operational-centres/").content.decode()
    assert [f'id="o{number}"' in html for number in range(1, 9)] == [True] * 7 + [False]
    titles = (
        "Scholarship programme",
        "Data exchange between Operational Centres",
        "Triaging demand",
        "OC job profile",
        "Mission critical telecommunication",
    )
    assert [f"<dt>{title}</dt>" in html for title in titles] == [True] * 5


def test_group_page_links_each_objective_to_what_answers_to_it(sample_content: None, client: Client) -> None:
    goals = client.get("/groups/operational-centres/").context["goals"]
    assert [goal["tally"] for goal in goals] == [
        "1 document",
        "3 documents, 1 meeting",
        "6 documents, 3 films, 1 meeting",
        "",
        "2 documents, 4 films, 1 meeting",
        "7 documents, 2 films, 1 meeting",
        "2 documents, 1 meeting",
    ]


def test_group_page_counts_pilots_for_those_who_may_see_them(sample_content: None, client: Client) -> None:
    member = Person.objects.get(user__email="ilze.paraugs@example.org")
    goals = factories.sign_in(Client(), member).get("/groups/operational-centres/").context["goals"]
    assert goals[2]["tally"] == "6 documents, 3 films, 2 pilots, 2 meetings"
    other = Person.objects.get(user__email="nadia.esempio@example.org")
    goals = factories.sign_in(Client(), other).get("/groups/operational-centres/").context["goals"]
    assert goals[2]["tally"] == "6 documents, 3 films, 1 meeting"


def test_group_page_shows_members_to_members_alone(sample_content: None, client: Client) -> None:
    member = Person.objects.get(user__email="hanna.kuvio@example.org")
    allowed = factories.sign_in(Client(), member).get("/groups/operational-centres/").content.decode()
    assert "Ilze Paraugs" in allowed
    unverified = factories.sign_in(Client(), member, verified=False).get("/groups/operational-centres/")
    assert "Ilze Paraugs" not in unverified.content.decode()
    assert "Ilze Paraugs" not in client.get("/groups/operational-centres/").content.decode()


def test_project_page_shows_packages_and_objectives(sample_content: None, client: Client) -> None:
    response = client.get("/groups/qroc/")
    html = response.content.decode()
    assert [f'<span class="soft">WP{number}</span>' in html for number in range(1, 7)] == [True] * 5 + [False]
    assert [(goal["title"], goal["tally"]) for goal in response.context["goals"]] == [
        ("Connect the centres", "2 documents, 1 meeting"),
        ("Handle the flow of data", "2 documents"),
        ("Educate and train", "2 documents, 3 films, 1 meeting"),
    ]
    assert [(work["package"].code, work["tally"]) for work in response.context["packages"]] == [
        ("WP1", ""),
        ("WP2", "7 documents, 2 films, 1 meeting"),
        ("WP3", "6 documents, 3 films, 1 meeting"),
        ("WP4", "5 documents, 1 meeting"),
        ("WP5", "3 documents, 4 films, 1 meeting"),
    ]


def test_every_objective_and_work_package_says_what_comes_next(sample_content: None, client: Client) -> None:
    for path, count in (("/groups/operational-centres/", 7), ("/groups/qroc/", 3 + 5)):
        html = client.get(path).content.decode()
        assert html.count('<p class="soft"><b>Planned:</b>') + html.count('<p class="soft"><b>Next:</b>') == count
        assert html.count("<summary>") >= count - 1
    assert "<b>Next:</b> nothing further is announced." in html
    assert "Nothing public yet. Documents, films, pilots, lessons and meetings stand here" in html


def test_group_without_objectives_says_what_will_stand_there(sample_content: None, client: Client) -> None:
    html = client.get("/groups/green-policing/").content.decode()
    assert "This group has not brought its objectives here yet" in html
    assert 'href="/contact/?about=group&amp;group=green-policing#write"' in html


def test_sample_glossary_has_the_words_of_the_field(sample_content: None, client: Client) -> None:
    terms = {term.term for _, terms in client.get("/glossary/").context["letters"] for term in terms}
    wanted = "NCP TIG PID SOP TLP QROC ENLETS LEA LEWP COSI CEPOL EU-LISA CENTRIC PISP Prüm SIENA Schengen".split()
    assert {"Golden Hour", "OC TIG", "Core Group", "Swedish initiative", "I-LEAD", *wanted} - terms == set()


def test_links_of_the_sample_pages_lead_somewhere(sample_content: None, client: Client) -> None:
    paths = (
        "/",
        *(path for path in PUBLIC_PATHS if path.startswith(("/about", "/join", "/news", "/glossary", "/con"))),
    )
    found = {
        link.split("#")[0].replace("&amp;", "&")
        for path in (*paths, "/accessibility/", "/privacy/", "/groups/qroc/", "/groups/operational-centres/")
        for link in re.findall(r'href="(/[^"]*)"', client.get(path).content.decode())
    }
    own = {link for link in found if not link.startswith(("/static/", "/de/", "/fr/", "/pl/"))}
    assert "/contact/?about=join" in own
    assert {link for link in own if link and client.get(link).status_code not in (200, 302)} == set()


def test_privacy_notice_names_the_cookies_there_are(sample_content: None, client: Client) -> None:
    html = client.get("/privacy/").content.decode()
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, SCHEME_COOKIE, "messages", "__Host-session"):
        assert name in html
    assert "removed from the portal a year after" in html
    assert dt.timedelta(days=365) == KEPT_FOR


def test_list_of_groups_names_the_six(sample_content: None, client: Client) -> None:
    response = client.get("/groups/")
    assert [entry["title"] for entry in response.context["groups"]] == [
        "Operational Centres",
        "Digital Workplace",
        "Public Order",
        "C-UAS",
        "Financial Investigation",
        "Green Policing",
    ]
