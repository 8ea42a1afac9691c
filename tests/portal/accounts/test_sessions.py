"""How long a session lasts, and what happens to a form that was open when it ended."""

from __future__ import annotations

import datetime as dt

from django.test import Client

from portal.access import clock
from portal.accounts.domain.sessions import end_all, live_sessions
from portal.accounts.models import EndedSession, Session
from portal.accounts.tasks import clear_sessions
from portal.community.models import Person
from tests import factories

WAITING = "/waiting/"


def test_session_lasts_while_it_is_used(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    for _ in range(5):
        machine.shift(59 * 60)
        assert client.get(WAITING).status_code == 200


def test_session_ends_after_an_hour_without_use_and_says_so(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    machine.shift(60 * 60 + 1)
    page = client.get(WAITING, follow=True)
    assert page.redirect_chain == [(f"/accounts/login/?next={WAITING}", 302)]
    assert "You were signed out after 60 minutes without use." in page.content.decode()
    assert "_auth_user_id" not in client.session


def test_session_ends_after_twelve_hours_of_use_and_says_so(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    for _ in range(24):
        machine.shift(30 * 60)
        assert client.get(WAITING).status_code == 200
    machine.shift(1)
    page = client.get(WAITING, follow=True)
    assert "a session lasts 12 hours at most" in page.content.decode()


def test_session_is_not_ended_by_the_sample_clock(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    with clock.at(clock.now() + dt.timedelta(days=14)):
        assert client.get(WAITING).status_code == 200


def test_session_without_a_beginning_is_over(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    session = client.session
    del session["signed_in_at"]
    session.save()
    assert client.get(WAITING).status_code == 302


def test_last_use_is_written_at_most_once_a_minute_and_nothing_else_with_it(
    client: Client, enrolled: Person, machine
) -> None:
    factories.sign_in(client, enrolled)
    before = Session.objects.get()
    machine.shift(59)
    client.get(WAITING)
    assert Session.objects.get().last_used == before.last_used
    machine.shift(1)
    client.get(WAITING)
    after = Session.objects.get()
    assert after.last_used == before.last_used + dt.timedelta(seconds=60)
    assert after.session_data == before.session_data


def test_form_sent_after_its_session_ended_comes_back_with_what_was_typed(
    client: Client, enrolled: Person, machine
) -> None:
    factories.sign_in(client, enrolled)
    machine.shift(60 * 60 + 1)
    page = client.post(WAITING, {"why_us": "Because <we> care", "new_password": "not to be shown", "empty": ""})
    words = page.content.decode()
    assert page.status_code == 403
    assert "Why us" in words
    assert "Because &lt;we&gt; care" in words
    assert "not to be shown" not in words
    assert 'href="/accounts/login/?next=/waiting/"' in words
    assert "_auth_user_id" not in client.session


def test_form_sent_after_signing_out_elsewhere_comes_back_with_what_was_typed(client: Client, db: None) -> None:
    page = client.post(
        "/exchanges/offers/new/", {"summary": "You sit <beside> the shift leader.", "code": "12345678901234"}
    )
    words = page.content.decode()
    assert page.status_code == 401
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "You sit &lt;beside&gt; the shift leader." in words
    assert "12345678901234" not in words
    assert 'href="/accounts/login/?next=/exchanges/offers/new/"' in words


def test_button_pressed_after_signing_out_elsewhere_leads_to_signing_in(client: Client, db: None) -> None:
    answer = client.post("/exchanges/offers/new/", {"submit": "1"})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/exchanges/offers/new/")


def test_sign_out_after_the_session_ended_just_goes_home(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    machine.shift(60 * 60 + 1)
    assert client.post("/accounts/logout/").url == "/"


def test_clear_sessions_removes_what_ended_half_a_day_ago(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    machine.shift(24 * 60 * 60 - 1)
    clear_sessions()
    assert Session.objects.count() == 1
    assert live_sessions(user_id=enrolled.user_id) == []
    machine.shift(2)
    clear_sessions()
    assert Session.objects.count() == 0


def test_clear_sessions_forgets_why_a_session_was_ended(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    end_all(user=enrolled.user, reason="device")
    machine.shift(12 * 60 * 60)
    clear_sessions()
    assert EndedSession.objects.count() == 1
    machine.shift(1)
    clear_sessions()
    assert EndedSession.objects.count() == 0
