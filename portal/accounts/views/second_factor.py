"""The second step of signing in."""

from __future__ import annotations

import django_otp
from allauth.account.adapter import get_adapter
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.accounts.domain import codes
from portal.accounts.domain.enrolment import is_enrolled
from portal.accounts.forms import CodeForm
from portal.accounts.models import User
from portal.accounts.restrictions import is_verified
from portal.accounts.stages import SecondFactorStage


def pending_stage(request: HttpRequest) -> SecondFactorStage | None:
    """Return the sign-in of this browser that waits for its second factor, or None."""
    stage = LoginStageController.enter(request, SecondFactorStage.key)
    return stage if isinstance(stage, SecondFactorStage) and stage.login.user is not None else None


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
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor: in the middle of a sign-in, or in a session that has none (any more)."""
    if request.user.is_authenticated:
        return _in_session(request)
    stage = pending_stage(request)
    if stage is None:
        return lost(request)
    user = stage.login.user
    form = CodeForm(request.POST or None, focus=True)
    outcome = _try(form, user) if user.is_active else None
    if outcome is not None:
        return stage.succeed(outcome.device)
    if user.is_active and is_enrolled(user=user):
        return _page(request, form, user)
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
    form = CodeForm(request.POST or None, focus=True)
    outcome = _try(form, request.user)
    if outcome is not None:
        request.session.cycle_key()
        django_otp.login(request, outcome.device)
        return redirect(target)
    return _page(request, form, request.user)


def _try(form: CodeForm, user: User) -> codes.Outcome | None:
    """Return the outcome of a right code; None when there is none yet, with the reason on the form."""
    if not form.is_valid():
        return None
    outcome = codes.verify_code(user=user, code=form.cleaned_data["code"])
    if outcome.ok:
        return outcome
    form.refuse(outcome)
    return None


def _page(request: HttpRequest, form: CodeForm, user: User) -> HttpResponse:
    target = get_next_redirect_url(request)
    return render(request, "accounts/second_factor.html", {"form": form, "email": user.email, "next": target})


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
