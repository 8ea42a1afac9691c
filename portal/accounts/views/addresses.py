"""Changing the e-mail address: the page of the account, and the pages behind the links to both mailboxes.

The pages behind a link have no CSRF token: a forged request lacks the link. So they work where cookies are off.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts import stepup
from portal.accounts.account_forms import NewAddressForm
from portal.accounts.decorators import owner_required
from portal.accounts.domain import addresses
from portal.accounts.domain.addresses import LinkDead
from portal.accounts.models import AddressChange
from portal.journal.errors import ConditionFailed

TOO_MANY = "Too many tries in a short time. Wait a minute."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@owner_required
@stepup.step_up_required(on=stepup.ON_POST)
def email(request: HttpRequest) -> HttpResponse:
    """Show the account's address, and take the wish for another one."""
    form = NewAddressForm(request.POST or None, user=request.user)
    if form.is_valid():
        if not ratelimit.consume(request, action="manage_email", user=request.user):
            form.add_error("email", TOO_MANY)
        else:
            try:
                addresses.ask(
                    user=request.user,
                    address=form.cleaned_data["email"],
                    by=request.viewer,  # type: ignore[attr-defined]
                )
            except ConditionFailed as refusal:
                form.add_error("email", " ".join(refusal.problems))
            else:
                messages.success(request, "We have written to both addresses.")
                return redirect("accounts_email")
    context = {"form": form, "change": addresses.open_change(user=request.user)}
    return render(request, "accounts/email.html", context)


@require_POST
@owner_required
def email_stop(request: HttpRequest) -> HttpResponse:
    """Stop the change that waits; twice is once."""
    change = addresses.open_change(user=request.user)
    if change is not None:
        addresses.stop_change(change=change, by=request.viewer)  # type: ignore[attr-defined]
    messages.success(request, "Your address stays as it is.")
    return redirect("accounts_email")


def _dead(request: HttpRequest, link: LinkDead) -> HttpResponse:
    status = HTTPStatus.NOT_FOUND if link.reason == "unknown" else HTTPStatus.GONE
    return render(request, "accounts/address.html", {"dead": link.reason}, status=status)


def _behind_link(request: HttpRequest, token: str, *, stopping: bool, act: Callable[[], AddressChange]) -> HttpResponse:
    """Show what a link is for, and do it when the button is pressed: mail scanners follow links."""
    try:
        half = addresses.find(token=token)
        if request.method != "POST":
            return render(request, "accounts/address.html", {"half": half, "token": token, "stopping": stopping})
        change = act()
    except LinkDead as link:
        return _dead(request, link)
    return render(request, "accounts/address.html", {"half": half, "done": change.state})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: HttpRequest, token: str) -> HttpResponse:
    """Let the mailbox that the link was sent to agree."""

    def agree() -> AddressChange:
        own = request.user.is_authenticated and addresses.find(token=token).change.user_id == request.user.pk
        return addresses.agree(token=token, session_key=request.session.session_key if own else None)

    return _behind_link(request, token, stopping=False, act=agree)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop a change by the link from one of the two mailboxes."""
    return _behind_link(request, token, stopping=True, act=lambda: addresses.stop(token=token))
