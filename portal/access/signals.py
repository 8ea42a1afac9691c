"""Keeps the rule table in step with the page tree."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.actions.copy_page import CopyPageAction
from wagtail.models import Page
from wagtail.signals import post_page_move

from portal.access.pages import carry_rule, settle

_source: ContextVar[Page | None] = ContextVar("page_being_copied", default=None)


@receiver(post_save)
def page_saved(sender: type, instance: Any, *, created: bool, raw: bool, **_: Any) -> None:
    """Give a new page its parent's rule, or that of the page it is a copy or an alias of."""
    if not created or raw or not isinstance(instance, Page):
        return
    source = instance.alias_of or _source.get()
    if source is None:
        settle(instance.path)
    else:
        carry_rule(source=source, copy=instance)


@receiver(post_page_move)
def page_moved(sender: type, instance: Page, **_: Any) -> None:
    """Take the new parent's rule, here and below, where pages have none of their own."""
    settle(Page.objects.only("path").get(pk=instance.pk).path)


@contextmanager
def _copying(page: Page) -> Iterator[None]:
    token = _source.set(page)
    try:
        yield
    finally:
        _source.reset(token)


def follow_copies() -> None:
    """Let Wagtail's copying name its source: it sends no signal that does, and a copy must not lose its rule."""
    original = CopyPageAction._copy_page  # noqa: SLF001 - the one place every copy goes through
    if getattr(original, "names_source", False):
        return

    @functools.wraps(original)
    def copy_page(self: CopyPageAction, page: Page, *args: Any, **kwargs: Any) -> Any:
        with _copying(page):
            return original(self, page, *args, **kwargs)

    copy_page.names_source = True  # type: ignore[attr-defined]
    CopyPageAction._copy_page = copy_page  # noqa: SLF001 - see above
