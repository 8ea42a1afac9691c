"""The way of somebody whose device is lost: ask, be told, stop it.

Signed out, the address is all that is typed, and the answer is the same for every one: a link goes to the account's
own mailbox. Whoever gave the right password asks at once. So nobody is troubled who does not own one of the two.

The pages that a secret in a mail opens, and the form for the address, have no CSRF token: a forged request lacks the
secret, or does no more than anybody can do. Without one they work where cookies are off.
"""

from __future__ import annotations

import contextlib
from http import HTTPStatus

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.models import User
from portal.accounts.restrictions import is_verified
from portal.accounts.stages import pending_stage
from portal.community.domain import recovery as domain
from portal.community.domain import recovery_links as links
from portal.community.forms.recovery import AddressForm, WhatForm
from portal.community.models import Recovery
from portal.journal.errors import JournalError
from portal.web.public import public_page

#: How often one network's wish for a link is heard; allauth's counters, which all workers share.
RATES = {"link": "10/10m/ip,60/d/ip"}
TOO_OFTEN = _("You asked three times this week. Call your National Contact Point or the programme office")
NOBODY = _("This account has no profile here. Whoever runs the portal can help")


@csrf_exempt
@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the two ways to ask; POST has a link sent, and answers every address alike."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        # Too many from one network are passed over without a word: what is said stays the same for all.
        if ratelimit.consume(request, app="portal.community", action="link", config=RATES):
            domain.want_link(address=form.cleaned_data["email"])
        return redirect("recovery:mailbox")
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "recovery/index.html", {"form": form}, status=status)


@public_page
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Say where to look next. The same page for everybody."""
    return render(request, "recovery/mailbox.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask in the middle of a sign-in, or in a session without a second factor: the password was right."""
    user = _half_signed_in(request)
    if user is None:
        return redirect("recovery:index")
    return _ask(request, user, Recovery.Way.PASSWORD)


def _half_signed_in(request: HttpRequest) -> User | None:
    if request.user.is_authenticated:
        return None if is_verified(request.user) else request.user
    stage = pending_stage(request)
    return stage.login.user if stage else None


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Ask by the link from the mailbox. Opening it does nothing: mail scanners follow links."""
    person = links.read_ask(token)
    if person is None:
        return _opens_nothing(request)
    return _ask(request, person.user, Recovery.Way.LETTER)


def _ask(request: HttpRequest, user: User, way: str) -> HttpResponse:
    form = WhatForm(request.POST if request.method == "POST" else None)
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    if form.is_bound and form.is_valid():
        try:
            made = domain.ask(user=user, way=way, what=form.cleaned_data["what"])
        except domain.TooOften:
            form.add_error(None, TOO_OFTEN)
            status = HTTPStatus.CONFLICT
        else:
            if made is not None:
                return redirect("recovery:asked")
            form.add_error(None, NOBODY)
            status = HTTPStatus.CONFLICT
    return render(request, "recovery/ask.html", {"form": form, "email": user.email}, status=status)


@public_page
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say what happens next. It names nobody: whoever reads it has shown one factor at most."""
    return render(request, "recovery/asked.html")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Show how a request stands, and stop it on POST; for its owner, by the link in every letter about it."""
    recovery = links.read_stop(token)
    if recovery is None:
        return _opens_nothing(request)
    if request.method == "POST":
        # Where it cannot be stopped any more, the page says how it stands now.
        with contextlib.suppress(JournalError):
            domain.stop(recovery=recovery)
        return redirect(request.path)
    return render(request, "recovery/stop.html", {"recovery": recovery, "may_stop": domain.may_stop(recovery)})


def _opens_nothing(request: HttpRequest) -> HttpResponse:
    return render(request, "recovery/opens_nothing.html", status=HTTPStatus.NOT_FOUND)
