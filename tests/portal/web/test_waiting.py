import datetime as dt

import pytest

from portal.access import clock
from portal.access.viewer import Viewer
from portal.web import registries
from portal.web.registries import WaitingItem
from portal.web.views.waiting import waiting

pytestmark = pytest.mark.urls("tests.portal.web.urls")
NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def waits(monkeypatch):
    items = []
    monkeypatch.setattr(registries, "waiting", [lambda viewer: items])
    # What the areas add to the page has addresses of its own, which these tests do not serve.
    monkeypatch.setattr(registries, "_panels", {})
    return items


def page(ask, viewer):
    with clock.at(NOW):
        return waiting(ask("/waiting/", viewer))


def test_waiting_asks_a_visitor_to_sign_in(ask, waits):
    assert waiting(ask("/waiting/")).url == "/accounts/login/?next=/waiting/"


def test_waiting_shows_the_nearest_deadline_first(ask, waits, member):
    waits += [
        WaitingItem("Read the report", "/report/", since=NOW - dt.timedelta(days=3)),
        WaitingItem("Endorse Sintija", "/endorse/", until=NOW + dt.timedelta(days=6), note="Two further wishes"),
        WaitingItem("Sign run 3", "/run/", until=NOW - dt.timedelta(days=1)),
    ]
    html = page(ask, member).content.decode()
    assert html.index("Sign run 3") < html.index("Endorse Sintija") < html.index("Read the report")
    assert "<b>1</b>day late" in html
    assert "<b>6</b>days left" in html
    assert "<b>3</b>days</p>" in html
    assert "Until Friday 27 November 2026, 10:00 Brussels time" in html
    assert "Three things wait for your word." in html


def test_waiting_says_when_nothing_waits(ask, waits, member):
    html = page(ask, member).content.decode()
    assert "Nothing waits for you" in html
    assert "TLP:AMBER" in html


def test_waiting_is_closed_before_the_second_factor(ask, waits):
    waits.append(WaitingItem("Endorse Sintija", "/endorse/"))
    html = page(ask, Viewer(user_id=7, name="Ilze Paraugs")).content.decode()
    assert "Endorse Sintija" not in html
    assert "opens after the second" in html
