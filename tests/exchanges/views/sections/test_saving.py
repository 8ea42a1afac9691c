"""A section of an application: who reaches it, what is saved, what is told."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from exchanges.domain import applications, sections
from tests.exchanges import factories as make
from tests.exchanges.views.sections.helpers import autosave, fresh, url
from tests.exchanges.views.test_public import text
from tests.factories import person, sign_in, viewer

pytestmark = pytest.mark.django_db

SHIFT = "Twelve people, two alarms an hour."


def test_only_the_applicant_reaches_a_section(application, mine) -> None:
    assert mine.get(url(application)).status_code == 200
    for other in (person("Other", "LV"), make.contact_point("LV"), make.office()):
        client = sign_in(Client(), other)
        assert client.get(url(application)).status_code == 404
        assert client.post(url(application), {"version": 1, "shift": "x"}).status_code == 404
        assert client.post(autosave(application), {"version": 1, "shift": "x"}).status_code == 404
    assert fresh(application).shift == ""


def test_unknown_section_and_application_are_404(application, mine) -> None:
    assert mine.get(f"/exchanges/applications/{application.pk}/write/nothing/").status_code == 404
    assert mine.get("/exchanges/applications/999999/write/about/").status_code == 404
    assert mine.get("/exchanges/applications/99999999999999999999999/write/about/").status_code == 404


def test_a_visitor_is_sent_to_sign_in_and_back(application) -> None:
    response = Client().get(url(application))
    assert response.headers["Location"] == f"/accounts/login/?{urlencode({'next': url(application)}, safe='/')}"


@pytest.mark.parametrize("key", list(sections.Key))
def test_every_section_opens(application, mine, key) -> None:
    page = text(mine.get(url(application, key)))
    assert sections.BY_KEY[key].title.replace("’", "’") in page
    assert "TLP:AMBER" in page
    assert "Seen by you, your contact point, the programme office and the reviewers of this call" in page


def test_save_goes_on_to_the_next_open_section(application, mine) -> None:
    response = mine.post(url(application), {"version": 1, "shift": SHIFT})

    assert response.headers["Location"] == url(application, "languages")
    assert (fresh(application).shift, fresh(application).version) == (SHIFT, 2)


def test_a_draft_may_be_incomplete_and_the_page_says_what_is_missing(application, mine) -> None:
    response = mine.post(url(application, "about"), {"version": 1, "function": "Shift leader", "phone": "112"})

    assert response.headers["Location"] == url(application, "centre")
    page = text(mine.get(url(application, "about")))
    assert "One answer is missing" in page
    assert '<a href="#id_years_leading">Say for how many years you have led shifts</a>' in page
    assert "1 to mend" in page


def test_what_is_valid_is_saved_and_what_is_not_stays_on_the_page(application, mine) -> None:
    response = mine.post(
        url(application, "about"), {"version": 1, "function": "Duty officer", "years_leading": "many", "phone": "112"}
    )

    assert response.status_code == 400
    page = text(response)
    assert '<a href="#id_years_leading">Give the years as a whole number, for example 6.</a>' in page
    assert 'value="many"' in page
    assert 'name="version" value="2"' in page
    assert (fresh(application).function, fresh(application).phone, fresh(application).years_leading) == (
        "Duty officer",
        "112",
        None,
    )


def test_ten_thousand_characters_are_refused_and_kept_on_the_page(application, mine) -> None:
    typed = "ž" * 10_000
    response = mine.post(url(application), {"version": 1, "shift": typed})

    assert response.status_code == 400
    assert "Your shift: at most 1000 characters; these are 10000" in text(response)
    assert typed in text(response)
    assert fresh(application).shift == ""


def test_line_breaks_count_once_as_on_the_page(application, mine) -> None:
    # Browsers post every line break as two characters; the count beneath the field says one.
    typed = "\r\n".join(["line"] * 200)
    assert len(typed.replace("\r\n", "\n")) == 999

    assert mine.post(url(application), {"version": 1, "shift": typed}).status_code == 302
    assert fresh(application).shift == typed.replace("\r\n", "\n")


def test_a_section_can_be_emptied_again(application, mine) -> None:
    mine.post(url(application), {"version": 1, "shift": SHIFT})
    mine.post(url(application), {"version": 2, "shift": ""})
    assert fresh(application).shift == ""


@pytest.mark.parametrize("version", ["", "abc", "-1", "99999999999", "1"])
def test_an_old_or_broken_version_shows_both_texts_and_overwrites_nothing(application, mine, version) -> None:
    by = viewer(application.applicant)
    applications.save_section(application=application, section="centre", data={"shift": "Theirs"}, version=1, by=by)

    response = mine.post(url(application), {"version": version, "shift": "Mine"})

    assert response.status_code == 409
    page = text(response)
    assert "Changed elsewhere" in page
    assert "<dd>Theirs</dd>" in page
    assert ">\nMine</textarea>" in page
    assert 'name="version" value="2"' in page
    assert fresh(application).shift == "Theirs"
    # Saving once more is a decision: it puts the own text in the place of the other.
    mine.post(url(application), {"version": 2, "shift": "Mine"})
    assert fresh(application).shift == "Mine"


def test_writing_after_sending_is_refused_and_shows_what_was_typed() -> None:
    application = make.sent(make.open_call())
    client = sign_in(Client(), application.applicant)

    response = client.post(url(application), {"version": application.version, "shift": "Too late"})

    assert response.status_code == 409
    assert "Your application is now “With the contact point” and stays as it is." in text(response)
    assert "Too late" in text(response)
    assert client.get(url(application)).headers["Location"] == application.get_absolute_url()


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("key", "queries"), [("about", 17), ("languages", 18), ("weeks", 17), ("send", 17)])
def test_sections_ask_few_queries_however_many_weeks(django_assert_num_queries, count, key, queries) -> None:
    application = make.complete(make.open_call(weeks=count))
    client = sign_in(Client(), application.applicant)
    client.get(url(application, key))
    with django_assert_num_queries(queries):
        client.get(url(application, key))
