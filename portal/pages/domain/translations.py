"""Which public pages exist in which language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db.models.signals import post_delete, post_save
from wagtail.models import Locale, Page, Site
from wagtail.signals import page_slug_changed, page_unpublished, post_page_move

from portal.access.models import PageRule
from portal.access.pages import visible_pages
from portal.access.viewer import ANONYMOUS
from portal.web import languages
from portal.web.kept import Kept

KEY = "pages.translations"
#: Seconds after which the list is made anew, should a change of pages ever go unnoticed.
FRESH = 300


def ensure_locales() -> None:
    """Make the languages of the settings known to the CMS."""
    for code, _ in settings.LANGUAGES:
        Locale.all_objects.get_or_create(language_code=code)


def let_translate(*, groups: Sequence[str]) -> None:
    """Let Wagtail's groups of editors offer pages for translation."""
    permission = Permission.objects.filter(
        content_type__app_label="wagtail_localize", codename="submit_translation"
    ).first()
    if permission is not None:
        for group in Group.objects.filter(name__in=groups):
            group.permissions.add(permission)


def root_paths() -> dict[str, str]:
    """Return {language code: url_path of its home page}. No query once Wagtail has them in the cache."""
    return {root.language_code: root.root_path for root in reversed(Site.get_site_root_paths())}


def translated_pages() -> languages.Sheet:
    """Return the public pages that have translations: English address -> {code: address}. One query, then none."""
    return _kept.get()


def _ask() -> languages.Sheet:
    roots = root_paths()
    if len(roots) < 2:
        return {}
    foreign = Page.objects.exclude(locale__language_code=settings.LANGUAGE_CODE).filter(live=True)
    same = Page.objects.filter(translation_key__in=foreign.values("translation_key"))
    rows = visible_pages(viewer=ANONYMOUS, pages=same).order_by("path")
    paths: dict[Any, dict[str, str]] = defaultdict(dict)
    for key, code, url_path in rows.values_list("translation_key", "locale__language_code", "url_path"):
        root = roots.get(code)
        if root and url_path.startswith(root):
            paths[key][code] = languages.prefixed(f"/{url_path[len(root) :]}", code)
    main = settings.LANGUAGE_CODE
    return {by_code[main]: by_code for by_code in paths.values() if main in by_code}


_kept = Kept(KEY, seconds=FRESH, read=_ask)


def forget(**_: Any) -> None:
    """Make the list anew when it is next asked for."""
    _kept.forget()


def page_changed(sender: type, instance: Any, **_: Any) -> None:
    """Forget the list where a page of any type, its rule or a site is saved or deleted."""
    if isinstance(instance, Page | PageRule | Site):
        forget()


def withdraw(sender: type, instance: Page, **_: Any) -> None:
    """Take the translations of an English page off with it, when it is unpublished or deleted: they say the same."""
    if instance.locale.language_code == settings.LANGUAGE_CODE:
        for translated in instance.get_translations().filter(live=True):
            translated.specific.unpublish()


def follow() -> None:
    """Connect the list to all that changes it."""
    post_save.connect(page_changed, dispatch_uid="translations-saved")
    post_delete.connect(page_changed, dispatch_uid="translations-deleted")
    post_page_move.connect(forget, dispatch_uid="translations-moved")
    page_slug_changed.connect(forget, dispatch_uid="translations-slug")
    page_unpublished.connect(withdraw, dispatch_uid="translations-withdrawn")
