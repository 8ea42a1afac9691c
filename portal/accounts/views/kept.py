"""What was typed into a form that could not be taken: told, shown, put back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts import typed
from portal.accounts.decorators import owner_required
from portal.accounts.domain import kept_forms
from portal.accounts.middleware import EXEMPT
from portal.accounts.restrictions import is_verified
from portal.web.views import errors


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
def kept(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a kept text by itself, for copying; a POST throws it away."""
    row = kept_forms.of_user(user_id=request.user.pk).filter(pk=pk).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        typed.forget(request, pk=pk)
        messages.success(request, "What you had typed is thrown away.")
        return redirect(row.page)
    texts = typed.texts(kept_forms.answers(kept=row))
    return render(request, "accounts/kept.html", {"typed": texts, "page": row.page, "kept": row})


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose seal is not this browser's: without a cookie, or of a session before this one.

    What was typed is shown again, and kept for its owner; not where the form came from another site, and not on the
    pages of signing in, where it is an address and a password.
    """
    found: dict[str, Any] = {"has_cookie": settings.CSRF_COOKIE_NAME in request.COOKIES}
    name = request.resolver_match.view_name if request.resolver_match else ""
    signing_in = name in EXEMPT and name.startswith(("account_", "accounts_"))
    if reason.startswith("CSRF ") and not signing_in:
        found["typed"] = typed.texts(request.POST)
        if row := typed.keep(request):
            back = typed.back_to(row)
            signed_in = request.user.is_authenticated and is_verified(request.user) and request.user.pk == row.user_id
            login = f"{reverse('account_login')}?{urlencode({'next': back})}"
            found |= {"kept": row, "back": back if signed_in else login, "signed_in": signed_in}
    return errors.csrf_failure(request, reason, **found)
