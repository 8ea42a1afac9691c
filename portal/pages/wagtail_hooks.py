"""The CMS shows editors what they need, and little else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.models import Page

from portal.access.pages import original
from portal.access.viewer import PUBLIC
from portal.pages.models import PortalPage
from portal.web.languages import bare

#: Wagtail's help points away from the portal; its own guide is in `docs/`.
HIDDEN = frozenset({"help"})


@hooks.register("construct_main_menu")
def hide_what_nobody_needs(request: HttpRequest, menu_items: list[Any]) -> None:
    """Take entries out of the CMS menu."""
    menu_items[:] = [item for item in menu_items if item.name not in HIDDEN]


@hooks.register("before_serve_page")
def member_pages_are_english(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Send those who may read a page that is not public, asked for with a language's prefix, to its one address.

    Comes after the rule, which answers 404 to all others (`portal.access.wagtail_hooks`).
    """
    rows = getattr(request, "page_trail", None)
    if bare(request.path) == request.path or not rows or PUBLIC in rows[-1].rule.principals:
        return None
    if page.locale.language_code == settings.LANGUAGE_CODE:
        return redirect(bare(request.path))
    # A translation may stand under a path of its own; one whose English page is gone is all there is to read.
    english = original(page)
    parts = english.get_url_parts(request) if english is not None and english.live else None
    return redirect(bare(parts[2])) if parts and parts[2] else None


@hooks.register("before_bulk_action")
def describe_before_publishing(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publish nothing from a list that the editor's form would not publish: a page without a description."""
    if action_type != "publish":
        return None
    pages = [thing.specific.get_latest_revision_as_object() for thing in objects if isinstance(thing, Page)]
    missing = [page.title for page in pages if isinstance(page, PortalPage) and not page.search_description]
    if not missing:
        return None
    titles = ", ".join(f"“{title}”" for title in missing)
    messages.error(request, f"Nothing was published. Write a description first (tab “Promote”): {titles}.")
    return redirect("wagtailadmin_explore_root")
