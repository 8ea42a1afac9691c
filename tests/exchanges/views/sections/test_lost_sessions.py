"""A session that ends in the middle of a form."""

import pytest
from django.test import Client

from portal.access import clock
from portal.accounts import sessions
from portal.accounts.models import Session
from tests.exchanges import factories as make
from tests.exchanges.views.sections.helpers import autosave, fresh, url
from tests.exchanges.views.test_public import text
from tests.factories import person, sign_in

pytestmark = pytest.mark.django_db


def test_a_lost_session_keeps_what_was_typed_and_puts_it_back_after_signing_in(application) -> None:
    client = Client()

    response = client.post(url(application), {"version": 1, "shift": "Typed for twenty minutes"})

    assert response.status_code == 401
    page = text(response)
    assert "What you typed is kept." in page
    assert "Typed for twenty minutes" in page
    assert f"/accounts/login/?next={url(application)}" in page
    assert fresh(application).shift == ""

    sign_in(client, application.applicant)
    page = text(client.get(url(application)))
    assert "This is what you typed before you were signed out" in page
    assert ">\nTyped for twenty minutes</textarea>" in page

    client.post(url(application), {"version": 1, "shift": "Typed for twenty minutes"})
    assert fresh(application).shift == "Typed for twenty minutes"
    assert "before you were signed out" not in text(client.get(url(application)))


def test_a_session_that_ran_out_keeps_what_was_typed(application, mine) -> None:
    Session.objects.update(last_used=clock.machine_now() - 2 * sessions.IDLE)

    response = mine.post(url(application), {"version": 1, "shift": "Typed"})

    assert response.status_code == 401
    sign_in(mine, application.applicant)
    assert ">\nTyped</textarea>" in text(mine.get(url(application)))


def test_what_was_kept_is_shown_to_the_applicant_alone(application) -> None:
    client = Client()
    client.post(url(application), {"version": 1, "shift": "Private words"})
    other = make.draft(application.call, person("Other", "LV"))
    sign_in(client, other.applicant)

    assert client.get(url(application)).status_code == 404
    assert "Private words" not in text(client.get(url(other)))


def test_what_was_kept_can_be_thrown_away(application) -> None:
    client = Client()
    client.post(url(application), {"version": 1, "shift": "Old words"})
    sign_in(client, application.applicant)

    assert "Old words" in text(client.get(url(application)))
    assert "Old words" not in text(client.get(f"{url(application)}?fresh=1"))
    assert "Old words" not in text(client.get(url(application)))


def test_what_is_too_long_to_keep_is_shown_at_least(application) -> None:
    response = Client().post(url(application), {"version": 1, "shift": "y" * 100_001})
    assert response.status_code == 401
    assert "too long to be kept" in text(response)
    assert "y" * 100_001 in text(response)


def test_an_old_token_shows_the_text_again_and_changes_nothing(application) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), application.applicant)
    token = client.get(url(application)).context["csrf_token"]

    response = client.post(url(application), {"version": 1, "shift": "Typed", "csrfmiddlewaretoken": "a" * 64})
    assert response.status_code == 403
    assert "You signed in again since this page was opened" in text(response)
    assert ">\nTyped</textarea>" in text(response)
    assert fresh(application).shift == ""
    answer = client.post(autosave(application), {"version": 1, "shift": "x", "csrfmiddlewaretoken": "a" * 64})
    assert (answer.status_code, "Save and go on" in answer.json()["message"]) == (403, True)

    client.post(url(application), {"version": 1, "shift": "Typed", "csrfmiddlewaretoken": str(token)})
    assert fresh(application).shift == "Typed"


def test_a_post_from_another_site_is_refused_and_keeps_nothing(application) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        url(application), {"version": 1, "shift": "Planted"}, headers={"Origin": "https://evil.example"}
    )
    assert response.status_code == 403
    assert "Planted" not in text(response)
    without_token = client.post(url(application), {"version": 1, "shift": "Planted"})
    assert without_token.status_code == 302
    sign_in(client, application.applicant)
    assert "Planted" not in text(client.get(url(application)))
