"""Keeps what is remembered of the glossary in step with its terms and its page."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_slug_changed, page_unpublished, post_page_move

from portal.access.models import PageRule
from portal.pages.domain import glossary
from portal.pages.models import GlossaryPage, Term
from portal.search.domain import changes
from portal.search.registry import document_id


@receiver([post_save, post_delete], sender=Term)
def term_changed(sender: type, instance: Term, *, raw: bool = False, **_: Any) -> None:
    """Forget the terms, and have the site search look at the glossary again."""
    if raw:
        return
    glossary.forget()
    changes.note([document_id(page) for page in GlossaryPage.objects.all()])


@receiver([post_save, post_delete], sender=GlossaryPage)
def glossary_changed(sender: type, instance: GlossaryPage, **_: Any) -> None:
    """Forget the address of the glossary."""
    glossary.forget()


@receiver([post_save, post_delete], sender=PageRule)
def rule_changed(sender: type, instance: PageRule, **_: Any) -> None:
    """Forget the terms: the page may be that of the glossary, and forgetting is cheaper than asking."""
    glossary.forget()


@receiver([post_page_move, page_slug_changed, page_unpublished])
def address_changed(sender: type, instance: Page, **_: Any) -> None:
    """Forget the address of the glossary: this page may stand above it."""
    glossary.forget()
