"""The first step of signing in: allauth's view, behind a door that a flood does not get through."""

from __future__ import annotations

from functools import lru_cache

from allauth.account import views as allauth_views
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from portal.accounts import attempts
from portal.web.context_processors import SCHEME_COOKIE, chosen_scheme
from portal.web.views.errors import too_many_requests


@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Take address and password. What follows many refusals gets a page made before, which costs next to nothing."""
    if request.method == "POST" and (seconds := attempts.flooding(request, request.POST.get("login", ""))):
        return _refuse(request, minutes=-(-seconds // 60))
    answer: HttpResponse = allauth_views.login(request)
    return answer


@never_cache
def _refuse(request: HttpRequest, *, minutes: int) -> HttpResponse:
    page = HttpResponse(_words(translation.get_language(), chosen_scheme(request), minutes), status=429)
    page.headers["Retry-After"] = str(minutes * 60)
    return page


@lru_cache(maxsize=100)
def _words(language: str, scheme: str, minutes: int) -> bytes:
    """Return the page that asks to wait, in a language and a display scheme."""
    request = HttpRequest()
    request.COOKIES[SCHEME_COOKIE] = scheme
    with translation.override(language):
        return too_many_requests(request, retry_after=minutes * 60).content
