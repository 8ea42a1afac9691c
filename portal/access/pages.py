"""Rules of Wagtail pages: set on one, inherited along the tree, asked in SQL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from wagtail.models import Page, PageManager, PageViewRestriction
from wagtail.query import PageQuerySet

from portal.access.labels import RuleRefused
from portal.access.models import PageRule, Rule
from portal.access.viewer import PUBLIC, Viewer


class ProtectedPageQuerySet(PageQuerySet):
    """Queryset of page types: knows the rule table."""

    def visible_to(self, viewer: Viewer) -> Any:
        """Return the live pages that `viewer` may see: the one rule, in SQL."""
        return self.filter(live=True, access_rule__rule__in=Rule.objects.open_to(viewer))


#: Manager of our page types: `objects = ProtectedPageManager()`.
ProtectedPageManager = PageManager.from_queryset(ProtectedPageQuerySet, class_name="ProtectedPageManager")


def visible_pages(*, viewer: Viewer, pages: models.QuerySet | None = None) -> Any:
    """Return the live pages that `viewer` may see; `pages` narrows the choice (default: all pages).

    Page types of our own answer the same through their `objects.visible_to(viewer)`.
    """
    found = Page.objects.all() if pages is None else pages
    return found.filter(live=True, access_rule__rule__in=Rule.objects.open_to(viewer))


def trail(page: Page) -> list[PageRule]:
    """Return the rules of the pages above `page` and its own, from the root down, each with its page. One query.

    A page without a rule is not in the list: where the last row is not that of `page`, it is closed. `restricted` on a
    row says whether Wagtail's own restrictions name its page, or the page that it is an alias of.
    """
    steps = range(Page.steplen, len(page.path) + 1, Page.steplen)
    own = PageViewRestriction.objects.filter(
        models.Q(page_id=models.OuterRef("page_id")) | models.Q(page_id=models.OuterRef("page__alias_of_id"))
    )
    rows = PageRule.objects.filter(page__path__in=[page.path[:step] for step in steps])
    return list(rows.annotate(restricted=models.Exists(own)).select_related("page", "rule").order_by("page__path"))


def is_restricted(page: Page) -> bool:
    """Return whether not everybody may read `page`; a page without a rule is closed, hence restricted."""
    rule = _rule_at(page.path)
    return rule is None or PUBLIC not in rule.principals


@transaction.atomic
def set_page_rule(*, page: Page, tlp: str, audience: str, keys: Iterable[str] = ()) -> Rule:
    """Give `page` its own rule and hand it down to pages that have none of their own.

    Raises `RuleRefused` where a page beneath a restricted one would become public: nothing is widened by itself.
    Pages beneath that were public on their own account follow, where this rule is not public.
    """
    rule = Rule.objects.ensure(tlp=tlp, audience=audience, keys=keys)
    above = _rule_at(page.path[: -Page.steplen]) if page.depth > 1 else None
    if PUBLIC in rule.principals and page.depth > 1 and (above is None or PUBLIC not in above.principals):
        raise RuleRefused("a page beneath a restricted page cannot be public")
    PageRule.objects.update_or_create(page_id=page.pk, defaults={"rule": rule, "own": True})
    settle(page.path)
    return rule


def settle(path: str) -> None:
    """Renew the rules of the page at `path` and of all beneath it, parents before children. Three queries, and one for
    each page whose rule changes.

    A page with a rule of its own keeps it, unless it is public and its parent is not; every other page takes its
    parent's rule. A page whose parent has none is closed: its row goes. The root of the tree is public.
    """
    pages = list(Page._base_manager.filter(path__startswith=path).order_by("path").values_list("pk", "path"))
    rows = {row.page_id: row for row in PageRule.objects.filter(page__path__startswith=path).select_related("rule")}
    above = path[: -Page.steplen]
    rules: dict[str, Rule | None] = {above: _rule_at(above) if above else Rule.objects.public()}
    for pk, at in pages:
        parent = rules.get(at[: -Page.steplen])
        row = rows.get(pk)
        narrow = parent is None or PUBLIC not in parent.principals
        if row is not None and row.own and not (narrow and PUBLIC in row.rule.principals):
            rules[at] = row.rule
            continue
        rules[at] = parent
        # One by one on purpose: the search index listens to every row that changes.
        if parent is None and row is not None:
            row.delete()
        elif parent is not None and row is None:
            PageRule.objects.create(page_id=pk, rule=parent, own=False)
        elif parent is not None and row is not None and (row.own or row.rule_id != parent.pk):
            row.rule, row.own = parent, False
            row.save()


def _rule_at(path: str) -> Rule | None:
    row = PageRule.objects.filter(page__path=path).select_related("rule").first()
    return row.rule if row else None


def carry_rule(*, source: Page, copy: Page) -> None:
    """Give a copy the source's own rule, so that copying a restricted page into an open place opens nothing."""
    own = PageRule.objects.filter(page_id=source.pk, own=True).first()
    if own is not None:
        PageRule.objects.update_or_create(page_id=copy.pk, defaults={"rule_id": own.rule_id, "own": True})
    settle(copy.path)
