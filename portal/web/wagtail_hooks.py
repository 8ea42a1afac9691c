"""Pages of the CMS that everybody may read are public pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks
from wagtail.models import Page

from portal.access.viewer import PUBLIC
from portal.web.public import offer


@hooks.register("on_serve_page")
def offer_public_pages(next_serve_page: Any) -> Any:
    """Mark a page as public where its rule says so; the rule was asked for before (`portal.access.wagtail_hooks`)."""

    def serve(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse:
        rows = getattr(request, "page_trail", None)
        if rows and PUBLIC in rows[-1].rule.principals and getattr(page, "without_restrictions", False):
            offer(request)
        response: HttpResponse = next_serve_page(page, request, args, kwargs)
        return response

    return serve
