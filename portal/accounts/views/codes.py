"""Ten new backup codes: shown until they are confirmed as kept, valid from then on, never shown again.

Between the two they are in nobody's database but as an encrypted word in the session of the browser that shows them.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import clock
from portal.accounts import crypto
from portal.accounts.decorators import owner_required
from portal.accounts.domain import backup_codes
from portal.accounts.domain.factors import second_factors
from portal.accounts.forms import KeptForm
from portal.accounts.stepup import step_up_required

#: In the session: the codes that are shown, encrypted, for whom and since when.
SHOWN = "backup_codes_shown"
#: How long they can be looked at; after that others are made.
SHOWN_FOR = dt.timedelta(minutes=30)


def show_new(request: HttpRequest) -> None:
    """Make ten codes and keep them in the session, sealed, for the page that shows them."""
    made_at = clock.machine_now().timestamp()
    facts = {"codes": backup_codes.new_codes(), "user": request.user.pk, "at": made_at}
    request.session[SHOWN] = crypto.seal(json.dumps(facts).encode())


def address(target: str) -> str:
    """Return the address of the page, from which one goes on to `target`."""
    return f"{reverse('accounts_codes')}?{urlencode({'next': target})}"


def _shown(request: HttpRequest) -> list[str]:
    """Return the codes that this session shows; none once they are kept, too old, or somebody else's."""
    sealed = request.session.get(SHOWN)
    if not sealed:
        return []
    try:
        facts: dict[str, Any] = json.loads(crypto.unseal(sealed))
    except crypto.SealBroken:
        return []
    age = clock.machine_now().timestamp() - facts["at"]
    fresh = facts["user"] == request.user.pk and 0 <= age < SHOWN_FOR.total_seconds()
    return facts["codes"] if fresh else []


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
@step_up_required
def codes(request: HttpRequest) -> HttpResponse:
    """Show how many codes are left; POST makes ten new ones, shows them, and makes them valid once they are kept."""
    shown = _shown(request)
    if request.method == "POST" and "new" in request.POST:
        show_new(request)
        return redirect(_here(request))
    form = KeptForm(request.POST if request.method == "POST" and shown else None)
    if form.is_valid():
        backup_codes.keep(user=request.user, codes=shown)
        request.session.pop(SHOWN, None)
        messages.success(request, "Your ten backup codes work from now on. They are not shown again.")
        return redirect(get_next_redirect_url(request) or reverse("accounts_devices"))
    if request.method == "POST" and not shown:
        messages.warning(request, "Those codes are not shown any more, and none of them works. Make ten new ones.")
        return redirect(_here(request))
    factors = second_factors(user=request.user)
    context = {
        "shown": shown,
        "form": form,
        "set": factors.codes,
        "left": factors.codes_left,
        "next": get_next_redirect_url(request) or "",
    }
    return render(request, "accounts/codes.html", context, status=400 if form.errors else 200)


def _here(request: HttpRequest) -> str:
    target = get_next_redirect_url(request)
    return address(target) if target else reverse("accounts_codes")


@never_cache
@require_safe
@owner_required
@step_up_required
def codes_file(request: HttpRequest) -> HttpResponse:
    """Hand the codes out as a text file while they are shown."""
    shown = _shown(request)
    if not shown:
        messages.warning(request, "Those codes are not shown any more, and none of them works. Make ten new ones.")
        return redirect("accounts_codes")
    lines = [f"{number:>2}.  {code}" for number, code in enumerate(shown, 1)]
    text = "\n".join(
        [
            "NOC Community: backup codes",
            f"For {request.user.email}. Each works once, in place of the app or the passkey.",
            "",
            *lines,
            "",
        ]
    )
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="noc-backup-codes.txt"'
    return response
