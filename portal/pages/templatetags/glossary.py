"""Running text with the terms of the glossary linked, in CMS pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import RichText
from wagtail.templatetags.wagtailcore_tags import richtext

from portal.web.languages import local_links

register = template.Library()


@register.simple_tag(takes_context=True)
def glossed(context: Context, value: Any) -> SafeString:
    """Return text with the first mention of each term on the page linked to the glossary.

    `value` is rich text, or plain text, which is escaped. Where the context has no `glossary` (outside CMS pages)
    nothing is linked. Links lead to the language of the page.
    """
    html = str(richtext(value)) if isinstance(value, RichText) else str(escape(value or ""))
    linker = context.get("glossary")
    linked = linker.link(html) if linker is not None else html
    return mark_safe(local_links(linked))  # noqa: S308 - rich text, or escaped above
