"""Has the index look again at pages that are published, moved, deleted or come under another rule."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from portal.access.models import PageRule
from portal.search import registry
from portal.search.domain import changes


def _prefix(page: Page) -> str:
    # A page may come as the bare Page of the tree; its own type is what is registered.
    model = page.specific_class or type(page)
    return model._meta.label_lower


def _pages_changed(pages: Any) -> None:
    ids = [f"{prefix}:{page.pk}" for page in pages if registry.types_of(prefix := _prefix(page))]
    changes.note(ids)


def _with_descendants(page: Page) -> list[Page]:
    fresh = Page.objects.get(pk=page.pk)
    return [fresh, *fresh.get_descendants()]


@receiver(post_save)
def page_saved(sender: type, instance: Any, *, raw: bool = False, **_: Any) -> None:
    """Note a page that was saved, by an editor or by the sample loader, which publishes nothing."""
    if isinstance(instance, Page) and not raw and registry.searchable(type(instance)):
        _pages_changed([instance])


@receiver([page_published, page_unpublished])
def page_shown_or_hidden(sender: type, instance: Page, **_: Any) -> None:
    """Note a page that appeared or went."""
    _pages_changed([instance])


@receiver(pre_delete)
def page_deleted(sender: type, instance: Any, **_: Any) -> None:
    """Note a page that goes for good, while its key is there."""
    if isinstance(instance, Page) and registry.searchable(type(instance)):
        _pages_changed([instance])


@receiver([post_page_move, page_slug_changed])
def address_changed(sender: type, instance: Page, **_: Any) -> None:
    """Note a page whose address changed, and all beneath it."""
    _pages_changed(_with_descendants(instance))


@receiver([post_save, post_delete], sender=PageRule)
def rule_changed(sender: type, instance: PageRule, *, raw: bool = False, **_: Any) -> None:
    """Note a page that came under another rule."""
    if raw:
        return
    page = Page.objects.filter(pk=instance.page_id).first()
    if page is not None:
        _pages_changed([page])
