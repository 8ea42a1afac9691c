"""The page that asks for a second factor again before something weighty."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.accounts import stepup
from portal.accounts.decorators import WORTH_KEEPING, owner_required
from portal.accounts.views.ways import Ways, offered, try_ways

#: Fields of the page beside the codes: where to go on, and whether a form goes along.
TARGET, AGAIN = f"{stepup.PREFIX}-next", f"{stepup.PREFIX}-again"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
def step_up(request: HttpRequest) -> HttpResponse:
    """Ask for a second factor, then go on to where it was needed, with the form that was sent there."""
    if not stepup.is_fresh(request):
        tried = try_ways(request, request.user, prefix=stepup.PREFIX)
        if isinstance(tried, Ways):
            return _page(request, tried, target=_target(request), again=AGAIN in request.POST)
        stepup.raise_session(request, tried)
    response = redirect(_target(request))
    if AGAIN in request.POST:
        # The browser sends the same fields once more, to the view that asked.
        response.status_code = 307
    return response


def ask_for_post(request: HttpRequest) -> HttpResponse:
    """Answer a POST that needs a fresh second factor by the page that asks for it and carries the form along."""
    ways = offered(request.user, prefix=stepup.PREFIX)
    return _page(request, ways, target=request.get_full_path(), again=True, status=403)


def _target(request: HttpRequest) -> str:
    """Return where to go on: the address asked for if it is one of ours."""
    target = request.POST.get(TARGET) or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else settings.LOGIN_REDIRECT_URL


def _page(request: HttpRequest, ways: Ways, *, target: str, again: bool, status: int = 200) -> HttpResponse:
    kept = stepup.kept_fields(request) if again else []
    context = {
        "ways": ways,
        "target": target,
        "hidden": [(TARGET, target), *([(AGAIN, "1")] if again else []), *kept],
        "again": again,
        "typed": any(len(value) >= WORTH_KEEPING for _, value in kept),
        # Passwords and files do not go along.
        "left_out": bool(request.FILES) or any("password" in name.lower() for name in request.POST),
    }
    return render(request, "accounts/step_up.html", context, status=status)
