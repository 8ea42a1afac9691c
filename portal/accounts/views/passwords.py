"""Changing the password from within the account."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.signals import password_changed
from allauth.core import ratelimit
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from portal.accounts.account_forms import NewPasswordForm
from portal.accounts.decorators import owner_required
from portal.accounts.domain import passwords
from portal.accounts.stepup import step_up_required


@never_cache
@sensitive_post_parameters("present_password", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
@step_up_required
def password(request: HttpRequest) -> HttpResponse:
    """Take the present password and a new one; with it every session ends, this one too (design: access)."""
    user = request.user
    if too_many := ratelimit.consume_or_429(request, action="change_password", user=user):
        return too_many
    form = NewPasswordForm(request.POST or None, user=user)
    if form.is_valid():
        with transaction.atomic():
            fresh = passwords.change(user=user, password=form.cleaned_data["password1"])
            password_changed.send(sender=type(fresh), request=request, user=fresh)
        get_adapter().logout(request)
        messages.success(request, "Your new password holds. Sign in with it; the second step is as before.")
        return redirect("account_login")
    return render(request, "accounts/password.html", {"form": form})
