"""Pages really refuse: asked before Wagtail builds anything of a page."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page

from portal.access.pages import is_restricted, trail
from portal.access.viewer import PUBLIC, overlap


@hooks.register("before_serve_page", order=-100)
def refuse_hidden_page(page: Page, request: HttpRequest, serve_args: Any, serve_kwargs: Any) -> None:
    """Raise 404 for a page that the viewer may not see. It does not exist for them, and sign-in is not offered.

    Leaves the rules of the page and of those above it in `request.page_trail`, so that nobody asks for them again.
    """
    rows = trail(page)
    if not rows or rows[-1].page_id != page.pk or not overlap(request.viewer, rows[-1].rule.principals):  # type: ignore[attr-defined]
        raise Http404("no such page")
    request.page_trail = rows  # type: ignore[attr-defined]
    # Every page in the way has a row only if all have a rule; without that, Wagtail asks for itself.
    page.without_restrictions = len(rows) == page.depth and not any(row.restricted for row in rows)  # type: ignore[attr-defined]


@hooks.register("on_serve_page", order=-100)
def keep_restricted_private(next_serve_page: Any) -> Any:
    """Keep a restricted page out of every cache, whoever reads it."""

    def serve(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        response: HttpResponse = next_serve_page(page, request, args, kwargs)
        rows = getattr(request, "page_trail", None)
        restricted = PUBLIC not in rows[-1].rule.principals if rows else is_restricted(page)
        if restricted:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return serve
