"""Rules of Wagtail pages: set on one, inherited along the tree, asked in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import get_language
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

    def in_language(self) -> Any:
        """Return the pages in the language of the reader, and in English those that have no translation in it.

        For lists that look through the whole portal: one that follows the tree finds one language by itself.
        """
        code = get_language() or settings.LANGUAGE_CODE
        english = models.Q(locale__language_code=settings.LANGUAGE_CODE)
        if code == settings.LANGUAGE_CODE:
            return self.filter(english)
        translated = Page.objects.filter(
            translation_key=models.OuterRef("translation_key"), locale__language_code=code, live=True
        )
        return self.filter(models.Q(locale__language_code=code) | english & ~models.Exists(translated))


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
    Pages beneath that were public on their own account follow, where this rule is not public, and so do translations;
    a translation itself takes no rule of its own.
    """
    if original(page) is not None:
        raise RuleRefused("a translation stands under the rule of the English page: set that one")
    rule = Rule.objects.ensure(tlp=tlp, audience=audience, keys=keys)
    above = _rule_at(page.path[: -Page.steplen]) if page.depth > 1 else None
    if PUBLIC in rule.principals and page.depth > 1 and (above is None or PUBLIC not in above.principals):
        raise RuleRefused("a page beneath a restricted page cannot be public")
    PageRule.objects.update_or_create(page_id=page.pk, defaults={"rule": rule, "own": True})
    settle(page.path)
    return rule


def settle(path: str) -> None:
    """Renew the rules of the page at `path` and of all beneath it, parents before children, then of their translations.
    Four queries, and one for each page whose rule changes; three more for each translation.

    A translation takes the rule of the English page, whatever its own parent has. A page with a rule of its own keeps
    it. Neither is public where its parent is not. Every other page takes its parent's rule. A page whose parent, or
    whose English original, has none is closed: its row goes. The root of the tree is public.
    """
    pages = list(
        Page._base_manager.filter(path__startswith=path)
        .order_by("path")
        .values_list("pk", "path", "translation_key", "locale__language_code")
    )
    rows = {row.page_id: row for row in PageRule.objects.filter(page__path__startswith=path).select_related("rule")}
    above = path[: -Page.steplen]
    rules: dict[str, Rule | None] = {above: _rule_at(above) if above else Rule.objects.public()}
    originals = _rules_of_originals({key for *_, key, code in pages if code != settings.LANGUAGE_CODE})
    for pk, at, key, code in pages:
        parent = rules.get(at[: -Page.steplen])
        row = rows.get(pk)
        narrow = parent is None or PUBLIC not in parent.principals
        if code != settings.LANGUAGE_CODE and key in originals:
            wanted = originals[key]
            if wanted is not None and narrow and PUBLIC in wanted.principals:
                wanted = parent
            rules[at] = wanted
            _stand_under(pk, row, wanted, own=True)
            continue
        if row is not None and row.own and not (narrow and PUBLIC in row.rule.principals):
            rules[at] = row.rule
            continue
        rules[at] = parent
        _stand_under(pk, row, parent, own=False)
    if keys := {key for *_, key, code in pages if code == settings.LANGUAGE_CODE}:
        for translated in _translations(keys):
            settle(translated)


def _stand_under(pk: int, row: PageRule | None, rule: Rule | None, *, own: bool) -> None:
    """Put one page under a rule, or close it. One by one on purpose: the search index listens to every row."""
    if rule is None:
        if row is not None:
            row.delete()
    elif row is None:
        PageRule.objects.create(page_id=pk, rule=rule, own=own)
    elif row.own != own or row.rule_id != rule.pk:
        row.rule, row.own = rule, own
        row.save()


def original(page: Page) -> Page | None:
    """Return the English page that `page` is a translation of, if it is one."""
    same = Page._base_manager.filter(translation_key=page.translation_key).exclude(pk=page.pk)
    return same.filter(locale__language_code=settings.LANGUAGE_CODE).first()


def _rules_of_originals(keys: Collection[Any]) -> dict[Any, Rule | None]:
    """Return the rule of the English page for each of these translation keys that has one; None where it is closed."""
    if not keys:
        return {}
    english = Page._base_manager.filter(translation_key__in=keys, locale__language_code=settings.LANGUAGE_CODE)
    found: dict[Any, Rule | None] = dict.fromkeys(english.values_list("translation_key", flat=True))
    rows = PageRule.objects.filter(page__in=english).select_related("rule", "page")
    return found | {row.page.translation_key: row.rule for row in rows}


def _translations(keys: Collection[Any]) -> list[str]:
    """Return the paths of the translations of English pages, parents before children, without what lies beneath one."""
    foreign = Page._base_manager.exclude(locale__language_code=settings.LANGUAGE_CODE)
    tops: list[str] = []
    for path in foreign.filter(translation_key__in=keys).order_by("path").values_list("path", flat=True):
        if not tops or not path.startswith(tops[-1]):
            tops.append(path)
    return tops


def _rule_at(path: str) -> Rule | None:
    row = PageRule.objects.filter(page__path=path).select_related("rule").first()
    return row.rule if row else None


def carry_rule(*, source: Page, copy: Page) -> None:
    """Give a copy the source's own rule, so that copying a restricted page into an open place opens nothing."""
    own = PageRule.objects.filter(page_id=source.pk, own=True).first()
    if own is not None:
        PageRule.objects.update_or_create(page_id=copy.pk, defaults={"rule_id": own.rule_id, "own": True})
    settle(copy.path)
