"""What stands in front of a member's view."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from portal.accounts import typed

View = Callable[..., HttpResponse]

#: Said where the session is gone altogether: signed out in another tab, or the browser was closed in between.
SIGNED_OUT = "You are not signed in any more."
#: Texts shorter than this are the values of buttons and choices: nobody misses them.
WORTH_KEEPING = 12


def member_required(view: View) -> View:
    """Let active members with a second factor through.

    A visitor is sent to sign in and comes back here, but not before what was typed into a form is shown once more; for
    anybody else signed in the page does not exist (404).
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = request.viewer  # type: ignore[attr-defined]
        if viewer.is_member:
            return view(request, *args, **kwargs)
        if not viewer.signed_in:
            return _to_sign_in(request)
        raise Http404

    return guarded


def owner_required(view: View) -> View:
    """Let everybody with a second factor through to the pages of their own account, administrators without a profile
    and former members too: the view shows nothing but what is the viewer's own.

    A visitor is sent to sign in and comes back here; the gate sends sessions without a second factor to give it.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = request.viewer  # type: ignore[attr-defined]
        if viewer.signed_in and viewer.verified:
            return view(request, *args, **kwargs)
        if not viewer.signed_in:
            return _to_sign_in(request)
        raise Http404

    return guarded


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and any(len(text) >= WORTH_KEEPING for _, text in typed.texts(request.POST)):
        return typed.show(request, reason=SIGNED_OUT, status=401)
    # After a POST the way back leads to the page of the form: its address is the same here by custom.
    return redirect_to_login(request.get_full_path())


def role_required(role: str) -> Callable[[View], View]:
    """Let members who hold `role`, for whatever scope, through; for everybody else the page does not exist (404)."""

    def decorate(view: View) -> View:
        @member_required
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.viewer.holds(role):  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate
