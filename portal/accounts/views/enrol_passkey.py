"""The first time, with a passkey instead of an authenticator app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import ceremony, sessions
from portal.accounts.domain import enrolment
from portal.accounts.forms import PasskeyNameForm
from portal.accounts.models import EnrolmentGrant
from portal.accounts.stages import SecondFactorStage, pending_stage
from portal.accounts.views.enrol import finish, with_grant
from portal.accounts.views.passkeys import making_options


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def enrol_passkey(request: HttpRequest) -> HttpResponse:
    """Let the browser make a passkey, and finish the sign-in with it."""
    return with_grant(request, _bind)


def _bind(request: HttpRequest, stage: SecondFactorStage, grant: EnrolmentGrant) -> HttpResponse:
    form = PasskeyNameForm(request.POST or None)
    outcome = None
    if form.is_valid():
        outcome = enrolment.confirm_passkey(
            grant=grant,
            binding=ceremony.binding(request),
            answer=ceremony.answer(request) or "",
            name=form.cleaned_data["name"],
        )
        if outcome.device is not None:
            return finish(request, stage, outcome.device)
    context = {"form": form, "grant": grant, "passkey_outcome": outcome}
    return render(request, "accounts/enrol_passkey.html", context)


@never_cache
@require_POST
def options(request: HttpRequest) -> JsonResponse:
    """Hand out options for making a first passkey, to a sign-in that waits under a live grant of its own."""
    stage, grant = pending_stage(request), sessions.opened_grant(request)
    if stage is None or grant is None or stage.login.user.pk != grant.user_id:
        return JsonResponse({"message": gettext("This sign-in is over. Open the link in your mail again.")}, status=401)
    return making_options(request, grant.user)
