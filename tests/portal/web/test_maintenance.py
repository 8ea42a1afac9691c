"""The switch for maintenance: shut for all but health and static files, without a database."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from portal.access import clock
from portal.web import maintenance


@pytest.fixture(autouse=True)
def _own_switch(settings: Any, tmp_path: Path, django_db_blocker: Any) -> Iterator[None]:
    """Let the switch lie in a folder of the test, and refuse the database by name: other tests may have opened it."""
    settings.VAR = tmp_path
    with django_db_blocker.block():
        yield


def switch(*arguments: str) -> str:
    said = io.StringIO()
    call_command("maintenance", *arguments, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize(
    "path", ["/", "/library/", "/admin/", "/accounts/login/", "/waiting/", "/nowhere/", "/healthy/"]
)
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_every_page_answers_503_in_its_own_face_while_shut(path: str, method: str) -> None:
    maintenance.switch_on(minutes=20)
    response = getattr(Client(enforce_csrf_checks=True), method)(path)
    assert response.status_code == 503
    assert 1100 < int(response.headers["Retry-After"]) <= 1200
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.cookies == {}
    if method != "head":
        assert "<h1>The portal is being looked after</h1>" in response.content.decode()
        assert "Expected back within 20 minutes." in response.content.decode()


def test_health_and_static_files_answer_while_shut(settings: Any) -> None:
    # Nothing was collected for the tests: the files are served from where they lie.
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    maintenance.switch_on(minutes=20)
    assert Client().get("/health/live").content == b"ok\n"
    # Without a database it is not ready, but it says so itself.
    assert Client().get("/health/ready").json()["database"] == "down"
    icon = Client().head("/static/web/favicon.svg")
    assert (icon.status_code, icon.headers["Content-Type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize(
    ("path", "code", "heading"),
    [
        ("/de/library/", "de", "Das Portal wird gerade gewartet"),
        ("/fr/", "fr", "Le portail est en maintenance"),
        ("/pl/dolacz/", "pl", "Portal jest w konserwacji"),
    ],
)
def test_page_speaks_the_language_of_the_address(path: str, code: str, heading: str) -> None:
    maintenance.switch_on(minutes=20)
    response = Client().get(path)
    html = response.content.decode()
    assert (response.status_code, response.headers["Content-Language"]) == (503, code)
    assert f'<html lang="{code}">' in html
    assert f"<h1>{heading}</h1>" in html
    assert f'href="/{code}/library/"' in html


def test_what_takes_longer_than_was_said_stays_shut_and_asks_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    back = maintenance.switch_on(minutes=1)
    monkeypatch.setattr(clock, "machine_now", lambda: back + dt.timedelta(hours=2))
    assert Client().get("/").headers["Retry-After"] == "300"
    monkeypatch.setattr(clock, "machine_now", lambda: back - dt.timedelta(seconds=1))
    assert Client().get("/").headers["Retry-After"] == "30"


@pytest.mark.parametrize("written", ["", "soon", "2026-01-01T10:00:00"])
def test_switch_that_was_made_by_hand_shuts_too(written: str) -> None:
    maintenance.path().write_text(written)
    response = Client().get("/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "300")


def test_command_shuts_and_opens_and_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "machine_now", lambda: dt.datetime(2027, 1, 29, 20, 0, tzinfo=dt.UTC))
    assert switch() == "The portal is open.\n"
    assert switch("on", "--minutes", "45") == (
        "The portal is shut: all pages answer 503. Expected back at 21:45 Brussels time.\n"
    )
    assert (switch(), Client().get("/").status_code) == ("The portal is shut.\n", 503)
    assert switch("off") == "The portal is open again.\n"
    assert switch("off") == "The portal was not shut.\n"
    # Open, the page asks the database, which is refused here.
    assert Client(raise_request_exception=False).get("/").status_code == 500
