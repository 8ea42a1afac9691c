"""What a public page says of itself to machines: canonical address, translations, Open Graph, schema.org.

Printed for visitors only: search engines and previews have no session, and a member's page needs no such words. An
area says what its page types are in schema.org's words with `describe`; it gets the page and the template's context,
so nothing need be asked for twice.
"""

from __future__ import annotations

import html
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from wagtail.models import Page

from portal.web import languages
from portal.web.feeds import Feed, feeds
from portal.web.public import is_offered
from portal.web.templatetags.noc import asset

#: Name of the portal, as it stands behind every title.
SITE_NAME = "NOC Community"
#: What stands between a page's own title and the portal's name.
TITLE_BETWEEN = " | "
#: Depth of home pages in Wagtail's tree; the root is 1.
HOME_DEPTH = 2
#: The picture of links that are shared; `manage.py share_image` draws it.
SHARE_IMAGE = "web/share.png"
#: Types of schema.org that Open Graph calls an article.
ARTICLES = frozenset({"Article", "NewsArticle", "Report", "HowTo"})
#: Characters that could end a script element or an attribute, as JSON writes them.
_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}

Thing = dict[str, Any]
_describers: dict[type, Callable[[Any, Mapping[str, Any]], Thing | None]] = {}


def absolute(path: str) -> str:
    """Return the full address of a path of the portal; one that is full already stays as it is."""
    return path if "://" in path else f"{settings.SITE_URL.rstrip('/')}{path}"


def describe(model: type, describer: Callable[[Any, Mapping[str, Any]], Thing | None]) -> None:
    """Say what pages of `model` are: `describer(page, context)` returns a schema.org thing, or None.

    Name, address, description and language are added, so it returns the rest: `{"@type": "Event", …}`.
    """
    _describers[model] = describer


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the head of one page. Empty fields are not printed."""

    canonical: str = ""
    #: (language, address) of the page's translations, itself among them; the last is "x-default".
    alternates: Sequence[tuple[str, str]] = ()
    feeds: Sequence[Feed] = ()
    #: Open Graph's type; empty leaves the whole set out.
    kind: str = ""
    locale: str = ""
    image: str = ""
    structured: str = ""


def head_of(*, context: Mapping[str, Any], title: str, description: str) -> Head:
    """Return the head of the page that `context` is for; empty for a page that is not public.

    `title` and `description` are HTML as the templates wrote them. No query.
    """
    request: HttpRequest | None = context.get("request")
    if request is None or not is_offered(request) or context.get("zone"):
        return Head()
    later = _page_of_list(context)
    canonical = absolute(languages.canonical(request)) + later
    if context["viewer"].signed_in:
        return Head(canonical=canonical)
    page = context.get("page")
    page = page if isinstance(page, Page) else None
    things = [*_things(page, context, canonical, description), *_crumbs(context, canonical, title)]
    return Head(
        canonical=canonical,
        alternates=[(tag, absolute(path) + later) for tag, path in languages.alternates(request)],
        feeds=feeds(),
        kind="article" if any(thing["@type"] in ARTICLES for thing in things) else "website",
        locale=_locale(),
        image=absolute(asset(SHARE_IMAGE)),
        structured=as_json(things),
    )


def as_json(things: Iterable[Thing]) -> str:
    """Return things as one JSON-LD graph that may stand in a script element; empty without any."""
    graph = list(things)
    if not graph:
        return ""
    text = json.dumps(
        {"@context": "https://schema.org", "@graph": graph}, ensure_ascii=False, separators=(",", ":"), default=str
    )
    return mark_safe(text.translate(_ESCAPES))  # noqa: S308 - nothing that HTML reads is left in it


def organisation(*, whole: bool = False) -> Thing:
    """Return the publisher: by its name and address for other things, or with all that is known of it."""
    home = absolute("/")
    short = {"@type": "Organization", "@id": f"{home}#enlets", "name": "ENLETS Operational Centres", "url": home}
    if not whole:
        return short
    return {
        **short,
        "logo": absolute(asset("web/favicon.svg")),
        "email": "contact@enlets.eu",
        "parentOrganization": {
            "@type": "Organization",
            "name": "European Network of Law Enforcement Technology Services",
            "alternateName": "ENLETS",
        },
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "Słowackiego 17/11",
            "postalCode": "60-822",
            "addressLocality": "Poznań",
            "addressCountry": "PL",
        },
    }


def website() -> Thing:
    """Return the portal itself, with the way to search it."""
    home = absolute("/")
    return {
        "@type": "WebSite",
        "@id": f"{home}#website",
        "name": SITE_NAME,
        "url": home,
        "publisher": {"@id": f"{home}#enlets"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{absolute('/search/')}?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        },
    }


def _things(page: Page | None, context: Mapping[str, Any], canonical: str, description: str) -> list[Thing]:
    if page is None:
        return []
    if page.depth == HOME_DEPTH:
        return [organisation(whole=True), website()]
    describer = _describers.get(type(page))
    thing = describer(page, context) if describer else None
    if thing is None:
        return []
    common = {
        "@id": f"{canonical}#main",
        "name": page.title,
        "url": canonical,
        "description": html.unescape(description),
        "inLanguage": languages.tag(),
    }
    return [{"@type": thing["@type"], **common, **thing}]


def _crumbs(context: Mapping[str, Any], canonical: str, title: str) -> list[Thing]:
    crumbs = context.get("crumbs")
    if not crumbs:
        return []
    steps = [(str(label), absolute(str(url))) for label, url in crumbs if url]
    steps.append((html.unescape(title).removesuffix(f"{TITLE_BETWEEN}{SITE_NAME}"), canonical))
    return [
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": number, "name": label, "item": url}
                for number, (label, url) in enumerate(steps, start=1)
            ],
        }
    ]


def _page_of_list(context: Mapping[str, Any]) -> str:
    """Return "?page=2" on a later page of a list; filters and sorting show the same things, in another choice."""
    number = getattr(context.get("page_obj"), "number", 1)
    return f"?page={number}" if number > 1 else ""


def _locale() -> str:
    """Return the page's language as Open Graph writes it: "en_GB"."""
    language, _, territory = (get_language() or "en").partition("-")
    return f"{language}_{territory.upper()}" if territory else language
