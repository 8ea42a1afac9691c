"""Rules along the page tree."""

import pytest
from wagtail.models import Page

from portal.access.labels import RuleRefused
from portal.access.models import PageRule, can_view
from portal.access.pages import set_page_rule, settle, visible_pages
from portal.access.viewer import ANONYMOUS, Viewer

MEMBER = Viewer(user_id=1, verified=True, principals=frozenset({"public", "members"}))
COLLEAGUE = Viewer(user_id=2, verified=True, principals=frozenset({"public", "members", "group:3"}))


def seen(viewer: Viewer) -> set[str]:
    return {title for title in visible_pages(viewer=viewer).values_list("title", flat=True) if title in "ABCDE"}


def close(page: Page) -> None:
    set_page_rule(page=page, tlp="TLP:AMBER", audience="group", keys=["3"])


def test_new_page_takes_its_parents_rule(page) -> None:
    a = page("A")
    close(a)
    page("B", a)
    assert (seen(COLLEAGUE), seen(MEMBER), seen(ANONYMOUS)) == ({"A", "B"}, set(), set())


def test_rule_is_handed_down_to_grandchildren(page) -> None:
    a = page("A")
    b = page("B", a)
    page("C", b)
    assert seen(ANONYMOUS) == {"A", "B", "C"}
    close(a)
    assert (seen(COLLEAGUE), seen(MEMBER)) == ({"A", "B", "C"}, set())


def test_page_with_a_rule_of_its_own_keeps_it(page) -> None:
    a = page("A")
    b = page("B", a)
    close(b)
    set_page_rule(page=a, tlp="TLP:GREEN", audience="members")
    assert (seen(MEMBER), seen(COLLEAGUE), seen(ANONYMOUS)) == ({"A"}, {"A", "B"}, set())


def test_page_beneath_a_restricted_one_cannot_be_public(page) -> None:
    a = page("A")
    b = page("B", a)
    close(a)
    with pytest.raises(RuleRefused, match="beneath a restricted page"):
        set_page_rule(page=b, tlp="TLP:CLEAR", audience="public")
    assert seen(ANONYMOUS) == set()


def test_public_page_follows_a_parent_that_becomes_restricted(page) -> None:
    a = page("A")
    b = page("B", a)
    set_page_rule(page=b, tlp="TLP:CLEAR", audience="public")
    close(a)
    assert (seen(ANONYMOUS), seen(COLLEAGUE)) == (set(), {"A", "B"})


def test_page_without_a_rule_is_closed_and_so_are_its_new_children(page) -> None:
    a = page("A")
    PageRule.objects.filter(page=a).delete()
    b = page("B", a)
    assert seen(COLLEAGUE) == set()
    assert can_view(COLLEAGUE, b) is False


def test_draft_is_visible_to_nobody(page) -> None:
    draft = page("A", live=False)
    assert seen(COLLEAGUE) == set()
    assert can_view(COLLEAGUE, draft) is False


def test_moved_pages_take_the_new_parents_rule(page) -> None:
    a, b = page("A"), page("B")
    close(b)
    c = page("C", a)
    page("D", c)
    assert seen(ANONYMOUS) == {"A", "C", "D"}
    Page.objects.get(pk=c.pk).move(Page.objects.get(pk=b.pk), pos="last-child")
    assert (seen(ANONYMOUS), seen(COLLEAGUE)) == ({"A"}, {"A", "B", "C", "D"})


def test_page_moved_beneath_a_closed_one_is_closed(page) -> None:
    a, b = page("A"), page("B")
    PageRule.objects.filter(page=b).delete()
    Page.objects.get(pk=a.pk).move(Page.objects.get(pk=b.pk), pos="last-child")
    assert seen(COLLEAGUE) == set()


def test_public_page_moved_beneath_a_restricted_one_is_no_longer_public(page) -> None:
    a, b = page("A"), page("B")
    set_page_rule(page=a, tlp="TLP:CLEAR", audience="public")
    close(b)
    Page.objects.get(pk=a.pk).move(Page.objects.get(pk=b.pk), pos="last-child")
    assert (seen(ANONYMOUS), seen(COLLEAGUE)) == (set(), {"A", "B"})


def test_restricted_page_moved_into_the_open_keeps_its_own_rule(page) -> None:
    a, b = page("A"), page("B")
    c = page("C", a)
    close(c)
    Page.objects.get(pk=c.pk).move(Page.objects.get(pk=b.pk), pos="last-child")
    assert (seen(ANONYMOUS), seen(COLLEAGUE)) == ({"A", "B"}, {"A", "B", "C"})


def test_copy_of_a_restricted_page_is_no_wider(page) -> None:
    a, b = page("A"), page("B")
    close(a)
    page("C", a)
    Page.objects.get(pk=a.pk).copy(
        recursive=True, to=Page.objects.get(pk=b.pk), update_attrs={"title": "D", "slug": "d"}, keep_live=True
    )
    assert seen(ANONYMOUS) == {"B"}
    assert seen(COLLEAGUE) == {"A", "B", "C", "D"}
    assert visible_pages(viewer=COLLEAGUE).filter(title="C").count() == 2
    assert visible_pages(viewer=ANONYMOUS).filter(title="C").count() == 0


def test_alias_of_a_restricted_page_is_no_wider(page) -> None:
    a, b = page("A"), page("B")
    close(a)
    alias = Page.objects.get(pk=a.pk).create_alias(parent=Page.objects.get(pk=b.pk), update_slug="alias")
    assert can_view(COLLEAGUE, alias) is True
    assert can_view(ANONYMOUS, alias) is False


@pytest.mark.parametrize("children", [1, 3])
def test_reading_the_tree_takes_four_queries(page, django_assert_num_queries, children: int) -> None:
    a = page("A")
    for number in range(children):
        page(f"Child {number}", a)
    with django_assert_num_queries(4):
        settle(a.path)
