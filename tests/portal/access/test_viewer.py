"""Who is asking."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory

from portal.access.middleware import ViewerMiddleware
from portal.access.viewer import ANONYMOUS, Viewer, viewer_for
from portal.accounts.models import User
from tests import factories


def through_middleware(request):
    ViewerMiddleware(lambda _: HttpResponse())(request)
    return request.viewer


def test_visitor_costs_no_query(db: None, rf: RequestFactory, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        viewer = through_middleware(rf.get("/"))
        assert (viewer.principals, viewer.signed_in, viewer.is_member) == ({"public"}, False, False)


def test_member_costs_nothing_until_asked(
    db: None, rf: RequestFactory, client: Client, django_assert_num_queries
) -> None:
    factories.sign_in(client, factories.person())
    request = rf.get("/")
    request.COOKIES = {key: morsel.value for key, morsel in client.cookies.items()}
    with django_assert_num_queries(0):
        through_middleware(request)


def test_member_with_second_factor_has_principals_and_roles(db: None) -> None:
    group = factories.group()
    person = factories.person(country="FI", roles=[("ncp", "country:FI"), ("office", "")], groups=[group])
    viewer = viewer_for(user=person.user, verified=True)
    assert viewer.principals == {
        "public",
        "members",
        f"named:{person.user_id}",
        "country:FI",
        f"organisation:{person.organisation_id}",
        f"group:{group.pk}",
    }
    assert [viewer.holds("ncp"), viewer.holds("ncp", "country:FI"), viewer.holds("ncp", "country:PL")] == [
        True, True, False,
    ]  # fmt: skip
    assert viewer.holds("office", "call:4") is True
    assert viewer.scopes("ncp", "country") == {"FI"}


@pytest.mark.parametrize("condition", ["unverified", "deactivated", "no profile"])
def test_nothing_but_public_without(db: None, condition: str) -> None:
    person = factories.person(roles=[("office", "")])
    assert "members" in viewer_for(user=person.user, verified=True).principals
    if condition == "deactivated":
        person.active = False
        person.save()
    user = User.objects.create_user("no-profile@example.org") if condition == "no profile" else person.user
    viewer = viewer_for(user=user, verified=condition != "unverified")
    assert (viewer.principals, viewer.roles, viewer.user_id) == ({"public"}, frozenset(), user.pk)


def test_disabled_account_is_a_visitor(db: None) -> None:
    user = factories.person().user
    user.is_active = False
    assert viewer_for(user=user, verified=True) == ANONYMOUS
    assert viewer_for(user=AnonymousUser(), verified=True) == ANONYMOUS


def test_viewer_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Viewer().user_id = 3
