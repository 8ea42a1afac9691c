"""Signing in by a national identity provider: a real one, in a process of its own, reached over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.conf import settings as configured
from django.test import Client

from portal.access.viewer import SYSTEM
from portal.accounts.domain.enrolment import issue_grant
from portal.accounts.domain.resets import start_anew
from portal.accounts.models import AuthenticatorDevice, Purpose, User
from portal.community.models import Person
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests import factories
from tests.idp import beside
from tests.portal.accounts.telephone import code_of, second_step

CALLBACK = "/accounts/providers/land/callback/"
SECOND = "/accounts/second-factor/"
OWN = "/account/providers/"


@pytest.fixture(scope="module")
def running() -> Iterator[beside.Provider]:
    """The provider, one for the module."""
    with beside.running(answers_to=f"{configured.SITE_URL}{CALLBACK}") as provider:
        yield provider


@pytest.fixture
def provider(running: beside.Provider, settings) -> beside.Provider:
    """The portal, set up with the running provider as "Land Login"."""
    settings.SOCIALACCOUNT_PROVIDERS = running.as_setting()
    return running


def set_out(client: Client, path: str = "/accounts/providers/land/", **data: str) -> str:
    """Press a provider's button; returns the address that the next page leads to."""
    page = client.post(path, data)
    assert page.status_code == 200, page.content
    link = page.content.decode().partition('class="btn" href="')[2].partition('"')[0]
    return unescape(link)


def come_back(client: Client, address: str, **kwargs):
    """Follow the provider's answer back into the portal."""
    assert address.startswith(configured.SITE_URL)
    return client.get(address.removeprefix(configured.SITE_URL), **kwargs)


@pytest.fixture
def linked(client: Client, enrolled: Person, provider: beside.Provider) -> Person:
    """A member whose account the identity "maja" opens, linked as its owner does it; signed out again."""
    factories.sign_in(client, enrolled)
    done = come_back(client, beside.visit(set_out(client, f"{OWN}land/link/")))
    assert (done.status_code, done.url) == (302, OWN)
    client.logout()
    # The device that the sign-in of the tests brings along.
    AuthenticatorDevice.objects.filter(user=enrolled.user, name="Test").delete()
    return enrolled


def test_sign_in_page_without_a_provider_has_no_button(client: Client, db: None) -> None:
    assert "/accounts/providers/" not in client.get("/accounts/login/").content.decode()
    assert client.post("/accounts/providers/land/").status_code == 404
    assert client.get(CALLBACK).status_code == 404


def test_sign_in_page_with_a_provider_has_its_button(client: Client, db: None, provider) -> None:
    words = client.get("/accounts/login/").content.decode()
    assert 'action="/accounts/providers/land/"' in words
    assert "Identify with Land Login" in words


def test_linking_keeps_a_digest_alone_and_tells_the_owner(linked: Person) -> None:
    row = SocialAccount.objects.get()
    assert (row.user_id, row.provider, row.extra_data) == (linked.user_id, "land", {})
    assert len(row.uid) == 64
    assert SocialToken.objects.count() == SocialApp.objects.count() == 0
    assert [mail.to_address for mail in Mail.objects.filter(kind="identity_linked")] == ["maja@example.org"]
    assert Entry.objects.filter(verb="identity_linked", thing_id=str(linked.user_id)).count() == 1


def test_sign_in_by_a_linked_identity_asks_for_the_portals_own_second_factor(client: Client, linked: Person) -> None:
    asked = come_back(client, beside.visit(set_out(client)))
    assert (asked.status_code, asked.url) == (302, SECOND)
    assert "_auth_user_id" not in client.session
    assert client.get("/waiting/").status_code == 302
    assert second_step(client, code_of(linked.user)).url == "/waiting/"
    assert client.get("/waiting/").context["viewer"].is_member is True


def test_sign_in_goes_on_to_where_the_person_wanted(client: Client, linked: Person) -> None:
    come_back(client, beside.visit(set_out(client, next="/exchanges/?open=1")))
    assert second_step(client, code_of(linked.user)).url == "/exchanges/?open=1"


def test_sign_in_never_leaves_the_portal(client: Client, linked: Person) -> None:
    come_back(client, beside.visit(set_out(client, next="https://evil.example/")))
    assert second_step(client, code_of(linked.user)).url == "/waiting/"


def test_identity_with_the_address_of_an_account_opens_nothing_unless_linked(
    client: Client, enrolled: Person, provider: beside.Provider
) -> None:
    page = come_back(client, beside.visit(set_out(client)))
    assert page.status_code == 403
    assert "linked to no account" in page.content.decode()
    assert "account_login" not in client.session
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == 1
    assert SocialAccount.objects.count() == 0


def test_another_identity_of_the_provider_opens_nothing(client: Client, linked: Person) -> None:
    assert come_back(client, beside.visit(set_out(client), who="piotr")).status_code == 403
    assert "account_login" not in client.session


def test_what_is_sent_to_the_provider_asks_for_the_subject_alone_and_is_bound_to_this_sign_in(
    client: Client, db: None, provider: beside.Provider
) -> None:
    address = set_out(client, "/accounts/providers/land/?scope=email&auth_params=prompt%3Dnone", process="connect")
    asked = parse_qs(urlsplit(address).query)
    assert asked["scope"] == ["openid"]
    assert asked["redirect_uri"] == [f"{configured.SITE_URL}{CALLBACK}"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) == 64
    assert "prompt" not in asked
    [(state, _, key)] = client.session["socialaccount_states"].values()
    assert (state["process"], key) == ("login", "land")


def test_answer_from_the_provider_opens_nothing_in_another_browser(client: Client, linked: Person) -> None:
    address = beside.visit(set_out(client))
    other = Client()
    page = come_back(other, address)
    assert page.status_code == 502
    assert "another browser" in page.content.decode()
    assert "account_login" not in other.session


def test_answer_from_the_provider_opens_nothing_a_second_time(client: Client, linked: Person) -> None:
    address = beside.visit(set_out(client))
    assert come_back(client, address).url == SECOND
    client.post("/accounts/second-factor/again/")
    assert come_back(client, address).status_code == 502


def test_answer_with_a_made_up_code_opens_nothing(client: Client, linked: Person) -> None:
    state = parse_qs(urlsplit(set_out(client)).query)["state"][0]
    page = client.get(CALLBACK, {"state": state, "code": "made-up"})
    assert page.status_code == 502
    assert "did not answer as it should" in page.content.decode()


def test_refusing_at_the_provider_changes_nothing_and_says_so(client: Client, linked: Person) -> None:
    page = come_back(client, beside.visit(set_out(client), grant=False))
    assert page.status_code == 200
    assert "You did not finish at Land Login" in page.content.decode()


def test_provider_that_is_away_gets_a_page_in_words(client: Client, db: None, provider, settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    page = client.post("/accounts/providers/land/")
    assert page.status_code == 502
    assert "use your password meanwhile" in page.content.decode()


def test_provider_that_calls_itself_something_else_is_not_trusted(client: Client, db: None, provider, settings) -> None:
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = app["settings"]["server_url"].replace("127.0.0.1", "localhost") + "/"
    assert client.post("/accounts/providers/land/").status_code == 502


def test_signed_in_person_who_presses_the_button_stays_who_they_are(client: Client, linked: Person) -> None:
    factories.sign_in(client, linked)
    assert client.post("/accounts/providers/land/").url == "/waiting/"


def test_setting_out_too_often_is_refused(client: Client, db: None, provider) -> None:
    for _ in range(20):
        assert client.post("/accounts/providers/land/").status_code == 200
    assert client.post("/accounts/providers/land/").status_code == 429


# ── Linking ──────────────────────────────────────────────────────────────────────────────────
def test_linking_an_identity_of_another_account_is_refused(client: Client, linked: Person) -> None:
    other = factories.person("Piotr Wzór", email="piotr@example.org")
    factories.sign_in(client, other)
    page = come_back(client, beside.visit(set_out(client, f"{OWN}land/link/")))
    assert page.status_code == 409
    assert "linked to another account already" in page.content.decode()
    assert SocialAccount.objects.get().user_id == linked.user_id


def test_linking_a_second_identity_of_one_provider_is_refused(client: Client, linked: Person) -> None:
    factories.sign_in(client, linked)
    page = come_back(client, beside.visit(set_out(client, f"{OWN}land/link/"), who="piotr"))
    assert page.status_code == 409
    assert SocialAccount.objects.count() == 1


def test_linking_that_came_back_into_another_persons_session_links_nothing(
    client: Client, enrolled: Person, provider: beside.Provider
) -> None:
    factories.sign_in(client, enrolled)
    address = beside.visit(set_out(client, f"{OWN}land/link/"))
    states = client.session["socialaccount_states"]
    factories.sign_in(client, factories.person("Piotr Wzór", email="piotr@example.org"))
    session = client.session
    session["socialaccount_states"] = states
    session.save()
    assert come_back(client, address).status_code == 502
    assert SocialAccount.objects.count() == 0


@pytest.mark.parametrize("path", [f"{OWN}land/link/", f"{OWN}1/remove/"])
def test_linking_and_removing_ask_for_a_fresh_second_factor(client: Client, linked: Person, machine, path: str) -> None:
    factories.sign_in(client, linked)
    machine.shift(11 * 60)
    page = client.post(path)
    assert "accounts/step_up.html" in [template.name for template in page.templates]
    assert SocialAccount.objects.count() == 1


def test_page_of_ones_own_identities_shows_what_is_linked_and_what_could_be(client: Client, linked: Person) -> None:
    factories.sign_in(client, linked)
    words = client.get(OWN).content.decode()
    assert f"{OWN}{SocialAccount.objects.get().pk}/remove/" in words
    assert f"{OWN}land/link/" not in words
    other = factories.person("Piotr Wzór", email="piotr@example.org")
    factories.sign_in(client, other)
    words = client.get(OWN).content.decode()
    assert f"{OWN}land/link/" in words
    assert "/remove/" not in words


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_ones_own_identities_costs_the_same_with_one_and_with_three(
    client: Client, enrolled: Person, provider: beside.Provider, django_assert_num_queries, count: int
) -> None:
    for number in range(count):
        SocialAccount.objects.create(user=enrolled.user, provider=f"land-{number}", uid=str(number))
    factories.sign_in(client, enrolled)
    client.get(OWN)
    with django_assert_num_queries(10):
        words = client.get(OWN).content.decode()
    assert words.count(">Remove</button>") == count


def test_removing_a_link_closes_that_way_in_and_tells_the_owner(client: Client, linked: Person) -> None:
    factories.sign_in(client, linked)
    assert client.post(f"{OWN}{SocialAccount.objects.get().pk}/remove/").url == OWN
    assert SocialAccount.objects.count() == 0
    assert Mail.objects.filter(kind="identity_unlinked").count() == 1
    client.logout()
    assert come_back(client, beside.visit(set_out(client))).status_code == 403


def test_removing_somebody_elses_link_removes_nothing(client: Client, linked: Person) -> None:
    factories.sign_in(client, factories.person("Piotr Wzór", email="piotr@example.org"))
    client.post(f"{OWN}{SocialAccount.objects.get().pk}/remove/")
    assert SocialAccount.objects.count() == 1


def test_removing_the_only_first_step_is_refused_in_words(client: Client, linked: Person) -> None:
    linked.user.set_unusable_password()
    linked.user.save()
    factories.sign_in(client, linked)
    page = client.post(f"{OWN}{SocialAccount.objects.get().pk}/remove/", follow=True)
    assert "your only first step" in page.content.decode()
    assert SocialAccount.objects.count() == 1


def test_account_that_begins_anew_is_linked_to_nobody(linked: Person) -> None:
    start_anew(user=linked.user, by=SYSTEM)
    assert SocialAccount.objects.count() == 0
    assert Entry.objects.filter(verb="identity_unlinked", thing_id=str(linked.user_id)).count() == 1


def test_closed_account_is_not_opened_by_its_identity(client: Client, linked: Person) -> None:
    User.objects.filter(pk=linked.user_id).update(is_active=False)
    assert come_back(client, beside.visit(set_out(client))).url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_whole_way_in_german_stays_in_german(client: Client, linked: Person) -> None:
    assert come_back(client, beside.visit(set_out(client, "/de/accounts/providers/land/"))).url == f"/de{SECOND}"
    client.post("/accounts/second-factor/again/")
    page = come_back(client, beside.visit(set_out(client, "/de/accounts/providers/land/"), who="piotr"))
    assert page.status_code == 403
    assert 'href="/de/accounts/login/"' in page.content.decode()


# ── By invitation ────────────────────────────────────────────────────────────────────────────
def opened_invitation(client: Client, user: User) -> None:
    """Open an invitation's link in this browser."""
    url = issue_grant(user=user, purpose=Purpose.INVITATION, by=SYSTEM).url
    assert client.post(url.removeprefix(configured.SITE_URL)).url == "/accounts/enrol/password/"


def test_invitation_can_be_taken_up_with_an_identity_in_place_of_a_password(
    client: Client, newcomer: User, provider: beside.Provider
) -> None:
    opened_invitation(client, newcomer)
    assert 'action="/accounts/providers/land/enrol/"' in client.get("/accounts/enrol/password/").content.decode()
    answer = come_back(client, beside.visit(set_out(client, "/accounts/providers/land/enrol/")))
    assert answer.url == "/accounts/enrol/device/"
    assert SocialAccount.objects.get().user_id == newcomer.pk
    assert "_auth_user_id" not in client.session
    assert newcomer.has_usable_password() is False
    assert client.get("/accounts/enrol/device/").status_code == 200


def test_invitation_is_asked_for_in_the_browser_that_comes_back(
    client: Client, newcomer: User, provider: beside.Provider
) -> None:
    opened_invitation(client, newcomer)
    address = beside.visit(set_out(client, "/accounts/providers/land/enrol/"))
    session = client.session
    del session["enrolment_grant"]
    session.save()
    assert come_back(client, address).url == "/accounts/enrol/password/"
    assert SocialAccount.objects.count() == 0


def test_taking_up_without_an_invitation_leads_nowhere(client: Client, db: None, provider: beside.Provider) -> None:
    assert client.post("/accounts/providers/land/enrol/").url == "/accounts/enrol/password/"


def test_taking_up_with_an_identity_of_another_account_is_refused(
    client: Client, linked: Person, newcomer: User
) -> None:
    opened_invitation(client, newcomer)
    page = come_back(client, beside.visit(set_out(client, "/accounts/providers/land/enrol/")))
    assert page.status_code == 409
    assert SocialAccount.objects.get().user_id == linked.user_id
