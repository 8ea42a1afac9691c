"""The account area: its frame, its overview, who gets in."""

import pytest
from django.urls import reverse

from portal.accounts.models import AuthenticatorDevice, User
from portal.web import registries
from portal.web.registries import AccountSection
from tests import factories

pytestmark = pytest.mark.django_db


def test_overview_for_a_member(client):
    member = factories.person("Anna Wzorowa", email="anna@example.org")
    factories.sign_in(client, member)
    page = client.get("/account/")
    assert page.status_code == 200
    assert page.context["email"] == "anna@example.org"
    assert "<title>Overview | Your account | NOC Community</title>" in page.content.decode()
    assert '<h1 class="mt7">Overview</h1>' in page.content.decode()
    assert '<a href="/account/" aria-current="page">Overview</a>' in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"


def test_the_name_at_the_top_leads_to_the_account(client):
    factories.sign_in(client, factories.person("Anna Wzorowa"))
    assert '<a href="/account/">Anna Wzorowa</a>' in client.get("/waiting/").content.decode()


def test_overview_for_an_administrator_without_a_profile(client):
    admin = User.objects.create_superuser("admin@example.org", "correct horse battery staple")
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    device = AuthenticatorDevice.objects.create(user=admin, name="Test", confirmed=True)
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    page = client.get("/account/")
    assert page.status_code == 200
    assert '<a href="/account/">Your account</a>' in page.content.decode()


def test_overview_for_a_visitor(client):
    page = client.get("/account/")
    assert (page.status_code, page.url) == (302, "/accounts/login/?next=/account/")


def test_overview_in_a_session_without_a_second_factor(client):
    factories.sign_in(client, factories.person(), verified=False)
    page = client.get("/account/")
    assert (page.status_code, page.url) == (302, "/accounts/second-factor/?next=%2Faccount%2F")


@pytest.fixture
def section(monkeypatch):
    monkeypatch.setattr(registries.account_sections, "_sections", dict(registries.account_sections._sections))
    return registries.account_sections.add


def test_a_section_with_its_note_stands_in_tabs_and_overview(client, section):
    section(AccountSection("stars", "Stars", "web:waiting", 5, note=lambda viewer: f"{viewer.name} has four"))
    factories.sign_in(client, factories.person("Anna Wzorowa"))
    words = client.get("/account/").content.decode()
    assert '<a href="/waiting/">Stars</a>' in words
    assert "Anna Wzorowa has four" in words


def test_a_section_that_is_not_for_the_viewer(client, section):
    section(AccountSection("stars", "Stars", "web:waiting", 5, shown=lambda viewer: viewer.holds("office")))
    factories.sign_in(client, factories.person())
    assert "Stars" not in client.get("/account/").content.decode()
    client.logout()
    factories.sign_in(client, factories.person(roles=[("office", "")]))
    assert "Stars" in client.get("/account/").content.decode()


def test_sections_keep_their_order_and_one_of_each_key(section):
    section(AccountSection("b", "Second", reverse("accounts_overview"), 2))
    section(AccountSection("a", "First", reverse("accounts_overview"), 1))
    section(AccountSection("b", "Second again", reverse("accounts_overview"), 2))
    labels = [entry.label for entry in registries.account_sections]
    assert labels[labels.index("First") :][:2] == ["First", "Second again"]
    assert "Second" not in labels


@pytest.mark.parametrize("path", ["/account/", "/account/email/", "/account/mails/", "/account/profile/"])
def test_pages_cost_no_more_than_a_members_page_may(client, path, django_assert_max_num_queries):
    factories.sign_in(client, factories.person(roles=[("office", ""), ("ncp", "country:PL")]))
    with django_assert_max_num_queries(25):
        assert client.get(path).status_code == 200
