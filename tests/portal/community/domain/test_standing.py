"""Who a user is at this moment."""

from __future__ import annotations

import pytest

from portal.community.domain.standing import standing_of
from tests import factories

pytestmark = pytest.mark.django_db


def test_standing_holds_roles_in_force_and_groups_in_two_queries(django_assert_num_queries) -> None:
    group = factories.group()
    member = factories.person(roles=[("ncp", "country:PL"), ("reviewer", "")], groups=[group])
    member.role_terms.create(role="editor", starts_on="2020-01-01", ends_on="2020-12-31")
    with django_assert_num_queries(2):
        standing = standing_of(member.user_id)
    assert standing.roles == {("ncp", "country:PL"), ("reviewer", "")}
    assert f"group:{group.pk}" in standing.principals


@pytest.mark.parametrize("role", ["office", "data_protection"])
def test_role_over_everything_is_not_held_for_one_country(role: str) -> None:
    member = factories.person(roles=[(role, "country:LV")])
    assert standing_of(member.user_id).roles == frozenset()
    member.role_terms.update(scope="")
    assert standing_of(member.user_id).roles == {(role, "")}
