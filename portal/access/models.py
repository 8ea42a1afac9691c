"""Rules, and the mixin that puts a model under one.

A rule is a label, an audience and the principals that follow from them. `visible_to` asks it in SQL, `can_view` for
one object; both compare the same principals, and a property-based test holds them equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from wagtail.models import Page

from portal.access.labels import ALLOWED, MEANING, TLP, Audience, principals_for
from portal.access.viewer import Viewer, overlap


def _allowed_pairs() -> models.Q:
    pairs = models.Q()
    for tlp, audiences in ALLOWED.items():
        pairs |= models.Q(tlp=str(tlp), audience__in=sorted(str(audience) for audience in audiences))
    return pairs


class RuleManager(models.Manager["Rule"]):
    """Finds or makes rules."""

    def ensure(self, *, tlp: str, audience: str, keys: Iterable[str] = ()) -> Rule:
        """Return the one rule for this label, audience and keys; `RuleRefused` if they do not go together."""
        principals = principals_for(tlp=tlp, audience=audience, keys=keys if isinstance(keys, str) else tuple(keys))
        line = " ".join(sorted(principals))
        with transaction.atomic():
            rule, created = self.get_or_create(
                digest=hashlib.sha256(f"{tlp} {audience} {line}".encode()).hexdigest(),
                defaults={"tlp": tlp, "audience": audience, "principal_list": line},
            )
            if created:
                RulePrincipal.objects.bulk_create(RulePrincipal(rule=rule, principal=p) for p in sorted(principals))
        return rule

    def public(self) -> Rule:
        """Return the rule of what anyone may read."""
        return self.ensure(tlp=TLP.CLEAR, audience=Audience.PUBLIC)

    def open_to(self, viewer: Viewer) -> models.QuerySet[Rule]:
        """Return the rules that let `viewer` read."""
        ids = RulePrincipal.objects.filter(principal__in=sorted(viewer.principals)).values("rule_id")
        return self.filter(pk__in=ids)


class Rule(models.Model):
    """A label, an audience and who that is. Shared by all things under the same rule; never changed once made."""

    tlp = models.CharField(max_length=20, choices=TLP.choices)
    audience = models.CharField(max_length=20, choices=Audience.choices)
    #: The principals, sorted and separated by spaces, so that one row answers for one object without a query.
    principal_list = models.TextField()
    #: SHA-256 over label, audience and principals, hex: a long list of names fits no unique index by itself.
    digest = models.CharField(max_length=64, unique=True)

    objects = RuleManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=_allowed_pairs(), name="label_allows_audience")]

    def __str__(self) -> str:
        return f"{self.tlp}, {self.get_audience_display().lower()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; refuse to change a rule that things already stand under."""
        if not self._state.adding:
            raise RuntimeError("a rule is never changed: ask Rule.objects.ensure for another")
        super().save(*args, **kwargs)

    @property
    def principals(self) -> frozenset[str]:
        """The principals that may read."""
        return frozenset(self.principal_list.split())

    @property
    def meaning(self) -> str:
        """What the label asks of the reader, in a sentence."""
        return MEANING[self.tlp]


class RulePrincipal(models.Model):
    """One principal of a rule, as a row that SQL can ask for."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="principal_rows")
    principal = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "rule"], name="one_principal_per_rule")]

    def __str__(self) -> str:
        return self.principal


class ProtectedQuerySet(models.QuerySet):
    """Queryset of things under a rule."""

    def visible_to(self, viewer: Viewer) -> ProtectedQuerySet:
        """Return what `viewer` may see: the one rule, in SQL."""
        return self.filter(rule__in=Rule.objects.open_to(viewer))


class Protected(models.Model):
    """Mixin of everything with a TLP label and an audience."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class PageRule(models.Model):
    """The rule of a Wagtail page, one row for each page; `own` is false where it comes from the parent."""

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, related_name="access_rule")
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+")
    own = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.page_id}: {self.rule}"


def can_view(viewer: Viewer, thing: Protected | Page) -> bool:
    """Return whether `viewer` may see `thing`, a Protected instance or a page.

    Says of one object what `visible_to` says in SQL: a page without a rule, or one that is not live, is closed.
    Raises `TypeError` for anything else, because a thing that no rule knows must not pass for one that is open.
    """
    if isinstance(thing, Page):
        page_rule = PageRule.objects.filter(page_id=thing.pk).select_related("rule").first()
        return thing.live and page_rule is not None and overlap(viewer, page_rule.rule.principals)
    if not isinstance(thing, Protected):
        raise TypeError(f"{type(thing).__name__} stands under no rule")
    return overlap(viewer, thing.rule.principals)
