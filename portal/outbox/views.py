"""The mail viewer: every mail that the portal would have sent. Local settings only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.outbox import viewer

PAGE = 50


def _local_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    # The addresses are mounted locally only; this holds even where somebody mounts them elsewhere.
    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponse:
        if not settings.NOC_LOCAL:
            raise Http404
        return view(request, **kwargs)

    return guarded


@require_safe
@_local_only
def index(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first; `?to=` keeps those to one address."""
    to = request.GET.get("to", "")
    page = Paginator(viewer.kept_mails(to=to), PAGE).get_page(request.GET.get("page"))
    return render(request, "outbox/index.html", {"page": page, "to": to})


@require_safe
@_local_only
def detail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail, its links clickable; 404 for a name that is none."""
    mail = viewer.kept_mail(name)
    if mail is None:
        raise Http404("no such mail")
    return render(request, "outbox/detail.html", {"mail": mail, "crumbs": [("Mail", "../")]})
