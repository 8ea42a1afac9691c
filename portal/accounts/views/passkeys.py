"""Registering a passkey, and the options that a browser asks for before it uses or makes one."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import ceremony
from portal.accounts.decorators import owner_required
from portal.accounts.domain import passkeys
from portal.accounts.forms import PasskeyNameForm
from portal.accounts.models import User
from portal.accounts.stages import pending_stage
from portal.accounts.stepup import step_up_required


def _refuse(message: str, status: int) -> JsonResponse:
    return JsonResponse({"message": message}, status=status)


def making_options(request: HttpRequest, user: User) -> JsonResponse:
    """Answer with options for making a passkey; a name that will not do is said before the device makes one."""
    form = PasskeyNameForm(request.POST)
    if not form.is_valid():
        return _refuse(" ".join(form.errors["name"]), 422)
    return _options(request, user, passkeys.begin_registration)


def _options(request: HttpRequest, user: User, begin: Callable[..., dict]) -> JsonResponse:
    """Answer with the options that `begin` makes, or with a sentence for the page."""
    home = settings.OTP_WEBAUTHN_ALLOWED_ORIGINS[0]
    if request.headers.get("Origin", home) not in settings.OTP_WEBAUTHN_ALLOWED_ORIGINS:
        words = gettext("Passkeys work under %(address)s only. Open the portal there.")
        return _refuse(words % {"address": home}, 409)
    return JsonResponse(begin(user=user, binding=ceremony.binding(request)))


@never_cache
@require_POST
def options(request: HttpRequest) -> HttpResponse:
    """Hand out options for using a passkey, to a sign-in that waits for it or to a session (step-up)."""
    stage = None if request.user.is_authenticated else pending_stage(request)
    user = stage.login.user if stage is not None else request.user
    if not user.is_authenticated:
        return _refuse(gettext("This sign-in is over. Begin again with the first step."), 401)
    try:
        return _options(request, user, passkeys.begin)
    except passkeys.NoPasskey:
        return _refuse(gettext("This account has no passkey. Use another way."), 409)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@owner_required
@step_up_required
def add(request: HttpRequest) -> HttpResponse:
    """Ask for a name, let the browser make a passkey, keep it."""
    form = PasskeyNameForm(request.POST or None)
    outcome = None
    if form.is_valid():
        outcome = passkeys.register(
            user=request.user,
            binding=ceremony.binding(request),
            answer=ceremony.answer(request) or "",
            name=form.cleaned_data["name"],
            by=request.viewer,  # type: ignore[attr-defined]
        )
        if outcome.device is not None:
            messages.success(request, f"“{outcome.device.name}” is registered. Use it from your next sign-in on.")
            return redirect("accounts_devices")
    return render(request, "accounts/passkey_add.html", {"form": form, "passkey_outcome": outcome})


@never_cache
@require_POST
@owner_required
@step_up_required
def new_options(request: HttpRequest) -> HttpResponse:
    """Hand out options for another passkey of the account."""
    return making_options(request, request.user)
