"""Public pages: the same for every visitor, so that caches may keep them and machines may read what they are.

A page is public because its view says so (`public_page`; Wagtail pages by `portal.web.wagtail_hooks`), never by
default. What it says is granted only where nothing personal can stand in the answer: no session cookie came, no
message waits, no cookie goes out. Everything else is `private, no-store`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag

from portal.web import copies, roots

#: How much longer than its freshness a copy may be shown while a new one is fetched (RFC 5861).
STALE_FACTOR = 5
PRIVATE = "private, no-store"


def public_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Say of a view that its page is the same for all visitors, and may be described to search engines."""

    @wraps(view)
    def offered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        offer(request)
        return view(request, *args, **kwargs)

    return offered


def offer(request: HttpRequest) -> None:
    """Say that the page which answers `request` is public."""
    request.is_public_page = True  # type: ignore[attr-defined]


def is_offered(request: HttpRequest | None) -> bool:
    """Return whether the page that answers `request` is public, whoever reads it."""
    return getattr(request, "is_public_page", False)


def is_personal(request: HttpRequest) -> bool:
    """Return whether the request says who asks, or that a message waits for whoever does."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or CookieStorage.cookie_name in request.COOKIES


def cache_control() -> str:
    """Return the header of a page that anybody's cache may keep."""
    seconds = settings.PUBLIC_PAGE_SECONDS
    if not seconds:
        return "public, max-age=0, must-revalidate"
    return f"public, max-age={seconds}, stale-while-revalidate={seconds * STALE_FACTOR}"


class PublicPageMiddleware:
    """Gives public pages an ETag and lets caches keep them; keeps all others out of caches.

    Stands inside the compression, so that the ETag is that of the words and not of their packing, and outside
    everything that sets a cookie. The page depends on the cookies by the display scheme alone, which is reason enough
    for `Vary: Cookie`; it also keeps a browser from showing a visitor's copy to the person who has just signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with a copy where there is one, and with no words where the browser's own is still right (304)."""
        place = None if is_personal(request) else copies.place_of(request)
        response = copies.take(place) if place else None
        if response is None:
            with roots.keeping():
                response = self.get_response(request)
            if response.has_header("Cache-Control"):
                return response
            if not _may_be_kept(request, response):
                response.headers["Cache-Control"] = PRIVATE
                return response
            response.headers["Cache-Control"] = cache_control()
            patch_vary_headers(response, ("Cookie",))
            if request.method == "HEAD":
                return response
            set_response_etag(response)
            if place:
                copies.hold(place, request, response)
        answer: HttpResponse = get_conditional_response(request, etag=response.headers["ETag"], response=response)
        return answer


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    asks = request.method in ("GET", "HEAD") and is_offered(request) and not is_personal(request)
    return asks and response.status_code == 200 and not response.streaming and not response.cookies
