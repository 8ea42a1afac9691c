"""Step-up: weighty actions ask for a second factor that was given within the last ten minutes.

A view asks by the decorator `step_up_required`, a class-based one by `StepUpRequiredMixin`; a view of several actions
calls `ask`. A fresh sign-in counts. Put the decorator beneath the one that says who may come here at all.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import django_otp
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp.models import Device

from portal.accounts import sessions
from portal.accounts.restrictions import is_verified
from portal.accounts.stages import pending_stage

View = Callable[..., HttpResponse]

#: How long a second factor counts as fresh (design: access).
WINDOW = dt.timedelta(minutes=10)
#: What a view tells by its attribute `asks_step_up`: whether it asks at every request or when something is sent.
ALWAYS, ON_POST = "always", "post"
#: Of the step-up page's own fields, so that none of them meets one of a form that is carried along.
PREFIX = "step_up"
#: Said to a script, which cannot show the page that asks.
FOR_SCRIPTS = "This asks for your second factor once more. Open the page again."


def is_fresh(request: HttpRequest) -> bool:
    """Return whether this session gave a second factor within the last ten minutes."""
    return is_verified(request.user) and sessions.verified_within(request, WINDOW)


def ask(request: HttpRequest) -> HttpResponse | None:
    """Return the answer that asks for the second factor, or None where it is fresh and the view goes on.

    A GET is sent to the step-up page and comes back. A POST is answered by that page itself, which carries what was
    typed along and sends it on when the factor is right; nothing is stored meanwhile.
    """
    if is_fresh(request):
        return None
    if not is_verified(request.user):
        return redirect_to_login(request.get_full_path())
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"message": FOR_SCRIPTS, "location": _page(request.path)}, status=403)
    # Only a form that is known to be ours is sent on with a fresh token: the view may be exempt from the check.
    if request.method == "POST" and getattr(request, "csrf_processing_done", False):
        # Views import this module.
        from portal.accounts.views.step_up import ask_for_post

        return ask_for_post(request)
    return redirect(_page(request.get_full_path()))


def _page(target: str) -> str:
    return f"{reverse('accounts_step_up')}?{urlencode({'next': target})}"


def step_up_required(view: View | None = None, *, on: str = ALWAYS) -> Any:
    """Let sessions through whose second factor is fresh, and ask the others first.

    With `on=ON_POST` reading stays free: for pages that are looked at more often than anything is done on them.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            free = on == ON_POST and request.method in ("GET", "HEAD", "OPTIONS")
            # A form with an older session's token changes nothing: the view shows its text again.
            if free or getattr(request, "stale_token", False):
                return view(request, *args, **kwargs)
            answer = ask(request)
            return view(request, *args, **kwargs) if answer is None else answer

        guarded.asks_step_up = on  # type: ignore[attr-defined]
        return guarded

    return decorate(view) if view is not None else decorate


class StepUpRequiredMixin:
    """`step_up_required` for a class-based view; stands before the view class, after the one that says who may come."""

    #: ALWAYS or ON_POST.
    step_up_on = ALWAYS

    @classmethod
    def as_view(cls, **initial: Any) -> View:
        """Return the view function, guarded."""
        return step_up_required(super().as_view(**initial), on=cls.step_up_on)  # type: ignore[misc, no-any-return]


def raise_session(request: HttpRequest, device: Device) -> None:
    """Note that a signed-in session gave `device` just now; its key changes first, so that nobody else holds it."""
    request.session.cycle_key()
    django_otp.login(request, device)
    sessions.note_verified(request)


def succeed(request: HttpRequest, device: Device) -> HttpResponse:
    """Give this browser's sign-in, or its session, the second factor `device` that was just proved.

    Returns the redirect to where the person wanted to go (`next`).
    """
    if request.user.is_authenticated:
        target = get_next_redirect_url(request) or settings.LOGIN_REDIRECT_URL
        raise_session(request, device)
        return redirect(target)
    stage = pending_stage(request)
    # Without a sign-in the page says why there is none.
    return stage.succeed(device) if stage is not None else redirect("accounts_second_factor")


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the posted fields that the step-up page carries along: (name, value), in order.

    Passwords and files are left out: their page asks for them again and has all the rest.
    """
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not name.startswith(f"{PREFIX}-") and "password" not in name.lower()
        for value in values
    ]
