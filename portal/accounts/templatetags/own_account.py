"""Tags of the account area's frame, `accounts/account.html`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from portal.web import registries

register = template.Library()

#: Over every page of the area: nobody else sees it, and some of it helps to sign in as its owner.
ZONE = {"tlp": "TLP:AMBER", "title": "Your account.", "text": "Seen by you alone"}


@register.simple_tag
def account_zone() -> dict[str, str]:
    """Return the handling strip of the area."""
    return ZONE


@register.simple_tag(takes_context=True)
def account_tabs(context: Context) -> list[dict[str, Any]]:
    """Return the area's sections as tabs; the current one has the longest address that begins the present path."""
    request = context["request"]
    tabs = [
        {"label": section.label, "url": reverse(section.url_name), "current": False}
        for section in registries.account_sections.for_viewer(request.viewer)
    ]
    beneath = [tab for tab in tabs if request.path.startswith(tab["url"])]
    if beneath:
        max(beneath, key=lambda tab: len(tab["url"]))["current"] = True
    return tabs


@register.filter
def first_part(title: str) -> str:
    """Return a page title's own words: "Devices | Your account | NOC Community" -> "Devices"."""
    return title.partition(" | ")[0]
