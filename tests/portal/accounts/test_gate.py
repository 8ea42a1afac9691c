"""Who gets past the gate, into member zones and into the CMS."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.urls import get_resolver
from wagtail.models import BaseViewRestriction, Collection, CollectionViewRestriction

from portal.accounts.middleware import EXEMPT
from portal.accounts.models import AuthenticatorDevice, User
from portal.community.models import Person
from tests import factories
from tests.portal.accounts.telephone import code_of, second_step

WAITING, CMS = "/waiting/", "/admin/"


@pytest.fixture
def editor(db: None) -> Person:
    """A member who edits pages: the role, and Wagtail's permission."""
    member = factories.person("Ed Itor", roles=[("editor", "")])
    group = Group.objects.create(name="Test editors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    member.user.groups.add(group)
    return member


def test_gate_costs_a_visitor_nothing(client: Client, db: None, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        page = client.get("/accounts/signup/")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "public, max-age=0, must-revalidate"  # the local setting
    assert page.cookies == {}


@pytest.mark.parametrize("path", [WAITING, CMS, "/admin/pages/"])
def test_gate_sends_a_visitor_to_sign_in_and_back(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("path", [WAITING, CMS])
def test_gate_sends_an_unverified_session_to_its_second_factor(client: Client, enrolled: Person, path: str) -> None:
    factories.sign_in(client, enrolled, verified=False)
    answer = client.get(path, follow=True)
    assert answer.redirect_chain == [(f"/accounts/second-factor/?next={path.replace('/', '%2F')}", 302)]
    assert "Code from your app" in answer.content.decode()


def test_gate_lets_an_unverified_session_through_after_its_code(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled, verified=False)
    before = client.session.session_key
    assert second_step(client, code_of(enrolled.user), next=WAITING).url == WAITING
    assert client.session.session_key != before
    assert client.get(WAITING).context["viewer"].is_member is True


def test_gate_refuses_a_wrong_code_in_a_session(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled, verified=False)
    assert second_step(client, "12").status_code == 200
    assert client.get(WAITING).status_code == 302


def test_gate_explains_to_a_session_that_was_never_enrolled(client: Client, db: None) -> None:
    factories.sign_in(client, factories.person(), verified=False)
    page = client.get(WAITING, follow=True)
    assert [url for url, _ in page.redirect_chain][-1] == "/accounts/second-factor/none/"
    assert "Sign out" in page.content.decode()


def test_gate_shuts_when_the_device_is_taken_away(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert client.get(WAITING).status_code == 200
    AuthenticatorDevice.objects.filter(user=enrolled.user).delete()
    assert client.get(WAITING).url.startswith("/accounts/second-factor/")


def test_gate_drops_what_an_unverified_session_posts(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled, verified=False)
    assert client.post(WAITING, {"a": "b"}).url == "/accounts/second-factor/"


def test_verified_member_reaches_what_waits(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert client.get(WAITING).status_code == 200


@pytest.mark.parametrize("roles", [[], [("ncp", "country:PL")], [("office", "")]])
def test_cms_refuses_a_verified_member_without_the_right_and_does_not_go_in_circles(
    client: Client, db: None, roles: list
) -> None:
    factories.sign_in(client, factories.person(roles=roles))
    page = client.get(CMS, follow=True)
    assert (page.status_code, page.redirect_chain) == (403, [])
    again = client.get("/accounts/login/?next=/admin/", follow=True)
    assert (again.status_code, again.redirect_chain) == (403, [("/admin/", 302)])


def test_cms_opens_to_an_editor(client: Client, editor: Person) -> None:
    factories.sign_in(client, editor)
    assert client.get("/admin/account/").status_code == 200


def test_cms_refuses_an_editor_without_a_second_factor_in_this_session(client: Client, editor: Person) -> None:
    factories.sign_in(client, editor, verified=False)
    assert client.get("/admin/account/").url.startswith("/accounts/second-factor/")


def test_cms_refuses_an_editor_whose_role_ended(client: Client, editor: Person) -> None:
    factories.sign_in(client, editor)
    editor.role_terms.update(ends_on="2020-12-31")
    assert client.get(CMS).url == "/accounts/login/?next=/admin/"
    factories.sign_in(client, editor)
    assert client.get(CMS).status_code == 403


def test_cms_opens_to_an_administrator_without_a_profile(client: Client, db: None) -> None:
    admin = User.objects.create_superuser("admin@example.org")
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/admin/account/").status_code == 302
    session = client.session
    session["otp_device_id"] = AuthenticatorDevice.objects.create(user=admin, name="A").persistent_id
    session.save()
    assert client.get("/admin/account/").status_code == 200


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/admin/login/?next=/admin/pages/", "/accounts/login/?next=/admin/pages/"),
        ("/admin/password_reset/", "/accounts/password/reset/"),
        ("/admin/password_reset/confirm/MQ/abc/", "/accounts/password/reset/"),
        ("/admin/password_reset/done/", "/accounts/password/reset/"),
        ("/_util/login/", "/accounts/login/"),
        ("/_util/authenticate_with_password/1/1/", "/accounts/login/"),
        ("/documents/authenticate_with_password/1/", "/accounts/login/"),
    ],
)
def test_doors_that_ask_for_a_password_alone_are_taken_over(client: Client, db: None, path: str, target: str) -> None:
    for answer in (client.get(path), client.post(path, {"username": "x", "password": "y"})):
        assert (answer.status_code, answer.url) == (302, target)


def test_every_exempt_name_exists() -> None:
    names: set[str] = set()

    def collect(resolver: object, prefix: str) -> None:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                collect(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
            elif pattern.name:
                names.add(prefix + pattern.name)

    collect(get_resolver(), "")
    assert sorted(EXEMPT - names) == []


def _request(user: object, verified: bool | None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = user
    if verified is not None:
        user.is_verified = lambda: verified
    return request


@pytest.fixture
def restriction(db: None) -> CollectionViewRestriction:
    """A collection for the members of one group; `restriction.groups.get()` is that group."""
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    made = CollectionViewRestriction.objects.create(collection=collection, restriction_type=BaseViewRestriction.GROUPS)
    made.groups.add(Group.objects.create(name="Readers"))
    return made


@pytest.mark.parametrize("kind", [BaseViewRestriction.LOGIN, BaseViewRestriction.GROUPS])
def test_wagtail_restriction_also_asks_for_the_second_factor(restriction: CollectionViewRestriction, kind: str) -> None:
    restriction.restriction_type = kind
    user = User.objects.create_user("a@example.org")
    user.groups.add(restriction.groups.get())
    assert restriction.accept_request(_request(user, True)) is True
    with pytest.raises(Http404):
        restriction.accept_request(_request(user, False))
    # Where the OTP middleware did not run there is no `is_verified` to ask.
    del user.is_verified
    with pytest.raises(Http404):
        restriction.accept_request(_request(user, None))


def test_wagtail_restriction_hides_itself_from_a_member_outside_the_group(
    restriction: CollectionViewRestriction,
) -> None:
    with pytest.raises(Http404):
        restriction.accept_request(_request(User.objects.create_user("a@example.org"), True))
    assert restriction.accept_request(_request(AnonymousUser(), None)) is False


def test_wagtail_restriction_that_asks_for_no_sign_in_is_left_alone(restriction: CollectionViewRestriction) -> None:
    restriction.restriction_type = BaseViewRestriction.NONE
    assert restriction.accept_request(_request(AnonymousUser(), None)) is True
