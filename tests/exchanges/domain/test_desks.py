"""The ways on from the page of what waits."""

from __future__ import annotations

from typing import Any

import pytest

from exchanges.domain import panels
from portal.access.viewer import ANONYMOUS
from tests.factories import person, viewer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ([], ["Exchange weeks"]),
        ([("office", "")], ["The office’s desk", "Host weeks", "Exchange weeks"]),
        ([("ncp", "country:PL")], ["Endorsements", "Host weeks", "Exchange weeks"]),
        ([("reviewer", "")], ["Your reviews", "Exchange weeks"]),
    ],
)
def test_desks_follow_the_roles(roles: list[tuple[str, str]], words: list[str]) -> None:
    found = panels.desks(viewer=viewer(person(roles=roles)))
    assert found is not None
    assert [label for label, _ in found["doors"]] == words


def test_desks_are_not_for_visitors() -> None:
    assert panels.desks(viewer=ANONYMOUS) is None


def test_desks_ask_the_same_queries_for_a_committee_member(django_assert_num_queries: Any) -> None:
    member = viewer(person(roles=[("committee", "")]))
    with django_assert_num_queries(2):
        found = panels.desks(viewer=member)
    assert found == {"doors": [("Exchange weeks", "/exchanges/placements/")], "applications": [], "runs": []}
