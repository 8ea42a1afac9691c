"""The sample library: everything that the sources name, under its own title."""

import datetime as dt

import pytest
from django.test import Client

from library.models import DocumentPage, LessonPage, RecordPage, SOPPage, VideoPage

pytestmark = pytest.mark.django_db

#: Titles as the report of February 2024 writes them, with the month it gives.
DOCUMENTS = {
    "Exchanging information between European Operational Centres": (2023, 12),
    "CENTRIC Workshop Summary: Insights and Outcomes from the ENLETS Event 11th October 2023: Alerting and Engaging "
    "Citizens in Crisis Response via New and Open Communications Channels while Mitigating Information Overload": (
        2023,
        12,
    ),
    "Critical Factors in the “Golden Hour”": (2023, 10),
    "Guidelines on Standard Operational Procedures": (2023, 10),
    "Eye in the sky – Report from the OC TIG Workshop": (2023, 4),
    "Reports on pilots and testing of cross-border communication": (2024, 2),
    "Education & Training document": (2023, 10),
    "Discussion paper of the CENTRIC session: Alerting and Engaging Citizens in Crisis Response": (2023, 12),
}
VIDEOS = ["Manhunt", "Missing persons", "Natural hazard / Cross-border incident", "The London meeting"]
PROCEDURES = [
    "A missing child: the first sixty minutes",
    "Flood at the border: the first sixty minutes",
    "Manhunt: the first sixty minutes",
]


def test_documents_of_the_sources_stand_under_their_own_titles(sample_content: None) -> None:
    found = {page.title: (page.dated_on.year, page.dated_on.month) for page in DocumentPage.objects.all()}
    assert found == DOCUMENTS


def test_films_of_the_sources_stand_under_their_own_titles(sample_content: None) -> None:
    assert sorted(VideoPage.objects.values_list("title", flat=True)) == VIDEOS


def test_three_procedures_are_there_and_marked_as_samples(sample_content: None) -> None:
    assert sorted(SOPPage.objects.filter(is_sample=True).values_list("title", flat=True)) == PROCEDURES
    assert LessonPage.objects.count() == 0


def test_every_record_has_topics_an_objective_an_abstract_and_a_way_on(sample_content: None) -> None:
    for record in RecordPage.objects.all():
        assert record.topics.exists(), record.title
        assert record.objectives.exists(), record.title
        assert len(record.abstract) > 60, record.title
        assert len(record.search_description) > 20, record.title
        assert RecordPage.objects.filter(related=record.pk).exists() or record.related.exists(), record.title


def test_every_document_page_says_where_the_original_is(sample_content: None, client: Client) -> None:
    for page in DocumentPage.objects.all():
        assert "The document itself is with the Secretariat." in client.get(page.url).content.decode(), page.title


def test_film_page_plays_nothing_and_says_so(sample_content: None, client: Client) -> None:
    html = client.get("/library/film-manhunt/").content.decode()
    assert "The film itself is with the Secretariat" in html
    assert "<video" not in html
    assert '<li id="t133"><time datetime="PT133S">02:13</time>We ask the border question before' in html
    assert html.count('<span class="sample">') == 1


def test_months_are_printed_as_months_and_days_as_days(sample_content: None) -> None:
    assert RecordPage.objects.get(identifier="NOC-2023-005").date_text == "December 2023"
    education = RecordPage.objects.get(identifier="NOC-2023-004")
    assert (education.dated_on, education.date_text) == (dt.date(2023, 10, 11), "11 October 2023")


def test_procedure_page_has_the_clock_the_list_of_steps_and_the_factors(sample_content: None, client: Client) -> None:
    html = client.get("/library/manhunt-the-first-sixty-minutes/").content.decode()
    assert html.count('<svg class="clock') == 2
    assert html.index('<svg class="clock') < html.index('<ol class="sop">')
    steps = html[html.index('<ol class="sop">') : html.index('<ol class="factors">')]
    assert steps.count("<h3>") == 11
    assert steps.count('<b class="crit-flag">Critical</b>') == 6
    assert [f'<li id="step-{number}"' in steps for number in (1, 11, 12)] == [True, True, False]
    assert "Eleven steps, four roles." in html
    assert "Steps 1 and 11" in html
    assert '<span class="tlp tlp--clear">TLP:CLEAR</span>' in html


def test_procedure_facts_say_version_review_and_lead_on(sample_content: None, client: Client) -> None:
    facts = client.get("/library/manhunt-the-first-sixty-minutes/").context["facts"]
    assert facts == [
        {"label": "Version", "value": "2.1, since 3 March 2026"},
        {"label": "Review by", "value": "3 March 2027"},
        {"label": "Kept by", "value": "OC TIG", "url": "/groups/operational-centres/"},
        {"label": "Scenario", "links": [("Manhunt", "/library/?scenario=manhunt")]},
        {
            "label": "Topics",
            "links": [
                ("Data exchange", "/library/?topic=data-exchange"),
                ("Roles in an incident", "/library/?topic=roles"),
                ("Procedures", "/library/?topic=procedures"),
            ],
        },
        {
            "label": "Objectives",
            "links": [
                ("OC TIG 3", "/groups/operational-centres/#o3"),
                ("6", "/groups/operational-centres/#o6"),
                ("QROC 3", "/groups/qroc/#o3"),
            ],
        },
        {"label": "Identifier", "value": "NOC-2026-001"},
    ]


def test_every_address_among_the_facts_leads_to_a_page(sample_content: None, client: Client) -> None:
    addresses = set()
    for record in RecordPage.objects.all():
        for fact in client.get(record.url).context["facts"]:
            addresses |= {url for _, url in fact.get("links", [])} | {fact.get("url", "")}
    asked = {address for address in addresses if address}
    assert len(asked) > 10
    for address in asked:
        page = client.get(address.partition("#")[0])
        assert page.status_code == 200, address
        anchor = address.partition("#")[2]
        assert not anchor or f'id="{anchor}"' in page.content.decode(), address


def test_film_facts_say_length_language_and_where_it_was_published(sample_content: None, client: Client) -> None:
    film = VideoPage.objects.get(identifier="NOC-2024-002")
    shown = {fact["label"]: fact for fact in client.get(film.url).context["facts"]}
    assert [shown[label]["value"] for label in ("Date", "Language", "Length", "Published in")] == [
        "February 2024",
        "English",
        "Not known",
        "Report of the Operational Centres TIG, February 2024",
    ]

    film.duration_seconds = 400
    film.published_url = "https://films.example.org/manhunt"
    film.language = "mt"
    film.save()
    response = client.get(film.url)
    shown = {fact["label"]: fact for fact in response.context["facts"]}
    assert (shown["Length"]["value"], shown["Language"]["value"]) == ("06:40 minutes", "mt")
    page = response.content.decode()
    assert (
        '<a href="https://films.example.org/manhunt">Report of the Operational Centres TIG, February 2024</a>' in page
    )
    assert "<iframe" not in page


def test_record_names_what_is_related_in_both_directions(sample_content: None, client: Client) -> None:
    forth = client.get("/library/manhunt-the-first-sixty-minutes/").context["related"]
    back = client.get("/library/critical-factors/").context["related"]
    assert "Critical Factors in the “Golden Hour”" in [item["title"] for item in forth]
    assert "Manhunt: the first sixty minutes" in [item["title"] for item in back]
