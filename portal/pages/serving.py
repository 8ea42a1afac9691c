"""Pages of the CMS in the language of their address."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from wagtail import views
from wagtail.models import Page, Site
from wagtail.url_routing import RouteResult

from portal.pages.domain.translations import root_paths
from portal.web.languages import translated_pages


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Serve a page as Wagtail does, found by its whole path at once: in the language, or else in English.

    Where it has a translation under another path, go there.
    """
    code = get_language() or settings.LANGUAGE_CODE
    if code != settings.LANGUAGE_CODE:
        better = translated_pages().get(f"/{path}", {}).get(code, request.path)
        if better != request.path:
            query = request.META.get("QUERY_STRING", "")
            return redirect(f"{better}?{query}" if query else better)
    # The place where Wagtail looks before it searches step by step.
    request._wagtail_route_for_request = route(request, path)  # type: ignore[attr-defined] # noqa: SLF001
    return views.serve(request, path)


def route(request: HttpRequest, path: str) -> RouteResult | None:
    """Return the page of a path, with the code of its words in `request.words_in`; None where there is none.

    Two queries for the page, whatever its depth.
    """
    if Site.find_for_request(request) is None:
        return None
    roots = root_paths()
    codes = dict.fromkeys((get_language() or settings.LANGUAGE_CODE, settings.LANGUAGE_CODE))
    wanted = {f"{roots[code]}{path}": code for code in codes if code in roots}
    found = {page.url_path: page for page in Page.objects.filter(url_path__in=wanted)}
    for url_path, code in wanted.items():
        page = found.get(url_path)
        if page is not None and page.live:
            request.words_in = code  # type: ignore[attr-defined]
            return _asked(page, request, [])
    return _within(request, path, roots[settings.LANGUAGE_CODE]) if settings.LANGUAGE_CODE in roots else None


def _asked(page: Page, request: HttpRequest, rest: list[str]) -> RouteResult | None:
    try:
        result: RouteResult = page.specific.route(request, rest)
    except Http404:
        return None
    return result


def _within(request: HttpRequest, path: str, root: str) -> RouteResult | None:
    """Ask the nearest page above the path: some page types have addresses of their own beneath them."""
    request.words_in = settings.LANGUAGE_CODE  # type: ignore[attr-defined]
    steps = [step for step in path.split("/") if step]
    above = {f"{root}{''.join(f'{step}/' for step in steps[:count])}": count for count in range(len(steps))}
    page = Page.objects.filter(url_path__in=above).order_by("-depth").first()
    return _asked(page, request, steps[above[page.url_path] :]) if page is not None else None
