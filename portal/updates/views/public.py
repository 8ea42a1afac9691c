"""The visitor's way: ask, look into the mailbox, confirm, change, stop.

None of these forms has a CSRF token. Asking does no more than anybody can do from anywhere (it has one letter sent, up
to three a day), and the other pages are opened by a secret in their address, which is what a forged request would
lack. Without a token there is no cookie: the pages stay cacheable, and RFC 8058 asks for a POST that works without.
"""

from __future__ import annotations

from http import HTTPStatus

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from portal.updates.domain import subscriptions, tokens
from portal.updates.domain.subscriptions import Standing
from portal.updates.domain.tokens import Purpose
from portal.updates.forms import AskForm, TopicsForm
from portal.updates.registries import labels
from portal.web.public import public_page
from portal.web.views.errors import too_many_requests

HOME = ("Home", "/")
#: How often one network may ask; allauth's counters, which all workers share.
RATES = {"ask": "10/10m/ip,60/d/ip"}
#: Seconds after which somebody whose network asked too often may try again.
TEN_MINUTES = 600


@csrf_exempt
@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """Show the form; POST answers every address alike, before anything is known of it."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        # How often a mailbox is written to is the job's to know: here it would show who asked before.
        if not ratelimit.consume(request, app="portal.updates", action="ask", config=RATES):
            return too_many_requests(request, retry_after=TEN_MINUTES)
        subscriptions.ask(address=form.cleaned_data["address"], topics=form.cleaned_data["topics"])
        return redirect("updates:asked", permanent=False)
    status = HTTPStatus.BAD_REQUEST if form.is_bound else HTTPStatus.OK
    return render(request, "updates/index.html", {"form": form, "crumbs": [HOME]}, status=status)


@public_page
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Say where to look next. The same page for everybody."""
    return render(request, "updates/asked.html", {"crumbs": [HOME]})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Ask for one click; POST confirms. Mail scanners follow links, and must not subscribe anybody."""
    if request.method == "POST" and subscriptions.confirm(token=token) is Standing.WAITING:
        return redirect(request.path)
    standing, subscriber = subscriptions.standing(token=token)
    if subscriber is None:
        return _opens_nothing(request, expired=standing is Standing.EXPIRED)
    context = {"subscriber": subscriber, "topics": labels(subscriber.topics), **_links(subscriber.digest)}
    done = standing is Standing.CONFIRMED
    return render(request, "updates/confirmed.html" if done else "updates/confirm.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show and change the topics of the mailbox that the link was sent to."""
    digest = tokens.read(purpose=Purpose.MANAGE, token=token)
    if digest is None:
        return _opens_nothing(request)
    subscriber = subscriptions.subscriber_of(digest)
    if subscriber is None:
        return render(request, "updates/stopped.html")
    form = TopicsForm(request.POST if request.method == "POST" else None, initial={"topics": subscriber.topics})
    if form.is_bound and form.is_valid():
        subscriptions.choose(subscriber=subscriber, topics=form.cleaned_data["topics"])
        # The message framework would keep its message in a cookie.
        return redirect(f"{request.path}?kept=1")
    context = {"form": form, "subscriber": subscriber, "kept": "kept" in request.GET, **_links(digest)}
    return render(request, "updates/manage.html", context, status=HTTPStatus.BAD_REQUEST if form.is_bound else 200)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop all updates on POST: at once, without cookies or a redirect, however often (RFC 8058, 3.1 and 3.2).

    GET changes nothing and shows a button. What a mailbox provider posts (List-Unsubscribe=One-Click) is not asked
    for: the secret is in the address, and a person's browser without it means the same.
    """
    digest = tokens.read(purpose=Purpose.STOP, token=token)
    if digest is None:
        return _opens_nothing(request)
    if request.method == "POST":
        subscriptions.stop(digest=digest)
    subscriber = subscriptions.subscriber_of(digest)
    if subscriber is None:
        return render(request, "updates/stopped.html")
    return render(request, "updates/stop.html", {"subscriber": subscriber, **_links(digest)})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def block(request: HttpRequest, token: str) -> HttpResponse:
    """Write to a mailbox no more, for somebody whose address others typed; POST does it, GET shows a button."""
    digest = tokens.read(purpose=Purpose.BLOCK, token=token)
    if digest is None:
        return _opens_nothing(request)
    if request.method == "POST":
        subscriptions.block(digest=digest)
        return render(request, "updates/blocked.html")
    return render(request, "updates/block.html", {"path": request.path})


def _opens_nothing(request: HttpRequest, *, expired: bool = False) -> HttpResponse:
    status = HTTPStatus.GONE if expired else HTTPStatus.NOT_FOUND
    return render(request, "updates/opens_nothing.html", {"expired": expired}, status=status)


def _links(digest: str) -> dict[str, str]:
    return {
        f"{purpose}_path": tokens.path_of(purpose=purpose, digest=digest)
        for purpose in (Purpose.MANAGE, Purpose.STOP, Purpose.BLOCK)
    }
