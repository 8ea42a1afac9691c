"""Signing in by a national identity provider, and which of them open one's own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import activate, check_for_language, get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from portal.accounts import identity, sessions
from portal.accounts.decorators import owner_required
from portal.accounts.domain import identities
from portal.accounts.domain.enrolment import EnrolmentRefused
from portal.accounts.restrictions import is_verified
from portal.accounts.stepup import step_up_required
from portal.web.views.errors import too_many_requests

#: How often one network address may set out for a provider.
RATES = {"set_out": "20/m/ip"}
#: What a way to a provider is for; kept in the session with its state.
LINKING, ENROLLING = "linking", "enrolling"
#: Where somebody goes who does not go on; all others to the sign-in page.
BACK = {LINKING: "accounts_providers", ENROLLING: "accounts_enrol_password"}
#: Status of the page that says why an identity opened nothing.
STATUS = {"unlinked": 403, "elsewhere": 409, "another": 409, "away": 502, "cancelled": 200}


def _provider(key: str) -> identity.Offered:
    found = identity.offered_one(key)
    if found is None:
        raise Http404("no such provider")
    return found


def _set_out(request: HttpRequest, key: str, *, purpose: str, data: dict[str, Any] | None = None) -> HttpResponse:
    """Show the page that leads to the provider.

    It is a page and no redirect: one that followed a form would break the policy that forms are sent to ourselves
    alone, and people are told whom they go to.
    """
    provider = _provider(key)
    if not ratelimit.consume(request, app="portal.accounts", action="set_out", config=RATES):
        return too_many_requests(request)
    try:
        way = identity.IdentityAdapter(request).get_provider(request, provider=key)
        target = get_next_redirect_url(request) if purpose == AuthProcess.LOGIN else None
        answer = way.redirect(request, purpose, next_url=target, data=data, language=get_language())
    except identity.TROUBLE as error:
        identity.log.warning("provider_away", provider=key, reason=repr(error))
        return went_wrong(request, key)
    url = answer.url
    context = {"provider": provider, "url": url, "host": urlsplit(url).hostname, "back": _back(purpose)}
    return render(request, "accounts/provider_go.html", context)


@never_cache
@require_POST
def sign_in_by(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a sign-in by a provider, in place of the password."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL if is_verified(request.user) else "accounts_second_factor")
    return _set_out(request, key, purpose=AuthProcess.LOGIN)


@never_cache
@require_POST
def enrol_by(request: HttpRequest, key: str) -> HttpResponse:
    """Take an identity in place of a first password, while this browser holds an opened invitation."""
    try:
        grant = sessions.require_grant(request)
    except EnrolmentRefused:
        return redirect("accounts_enrol_password")
    if grant.user.has_usable_password():
        return redirect("account_login")
    return _set_out(request, key, purpose=ENROLLING, data={"grant": grant.pk})


@never_cache
@require_GET
def callback(request: HttpRequest, key: str) -> HttpResponse:
    """Take what the provider says; `identity_proved` and `went_wrong` answer."""
    _provider(key)
    answer: HttpResponse = OAuth2CallbackView.adapter_view(identity.NationalAdapter(request, key))(request)
    return answer


def identity_proved(request: HttpRequest, login: SocialLogin) -> HttpResponse | None:
    """Return the answer to a proved identity, or None where it opens an account and the sign-in goes on."""
    key, subject = login.account.provider, login.account.uid
    purpose = login.state.get("process")
    _speak_again(login.state)
    try:
        if purpose == LINKING:
            return _link(request, key, subject, login.state["data"])
        if purpose == ENROLLING:
            return _enrol(request, login, login.state["data"])
    except identities.LinkRefused as refusal:
        return _refused(request, key, refusal.reason, purpose=purpose)
    return None if login.is_existing else _refused(request, key, "unlinked", purpose=purpose)


def _speak_again(state: Mapping[str, Any]) -> None:
    """Go on in the language in which the person set out; the provider knows our address in English alone."""
    code = state.get("language")
    if code and check_for_language(code):
        activate(code)


def _link(request: HttpRequest, key: str, subject: str, begun: dict[str, Any]) -> HttpResponse:
    # Ten minutes at most have passed since the second factor was asked for, and it was this session that gave it.
    if not is_verified(request.user) or request.user.pk != begun["user"]:
        return _refused(request, key, "away", purpose=LINKING)
    name = _provider(key).name
    viewer = request.viewer  # type: ignore[attr-defined]
    identities.link(user=request.user, provider=key, name=name, subject=subject, by=viewer)
    messages.success(request, f"{name} opens your account from now on. Your second factor is asked for as before.")
    return redirect("accounts_providers")


def _enrol(request: HttpRequest, login: SocialLogin, begun: dict[str, Any]) -> HttpResponse | None:
    try:
        grant = sessions.require_grant(request)
    except EnrolmentRefused:
        return redirect("accounts_enrol_password")
    if grant.pk != begun["grant"] or grant.user.has_usable_password():
        return redirect("accounts_enrol_password")
    key = login.account.provider
    login.account = identities.link_by_invitation(
        user=grant.user, provider=key, name=_provider(key).name, subject=login.account.uid
    )
    login.user = grant.user
    # From here on it is a sign-in that waits for its second factor, like one with a password.
    login.state["process"] = AuthProcess.LOGIN
    return None


def went_wrong(
    request: HttpRequest, key: str, *, error: str = "", state: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Say that the way to the provider and back was not finished: cancelled there, or not trusted here."""
    _speak_again(state or {})
    reason = "cancelled" if error == AuthError.CANCELLED else "away"
    return _refused(request, key, reason)


def _back(purpose: str | None) -> str:
    return reverse(BACK.get(purpose or "", "account_login"))


def _refused(request: HttpRequest, key: str, reason: str, *, purpose: str | None = None) -> HttpResponse:
    own = is_verified(request.user)
    context = {"provider": _provider(key), "reason": reason, "own": own, "back": _back(LINKING if own else purpose)}
    return render(request, "accounts/provider_refused.html", context, status=STATUS[reason])


# ── One's own account ────────────────────────────────────────────────────────────────────────
@never_cache
@require_safe
@owner_required
def own_identities(request: HttpRequest) -> HttpResponse:
    """Show which providers open the account, and those that could."""
    linked = {row.provider: row for row in identities.identities_of(user_id=request.user.pk)}
    offered = identity.offered()
    names = {provider.key: provider.name for provider in offered}
    context = {
        "linked": [{"row": row, "name": names.get(key, key)} for key, row in linked.items()],
        "open": [provider for provider in offered if provider.key not in linked],
    }
    return render(request, "accounts/providers.html", context)


@never_cache
@require_POST
@owner_required
@step_up_required
def link(request: HttpRequest, key: str) -> HttpResponse:
    """Set out to prove an identity that is to open the account."""
    return _set_out(request, key, purpose=LINKING, data={"user": request.user.pk})


@never_cache
@require_POST
@owner_required
@step_up_required
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an identity open the account no more."""
    row = identities.identities_of(user_id=request.user.pk).filter(pk=pk).first()
    provider = identity.offered_one(row.provider) if row else None
    name = provider.name if provider else (row.provider if row else "")
    viewer = request.viewer  # type: ignore[attr-defined]
    try:
        gone = identities.unlink(user=request.user, pk=pk, name=name, by=viewer)
    except identities.LinkRefused:
        messages.error(request, f"{name} is your only first step. Choose a password, then remove it.")
    else:
        if gone:
            messages.success(request, f"{name} opens your account no more.")
    return redirect("accounts_providers")
