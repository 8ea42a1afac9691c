"""One rule, said twice: `visible_to` in SQL and `can_view` for one object."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page

from portal.access.labels import ALLOWED, KEYED
from portal.access.models import PageRule, Rule, can_view
from portal.access.pages import visible_pages
from portal.access.viewer import ANONYMOUS, SYSTEM, Viewer
from tests.portal.access.models import Bare, Paper

KEYS = st.sets(st.sampled_from(["1", "2", "3", "PL", "FI"]), min_size=1, max_size=3)
PRINCIPALS = st.sampled_from(
    ["members", *(f"{kind}:{key}" for kind in ("group", "country", "organisation", "named") for key in "123"),
     "country:PL", "country:FI"]
)  # fmt: skip


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, str, set[str]]:
    tlp = draw(st.sampled_from(sorted(ALLOWED)))
    audience = draw(st.sampled_from(sorted(ALLOWED[tlp])))
    return tlp, audience, draw(KEYS) if audience in KEYED else set()


viewers = st.builds(
    lambda held: Viewer(user_id=1, verified=True, principals=frozenset({"public", *held})), st.sets(PRINCIPALS)
) | st.just(ANONYMOUS)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules(), viewer=viewers)
def test_visible_to_equals_can_view(db: None, rule: tuple[str, str, set[str]], viewer: Viewer) -> None:
    tlp, audience, keys = rule
    paper = Paper.objects.create(rule=Rule.objects.ensure(tlp=tlp, audience=audience, keys=keys))
    in_sql = Paper.objects.visible_to(viewer).filter(pk=paper.pk).exists()
    wanted = {f"{audience}:{key}" for key in keys} or {audience}
    assert in_sql == can_view(viewer, paper) == bool(wanted & viewer.principals)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rule=rules() | st.none(), viewer=viewers, live=st.booleans())
def test_visible_pages_equals_can_view(root: Page, rule, viewer: Viewer, live: bool) -> None:
    page = Page.objects.get(pk=root.pk).add_child(instance=Page(title="A", live=live))
    PageRule.objects.filter(page=page).delete()
    if rule is not None:
        tlp, audience, keys = rule
        PageRule.objects.create(page=page, rule=Rule.objects.ensure(tlp=tlp, audience=audience, keys=keys))
    page = Page.objects.get(pk=page.pk)
    in_sql = visible_pages(viewer=viewer).filter(pk=page.pk).exists()
    assert in_sql == can_view(viewer, page)
    if rule is None or not live:
        assert in_sql is False
    page.delete()


def test_rule_is_one_row_for_equal_wishes(db: None) -> None:
    first = Rule.objects.ensure(tlp="TLP:AMBER", audience="country", keys=["PL", "FI"])
    assert Rule.objects.ensure(tlp="TLP:AMBER", audience="country", keys=["FI", "PL"]) == first
    assert Rule.objects.ensure(tlp="TLP:CLEAR", audience="country", keys=["FI", "PL"]) != first
    assert list(first.principal_rows.order_by("principal").values_list("principal", flat=True)) == [
        "country:FI",
        "country:PL",
    ]


def test_rule_of_five_hundred_names_fits(db: None) -> None:
    rule = Rule.objects.ensure(tlp="TLP:RED", audience="named", keys=[str(key) for key in range(100_000, 100_500)])
    assert can_view(Viewer(user_id=1, principals=frozenset({"named:100499"})), Paper(rule=rule)) is True
    assert can_view(Viewer(user_id=1, principals=frozenset({"named:100500"})), Paper(rule=rule)) is False


def test_rule_is_never_changed(db: None) -> None:
    rule = Rule.objects.public()
    rule.principal_list = "members"
    with pytest.raises(RuntimeError, match="never changed"):
        rule.save()


@pytest.mark.parametrize(
    ("tlp", "audience"), [("TLP:GREEN", "public"), ("TLP:RED", "members"), ("TLP:AMBER", "members")]
)
def test_database_refuses_a_pair_that_is_not_allowed(db: None, tlp: str, audience: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Rule.objects.create(tlp=tlp, audience=audience, principal_list=audience, digest="x")


def test_can_view_of_a_thing_without_a_rule_is_an_error(db: None) -> None:
    with pytest.raises(TypeError, match="Bare stands under no rule"):
        can_view(ANONYMOUS, Bare(pk=1))


def test_system_viewer_sees_what_is_public(db: None) -> None:
    assert can_view(SYSTEM, Paper(rule=Rule.objects.public())) is True
    hidden = Paper(rule=Rule.objects.ensure(tlp="TLP:GREEN", audience="members"))
    assert can_view(SYSTEM, hidden) is False
