"""Loads the translations of sample pages, each beside its English original."""

from __future__ import annotations

from typing import Any

from wagtail.models import Locale, Page

from portal.community.domain.samples import Progress, read
from portal.pages.domain.sample_body import body_of
from portal.pages.domain.sample_pages import add_page, home_page
from portal.pages.domain.translations import ensure_locales
from portal.pages.models import HomePage, StandardPage


def load_translations(progress: Progress) -> None:
    """Load a home page for each language, and beneath it the pages that were translated."""
    ensure_locales()
    english = home_page()
    for code, entries in read("portal.pages", "translations").items():
        locale = Locale.objects.get(language_code=code)
        first, *others = entries
        home = _home(english, locale, first)
        for entry in others:
            _standard(english, home, entry)
        progress(f"  {locale.language_name}: {len(entries)} pages")


def _home(english: HomePage, locale: Locale, entry: dict[str, Any]) -> HomePage:
    figures = [{"type": "figure", "value": figure} for figure in entry.pop("quoted_figures")]
    del entry["of"]
    page = HomePage(
        slug=f"{english.slug}-{locale.language_code}",
        locale=locale,
        translation_key=english.translation_key,
        quoted_figures=figures,
        **entry,
    )
    return add_page(Page.get_first_root_node(), page)


def _standard(english: HomePage, home: HomePage, entry: dict[str, Any]) -> None:
    original = StandardPage.objects.get(url_path=f"{english.url_path}{entry.pop('of')}")
    body = body_of(entry.pop("body"))
    add_page(
        home,
        StandardPage(locale=home.locale, translation_key=original.translation_key, body=body, **entry),
    )
