"""What stands in front of views that change something: no text is lost, and the way back leads somewhere."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from exchanges.views.common import keeps_typed
from portal.accounts import typed
from portal.accounts.decorators import SIGNED_OUT, member_required

View = Callable[..., HttpResponse]

#: Said to somebody who signed in again in another tab: the form's token is that of the old session.
STALE_TOKEN = "You signed in again since this page was opened, so this was not saved yet. Please send it once more."  # noqa: S105


def action(up: int = 1) -> Callable[[View], View]:
    """Return the decorator of a view that only takes a POST from a member.

    Somebody who is sent to sign in first comes back with a GET: it leads to the page `up` levels above, on which the
    button stands.
    """

    def decorate(view: View) -> View:
        guarded = member_required(require_POST(view))

        @functools.wraps(view)
        def act(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method in ("GET", "HEAD"):
                return redirect("/".join(request.path.rstrip("/").split("/")[:-up]) + "/")
            return guarded(request, *args, **kwargs)

        return act

    return decorate


def writing(view: View) -> View:
    """Guard a page with long answers like `member_required`, and lose none of them when the session has gone.

    What was posted without a session is shown again, with the way to sign in. A view sees in `request.stale_token`
    that it must change nothing and show the answers once more.
    """

    @keeps_typed
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.viewer.signed_in:  # type: ignore[attr-defined]
            if "application/json" in request.headers.get("Accept", ""):
                message = "You are signed out. Sign in in another tab, then go on here"
                return JsonResponse({"message": message}, status=401)
            if typed.texts(request.POST):
                return typed.show(request, reason=SIGNED_OUT, status=401)
        return member_required(view)(request, *args, **kwargs)

    return guarded
