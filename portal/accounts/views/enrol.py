"""The first time: a link, a password, an authenticator app."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp.models import Device

from portal.accounts import sessions
from portal.accounts.domain import enrolment
from portal.accounts.domain.enrolment import EnrolmentRefused
from portal.accounts.forms import CodeForm, FirstPasswordForm
from portal.accounts.models import EnrolmentGrant
from portal.accounts.qr import qr_svg
from portal.accounts.stages import SecondFactorStage, pending_stage
from portal.accounts.views import codes
from portal.accounts.views.second_factor import lost

#: What makes the answer where a first second factor may be bound: request, waiting sign-in, live grant.
Binder = Callable[[HttpRequest, SecondFactorStage, EnrolmentGrant], HttpResponse]

QR_LABEL = gettext_lazy("QR code for your authenticator app; the same secret stands beside it in letters")


def _refused(request: HttpRequest, reason: str) -> HttpResponse:
    """Say why a link or a grant opens nothing, and what to do."""
    status = 404 if reason == "unknown" else 410
    return render(request, "accounts/enrol_refused.html", {"reason": reason}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link is for; opening it takes a button, because mail scanners follow links."""
    try:
        if request.method != "POST":
            grant = enrolment.find_grant(token=token)
            return render(request, "accounts/enrol.html", {"grant": grant})
        grant = enrolment.open_grant(token=token)
    except EnrolmentRefused as refusal:
        return _refused(request, refusal.reason)
    if request.user.is_authenticated:
        get_adapter().logout(request)
    elif stage := pending_stage(request):
        stage.abort()
    request.session.cycle_key()
    sessions.keep_grant(request, grant)
    if not grant.user.has_usable_password():
        return redirect("accounts_enrol_password")
    messages.info(request, gettext("Your link is open. Sign in with your password; then your second factor is set up."))
    return redirect("account_login")


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol_password(request: HttpRequest) -> HttpResponse:
    """Let an account without a password choose one, then go on as a sign-in that waits for its second factor."""
    try:
        grant = sessions.require_grant(request)
        if grant.user.has_usable_password():
            return redirect("accounts_enrol_device" if pending_stage(request) else "account_login")
        form = FirstPasswordForm(request.POST or None, user=grant.user)
        if form.is_valid():
            user = enrolment.choose_password(grant=grant, password=form.cleaned_data["password1"])
            return perform_login(request, user, email=user.email)
    except EnrolmentRefused as refusal:
        return _refused(request, refusal.reason)
    return render(request, "accounts/enrol_password.html", {"form": form, "grant": grant})


def with_grant(request: HttpRequest, bind: Binder) -> HttpResponse:
    """Answer by `bind` where this browser's sign-in waits under a live grant of its own, else by saying why not."""
    if request.user.is_authenticated:
        return redirect("accounts_second_factor")
    stage = pending_stage(request)
    if stage is None:
        return lost(request)
    try:
        grant = sessions.require_grant(request)
        if grant.user_id != stage.login.user.pk:
            raise EnrolmentRefused("elsewhere")
        return bind(request, stage, grant)
    except EnrolmentRefused as refusal:
        if refusal.reason == "enrolled":
            return redirect("accounts_second_factor")
        stage.abort()
        return _refused(request, refusal.reason)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol_device(request: HttpRequest) -> HttpResponse:
    """Show the seed, take its first code, and finish the sign-in with it."""
    return with_grant(request, _bind)


def finish(request: HttpRequest, stage: SecondFactorStage, device: Device) -> HttpResponse:
    """End the sign-in with a first device that was just bound; it goes on to the backup codes, then where it led."""
    sessions.forget_grant(request)
    response = stage.succeed(device)
    if not request.user.is_authenticated:
        return response
    messages.success(request, "Your second factor is set up. From now on each sign-in asks for it.")
    codes.show_new(request)
    return redirect(codes.address(response["Location"]))


def _bind(request: HttpRequest, stage: SecondFactorStage, grant: EnrolmentGrant) -> HttpResponse:
    device = enrolment.begin(grant=grant)
    # On a telephone the focus would scroll the QR code away, except where it was read already.
    form = CodeForm(request.POST or None, focus=request.method == "POST")
    if form.is_valid():
        outcome = enrolment.confirm(grant=grant, code=form.cleaned_data["code"])
        if outcome.device is not None:
            return finish(request, stage, outcome.device)
        form.refuse(outcome)
    secret = device.secret
    context = {
        "form": form,
        "grant": grant,
        "qr": qr_svg(device.uri, str(QR_LABEL)),
        "uri": device.uri,
        "secret": [secret[at : at + 4] for at in range(0, len(secret), 4)],
    }
    return render(request, "accounts/enrol_device.html", context)
