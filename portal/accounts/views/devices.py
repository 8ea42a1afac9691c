"""The page of one's devices: apps, passkeys, backup codes; adding an app, names, taking one away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.decorators import owner_required
from portal.accounts.domain import backup_codes, devices
from portal.accounts.domain.factors import second_factors
from portal.accounts.forms import DeviceNameForm, NewAppForm
from portal.accounts.models import AuthenticatorDevice
from portal.accounts.qr import qr_svg
from portal.accounts.stepup import step_up_required

#: In the session: the app whose seed is shown and not confirmed yet.
ADDING = "adding_app"
QR_LABEL = "QR code for your authenticator app; the same secret stands beside it in letters"
LAST = "This is your only second factor, so it stays: without one you could not sign in. Add another one first."


@never_cache
@require_safe
@owner_required
def device_list(request: HttpRequest) -> HttpResponse:
    """Show every app and passkey with its last use, and how many backup codes are left."""
    return _page(request)


def _page(request: HttpRequest, *, renaming: tuple[str, int, DeviceNameForm] | None = None) -> HttpResponse:
    factors = second_factors(user=request.user)
    removable = len(factors.devices) > 1
    rows = [
        _row(request, device, kind, removable=removable, renaming=renaming)
        for kind, found in (("app", factors.apps), ("passkey", factors.passkeys))
        for device in found
    ]
    context = {
        "rows": rows,
        "codes": factors.codes,
        "codes_left": factors.codes_left,
        "few": factors.codes_left <= backup_codes.FEW,
        "last": LAST,
    }
    return render(request, "accounts/devices.html", context, status=400 if renaming else 200)


def _row(
    request: HttpRequest,
    device: Any,
    kind: str,
    *,
    removable: bool,
    renaming: tuple[str, int, DeviceNameForm] | None,
) -> dict[str, Any]:
    """Return what the page shows of one app or passkey."""
    form = renaming[2] if renaming and renaming[:2] == (kind, device.pk) else None
    of_session = getattr(request.user, "otp_device", None) == device
    asked = "You are asked for another one on this device right away. " if of_session else ""
    return {
        "device": device,
        "kind": "Passkey" if kind == "passkey" else "Authenticator app",
        "id": f"{kind}-{device.pk}",
        "of_session": of_session,
        "form": form or DeviceNameForm(initial={"name": device.name}, auto_id=f"id_{kind}_{device.pk}_%s"),
        "rename_url": reverse("accounts_device_rename", args=[kind, device.pk]),
        "remove_url": reverse("accounts_device_remove", args=[kind, device.pk]) if removable else "",
        "opener": f"Remove “{device.name}”",
        "question": f"Remove “{device.name}”?",
        "consequence": f"Nobody can sign in with it afterwards. {asked}Your sessions on other devices end.",
    }


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
@step_up_required
def add_app(request: HttpRequest) -> HttpResponse:
    """Show a fresh seed, take a name and the first code, add the app."""
    device = _app_in_work(request)
    name = devices.free_name(user=request.user)
    form = NewAppForm(request.POST if request.method == "POST" else None, initial={"name": name})
    if form.is_valid():
        outcome = devices.confirm_app(
            device=device,
            code=form.cleaned_data["code"],
            name=form.cleaned_data["name"],
            by=request.viewer,  # type: ignore[attr-defined]
        )
        if outcome.device is not None:
            request.session.pop(ADDING, None)
            messages.success(request, f"“{outcome.device.name}” is added. Its codes work from now on.")
            return redirect("accounts_devices")
        form.refuse(outcome)
    secret = device.secret
    context = {
        "form": form,
        "qr": qr_svg(device.uri, QR_LABEL),
        "uri": device.uri,
        "secret": [secret[at : at + 4] for at in range(0, len(secret), 4)],
    }
    return render(request, "accounts/app_add.html", context, status=400 if form.errors else 200)


def _app_in_work(request: HttpRequest) -> AuthenticatorDevice:
    """Return the app whose seed this session shows; the same one when the page is loaded again."""
    pk = request.session.get(ADDING)
    device = devices.unfinished_app(user=request.user, pk=pk) if pk else None
    if device is None:
        device = devices.begin_app(user=request.user)
        request.session[ADDING] = device.pk
    device.user = request.user
    return device


@never_cache
@require_POST
@owner_required
@step_up_required
def rename(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Give an app or a passkey another name."""
    form = DeviceNameForm(request.POST, auto_id=f"id_{kind}_{pk}_%s")
    if not form.is_valid():
        return _page(request, renaming=(kind, int(pk), form))
    try:
        device = devices.rename(
            user=request.user,
            kind=kind,
            pk=int(pk),
            name=form.cleaned_data["name"],
            by=request.viewer,  # type: ignore[attr-defined]
        )
    except devices.DeviceRefused as refusal:
        raise Http404 from refusal
    messages.success(request, f"It is called “{device.name}” now.")
    return redirect("accounts_devices")


@never_cache
@require_POST
@owner_required
@step_up_required
def remove(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Take an app or a passkey away; sessions elsewhere end."""
    try:
        device = devices.remove(
            user=request.user,
            kind=kind,
            pk=int(pk),
            keep_session=request.session.session_key,
            by=request.viewer,  # type: ignore[attr-defined]
        )
    except devices.DeviceRefused as refusal:
        if refusal.reason == "gone":
            raise Http404 from refusal
        messages.error(request, LAST)
        return redirect("accounts_devices")
    messages.success(request, f"“{device.name}” is removed. Your sessions on other devices have ended.")
    return redirect("accounts_devices")
