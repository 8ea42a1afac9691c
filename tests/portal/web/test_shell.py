import pytest
from django.template.loader import render_to_string

from portal.access.viewer import ANONYMOUS, Viewer
from portal.web import registries
from portal.web.context_processors import shell
from portal.web.registries import NavEntry, WaitingItem

pytestmark = pytest.mark.urls("tests.portal.web.urls")


@pytest.fixture
def _navigation(monkeypatch):
    navigation = registries.Navigation()
    navigation.add(NavEntry("Groups", "/groups/", 40, "groups"))
    navigation.add(NavEntry("Library", "/library/", 10, "library"))
    monkeypatch.setattr(registries, "navigation", navigation)


@pytest.fixture
def asked(monkeypatch):
    """The viewers that a source of waiting items was asked about."""
    seen = []

    def source(viewer):
        seen.append(viewer.user_id)
        return [WaitingItem("Sign run 3", "/exchanges/run/3/")]

    monkeypatch.setattr(registries, "waiting", [source])
    return seen


@pytest.mark.usefixtures("_navigation")
def test_shell_marks_the_section_of_the_path(ask):
    entries = shell(ask("/library/manhunt/"))["nav_entries"]
    assert [(entry.label, entry.current) for entry in entries] == [("Library", True), ("Groups", False)]


# Without the mark for a database, a query would end this test.
@pytest.mark.usefixtures("_navigation")
def test_frame_of_a_visitor_asks_nothing(ask, asked):
    html = render_to_string("base.html", request=ask("/library/"))
    assert '<a href="/library/" aria-current="page">Library</a>' in html
    assert '<a href="/accounts/login/">Sign in</a>' in html
    assert 'class="zone"' not in html
    assert asked == []


def test_frame_of_a_member_counts_what_waits_once(ask, asked, member):
    html = render_to_string("base.html", request=ask("/", member))
    assert '<a href="/waiting/">What waits for me <b>1</b></a>' in html
    assert "<span>Ilze Paraugs</span>" in html
    assert '<form method="post" action="/accounts/logout/" data-sign-out>' in html
    assert '<body data-viewer="7">' in html
    assert asked == [7]


def test_frame_of_a_half_signed_in_person_offers_no_list(ask, asked):
    html = render_to_string("base.html", request=ask("/", Viewer(user_id=7, name="Ilze Paraugs")))
    assert "Sign out" in html
    assert "What waits for me" not in html
    assert asked == []


def test_frame_of_a_labelled_page_says_so_first(ask):
    zone = {"tlp": "TLP:AMBER+STRICT", "title": "Your organisation.", "text": "Nobody else"}
    html = render_to_string("base.html", {"zone": zone}, request=ask("/"))
    assert html.index("TLP:AMBER+STRICT") < html.index('class="masthead"')
    assert '<meta name="robots" content="noindex, noarchive">' in html


@pytest.mark.parametrize(("cookie", "attribute"), [("dark", ' data-scheme="dark"'), ("system", ""), ("pink", "")])
def test_frame_carries_the_chosen_display(ask, cookie, attribute):
    html = render_to_string("base.html", request=ask("/", ANONYMOUS, scheme=cookie))
    chosen = cookie if cookie == "dark" else "system"
    assert f'<html lang="en"{attribute}>' in html
    assert f'value="{chosen}" id="scheme-{chosen}" checked' in html


@pytest.mark.parametrize(
    ("scheme", "cookie"), [("dark", "dark"), ("light", "light"), ("system", ""), ("pink", ""), ("", "")]
)
def test_display_is_remembered_and_the_page_comes_back(client, scheme, cookie):
    response = client.post("/display/", {"scheme": scheme, "next": "/library/?q=border"})
    assert response.url == "/library/?q=border"
    assert response.cookies["scheme"].value == cookie


@pytest.mark.parametrize("target", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_display_never_leads_elsewhere(client, target):
    assert client.post("/display/", {"scheme": "dark", "next": target}).url == "/"


def test_display_cannot_be_changed_by_a_link(client):
    response = client.get("/display/", {"scheme": "dark"})
    assert response.status_code == 405
    assert "scheme" not in response.cookies
