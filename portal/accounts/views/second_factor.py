"""The second step of signing in."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts import stepup
from portal.accounts.domain.enrolment import is_enrolled
from portal.accounts.models import User
from portal.accounts.restrictions import is_verified
from portal.accounts.stages import pending_stage
from portal.accounts.views.ways import Ways, try_ways


def lost(request: HttpRequest) -> HttpResponse:
    """Say that there is no sign-in to go on with, and why that may be; the way on is to begin again."""
    has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
    if request.method == "POST" and has_cookie:
        # Perhaps the second half of a double click: the first one signed in and brought a new cookie. Ask again with
        # whatever the browser holds by now, and keep Django from deleting that on the way.
        del request.COOKIES[settings.SESSION_COOKIE_NAME]
        return redirect("accounts_second_factor")
    return render(request, "accounts/lost.html", {"has_cookie": has_cookie}, status=400)


@never_cache
@sensitive_post_parameters("code", "backup_code", "passkey")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor: in the middle of a sign-in, or in a session that has none (any more)."""
    if request.user.is_authenticated:
        return _in_session(request)
    stage = pending_stage(request)
    if stage is None:
        return lost(request)
    user = stage.login.user
    tried = try_ways(request, user) if user.is_active else None
    if isinstance(tried, Ways):
        if tried.held:
            return _page(request, tried, user)
    elif tried is not None:
        return stage.succeed(tried)
    # The account changed since the first step, or enrolment is still to come: ask the stage again.
    response, open_still = stage.handle()
    if not open_still:
        stage.abort()
    return response


def _in_session(request: HttpRequest) -> HttpResponse:
    """Give a signed-in session its second factor; the key changes, so that nobody else holds the raised session."""
    target = get_next_redirect_url(request) or settings.LOGIN_REDIRECT_URL
    if is_verified(request.user):
        return redirect(target)
    if not is_enrolled(user=request.user):
        return redirect("accounts_not_enrolled")
    tried = try_ways(request, request.user)
    return _page(request, tried, request.user) if isinstance(tried, Ways) else stepup.succeed(request, tried)


def _page(request: HttpRequest, ways: Ways, user: User) -> HttpResponse:
    target = get_next_redirect_url(request)
    context = {"ways": ways, "email": user.email, "hidden": [("next", target)] if target else []}
    return render(request, "accounts/second_factor.html", context)


@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Drop what was begun, be it a sign-in or a session without a second factor, and go to the first step."""
    if request.user.is_authenticated:
        get_adapter().logout(request)
    elif stage := pending_stage(request):
        stage.abort()
    return redirect("account_login")


@never_cache
@require_GET
def not_enrolled(request: HttpRequest) -> HttpResponse:
    """Explain that the account has no second factor yet, and who can send a link for it."""
    return render(request, "accounts/not_enrolled.html")


@require_GET
def signup_closed(request: HttpRequest) -> HttpResponse:
    """Say how one joins: accounts begin with an invitation or an approved request."""
    return render(request, "account/signup_closed.html")
