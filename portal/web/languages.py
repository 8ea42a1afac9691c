"""The languages of the public pages. The address alone says which one: English has no prefix, the others have theirs.

Neither a cookie nor `Accept-Language` is asked, so a page is the same for everybody and caches may keep it. Every
public page exists in every language: its frame is translated, and what editors wrote is shown in English, marked with
`lang`, until it is translated. Addresses that are not public have no prefix, and so member areas are English alone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLPattern, URLResolver, resolve
from django.urls.resolvers import RoutePattern
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.web.public import is_offered

log = structlog.get_logger(__name__)

#: Languages whose addresses have a prefix, which is also their code.
PREFIXES = tuple(code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
#: Name of the address that serves the pages of the CMS.
PAGES = "wagtail_serve"

#: A page's address in English -> {code: address} of all its translations, itself among them.
Sheet = Mapping[str, Mapping[str, str]]
_LINK = re.compile(r'href="(/[^"]*)"')
_source: list[Callable[[], Sheet]] = []
_sheet: ContextVar[list[Sheet] | None] = ContextVar("translated_pages", default=None)
#: Names of the addresses outside the CMS that exist in every language.
_names: set[str] = set()


@dataclass(frozen=True, slots=True)
class Version:
    """One language of a page, as the switch prints it: `tag` for `lang` and `hreflang`, the language's own name."""

    code: str
    tag: str
    name: str
    url: str
    current: bool
    #: False where the page has no words of its own in this language: its frame alone is translated.
    whole: bool


def tag(code: str | None = None) -> str:
    """Return the language tag of a language code, or of the current language: "en" for "en-gb"."""
    return (code or translation.get_language() or settings.LANGUAGE_CODE).partition("-")[0]


def is_default() -> bool:
    """Return whether the present language is English."""
    return (translation.get_language() or settings.LANGUAGE_CODE) == settings.LANGUAGE_CODE


def of_path(path: str) -> str:
    """Return the language code that an address says: "/de/search/" -> "de"."""
    first = path[1:].partition("/")[0]
    return first if first in PREFIXES and path.startswith(f"/{first}/") else settings.LANGUAGE_CODE


def bare(path: str) -> str:
    """Return an address without the prefix of its language."""
    code = of_path(path)
    return path if code == settings.LANGUAGE_CODE else path[len(code) + 1 :]


def prefixed(path: str, code: str) -> str:
    """Return a bare address with the prefix of a language."""
    return path if code == settings.LANGUAGE_CODE else f"/{code}{path}"


def attribute(code: str) -> SafeString:
    """Return `lang` as an attribute where words in the language `code` stand on a page of another; else nothing."""
    return format_html(' lang="{}"', tag(code)) if tag(code) != tag() else SafeString("")


# ── Addresses ────────────────────────────────────────────────────────────────────────────────
def in_all(*patterns: URLPattern | URLResolver) -> list[URLResolver]:
    """Return patterns that exist with the prefix of each language, and without one in English."""
    return i18n_patterns(*patterns, prefix_default_language=False)


def public_in_all(route: str, module: str, public: Collection[str]) -> URLResolver:
    """Return what `path(route, include(module))` would, with the names in `public` in every language.

    The others keep their one address. The order of the patterns stays as it is.
    """
    urls = import_module(module)
    space = getattr(urls, "app_name", None)

    def name_of(pattern: URLPattern | URLResolver) -> str:
        name = getattr(pattern, "name", None) or ""
        return f"{space}:{name}" if space else name

    parts: list[URLPattern | URLResolver] = []
    for is_public, run in groupby(urls.urlpatterns, key=lambda pattern: name_of(pattern) in public):
        patterns = list(run)
        part = URLResolver(RoutePattern(route), patterns)
        parts += in_all(part) if is_public else [part]
        _names.update(name_of(pattern) for pattern in patterns if is_public)
    return URLResolver(RoutePattern(""), parts, app_name=space, namespace=space)


@functools.lru_cache(maxsize=1000)
def _name_at(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def local(address: str) -> str:
    """Return the address, in the present language, of a page of the portal given by its English address.

    Addresses of other sites, and of pages that exist in English alone, stay as they are. No query once the list of
    translated pages is in the cache.
    """
    if is_default() or not address.startswith("/") or address.startswith("//"):
        return address
    code = translation.get_language()
    parts = urlsplit(address)
    if of_path(parts.path) != settings.LANGUAGE_CODE:
        return address
    with translation.override(settings.LANGUAGE_CODE):
        name = _name_at(parts.path)
    if parts.path == "/":
        path = prefixed("/", code)
    elif name == PAGES:
        path = translated_pages().get(parts.path, {}).get(code) or prefixed(parts.path, code)
    elif name in _names:
        path = prefixed(parts.path, code)
    else:
        return address
    return parts._replace(path=path).geturl()


def local_links(html: str) -> str:
    """Return running text whose links to pages of the portal lead to the present language."""
    return html if is_default() else _LINK.sub(lambda link: f'href="{local(link[1])}"', html)


# ── Translated pages ─────────────────────────────────────────────────────────────────────────
def set_source(source: Callable[[], Sheet]) -> None:
    """Say who knows the translated pages of the CMS; `portal.pages` does."""
    _source[:] = [source]


def translated_pages() -> Sheet:
    """Return the public pages that exist in more than one language, by their English address; asked once a request."""
    held = _sheet.get()
    if held is None:
        return _ask()
    if not held:
        held.append(_ask())
    return held[0]


def _ask() -> Sheet:
    if not _source:
        return {}
    try:
        return _source[0]()
    except Exception:
        # A page that tells of a broken database or cache has links too; they lead to the English pages then.
        log.exception("translated_pages_unknown")
        return {}


@contextmanager
def speaking(path: str, *, known: Sheet | None = None) -> Iterator[str]:
    """Speak the language of an address inside; gives its code.

    `known` stands for the list of translated pages, which is else asked for on first use.
    """
    token = _sheet.set([] if known is None else [known])
    try:
        with translation.override(code := of_path(path)):
            yield code
    finally:
        _sheet.reset(token)


class LanguageMiddleware:
    """Speaks the language of the address. Django's own would ask cookies and headers too, and add to `Vary`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in that language and say so."""
        with speaking(request.path_info) as code:
            request.LANGUAGE_CODE = code  # type: ignore[attr-defined]
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", tag(code))
        return response


# ── One page in all languages ────────────────────────────────────────────────────────────────
def versions(request: HttpRequest) -> list[Version]:
    """Return the page of a request in every language, English first. No query once the list of pages is cached.

    Where the page does not exist in a language (member areas, errors), the address is that of the language's home.
    """
    match = request.resolver_match
    name = match.view_name if match else ""
    here = of_path(request.path)
    paths: Mapping[str, str] = {}
    whole = name in _names
    if name == PAGES and is_offered(request):
        paths = translations_of(request.path)
    elif not whole:
        paths = {code: prefixed("/", code) for code in (settings.LANGUAGE_CODE, *PREFIXES)}
    query = request.META.get("QUERY_STRING", "") if whole else ""
    found = []
    for code, own_name in settings.LANGUAGES:
        url = paths.get(code) or prefixed(bare(request.path), code)
        found.append(
            Version(
                code=code,
                tag=tag(code),
                name=str(own_name),
                url=f"{url}?{query}" if query else url,
                current=code == here,
                whole=whole or (name == PAGES and (code in paths or (not paths and code == settings.LANGUAGE_CODE))),
            )
        )
    return found


def translations_of(path: str) -> Mapping[str, str]:
    """Return {code: address} of a CMS page given by its address in any language; empty where it has one language."""
    sheet = translated_pages()
    code = of_path(path)
    if code == settings.LANGUAGE_CODE or bare(path) in sheet:
        found = sheet.get(bare(path), {})
        if found.get(code, path) == path:
            return found
    return next((paths for paths in sheet.values() if paths.get(code) == path), {})


def canonical(request: HttpRequest) -> str:
    """Return the path that a page is to be known by: the English one where its own words are English alone."""
    return next((it.url for it in versions(request) if it.current and it.whole), bare(request.path)).partition("?")[0]


def alternates(request: HttpRequest) -> list[tuple[str, str]]:
    """Return (hreflang, path) of a page's languages, itself among them, then "x-default"; empty with one language."""
    found = [(it.tag, it.url.partition("?")[0]) for it in versions(request) if it.whole]
    return [*found, ("x-default", found[0][1])] if len(found) > 1 else []
