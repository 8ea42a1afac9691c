"""A section that saves by itself."""

import datetime as dt

import pytest
from django.test import Client

from tests.exchanges import factories as make
from tests.exchanges.views.sections.helpers import autosave, fresh, languages, rows
from tests.factories import sign_in

pytestmark = pytest.mark.django_db


def test_autosave_keeps_what_is_valid_and_names_what_is_not(application, mine) -> None:
    response = mine.post(
        autosave(application, "about"), {"version": 1, "function": "Duty officer", "years_leading": "x", "phone": "112"}
    )

    assert response.status_code == 200
    assert response.json() == {
        "saved_at": "11:00",
        "version": 2,
        "errors": {"years_leading": ["Give the years as a whole number, for example 6."]},
    }
    assert (fresh(application).function, fresh(application).phone) == ("Duty officer", "112")


def test_autosave_keeps_languages_and_days(application, mine) -> None:
    assert mine.post(autosave(application, "languages"), rows(("en", "B2"), version=1, aim="a")).json()["version"] == 2
    days = {"away-TOTAL_FORMS": "1", "away-0-first": "2027-05-03", "away-0-last": "2027-05-04"}
    assert mine.post(autosave(application, "weeks"), {**days, "version": 2}).json()["errors"] == {}
    assert languages(application) == [("en", "B2")]
    assert [(row.starts_on, row.ends_on) for row in fresh(application).unavailable.all()] == [
        (dt.date(2027, 5, 3), dt.date(2027, 5, 4))
    ]


def test_autosave_with_an_old_version_sends_the_newer_text(application, mine) -> None:
    mine.post(autosave(application), {"version": 1, "shift": "Theirs"})

    response = mine.post(autosave(application), {"version": 1, "shift": "Mine"})

    assert response.status_code == 409
    assert response.json() == {
        "message": "This was changed in another tab or on another device at 11:00.",
        "theirs": {"shift": "Theirs"},
        "version": 2,
    }


def test_autosave_without_a_session_answers_in_json(application) -> None:
    response = Client().post(autosave(application), {"version": 1, "shift": "Mine"})
    assert response.status_code == 401
    assert response.json()["message"].startswith("You are signed out.")


def test_autosave_after_sending_is_refused_in_words() -> None:
    application = make.sent(make.open_call())
    response = sign_in(Client(), application.applicant).post(autosave(application), {"version": 1, "shift": "x"})
    assert response.status_code == 403
    assert response.json()["message"]


def test_autosave_takes_no_get_and_no_last_section(application, mine) -> None:
    assert mine.get(autosave(application)).status_code == 405
    assert mine.post(autosave(application, "send"), {"version": 1, "privacy_accepted": "on"}).status_code == 404
