"""Tags of the languages. Django's settings load this library as a builtin, beside Django's own `i18n`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString

from portal.web import languages

register = template.Library()


@register.simple_tag
def html_lang() -> str:
    """Return the language of the page: "en", "de". Works without a request, on error pages too."""
    return languages.tag()


@register.simple_tag
def lang_of(code: str | None = "en") -> SafeString:
    """Return ` lang="en"` where words in English (or in the language `code`) stand on a page of another language.

    Stands inside a start tag, without a space before it: ``<h3{% lang_of entry.lang %}>``. No code means English.
    """
    return languages.attribute(code or "en")


@register.filter
def local(address: Any) -> str:
    """Return an English address of the portal in the language of the page: ``{{ "/join/"|local }}``."""
    return languages.local(str(address or ""))


@register.simple_tag(takes_context=True)
def language_versions(context: template.Context) -> list[languages.Version]:
    """Return the page in every language; empty without a request (the gravest error pages)."""
    request = context.get("request")
    return languages.versions(request) if request is not None else []
