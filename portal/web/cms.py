"""The CMS under the portal's rules for content (CSP): what Wagtail needs inside `/admin/`, and nothing outside it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.widgets import BaseChooser

#: The inline scripts of Wagtail's own templates, which start its pickers and panels, and the one of wagtail-localize,
#: which says where the pickers are. Only these get the nonce.
INITIALISERS = re.compile(
    rb"<script>(?=\s*(?:init(?:Date|Time|DateTime)Chooser\(|new (?:Page|Image|Document|Snippet)?Chooser\(\"|"
    rb"if \(typeof window\.chooserUrls === |"
    rb"\(function\(\) \{\s*(?:var panel = )?new (?:InlinePanel|MultipleChooserPanel)\())"
)


def escape_chooser_data() -> None:
    """Wrap `BaseChooser.render_js_init`, once: a title must not end the script that it stands in, and begin another."""
    original = BaseChooser.render_js_init
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def render_js_init(self: BaseChooser, *arguments: Any) -> str:
        return str(original(self, *arguments)).replace("<", "\\u003c")

    BaseChooser.render_js_init = render_js_init


class CmsPolicyMiddleware:
    """Loosens the content policy as far as the CMS needs, and lets it frame what it previews.

    Inside the CMS: styles that Wagtail's editor writes at run time, and its known initialisers by a nonce. A preview is
    the page as readers get it, under their policy; only the CMS may frame it (design: access, headers).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the policy that fits."""
        response = self.get_response(request)
        if getattr(request, "is_preview", False) or response.headers.get("X-Frame-Options") == "SAMEORIGIN":
            _replace(response, {"frame-ancestors": [SELF]})
            response.headers["X-Frame-Options"] = "SAMEORIGIN"
        elif request.path.startswith(self._cms):
            self._loosen(request, response)
        return response

    @cached_property
    def _cms(self) -> str:
        return reverse("wagtailadmin_home")

    def _loosen(self, request: HttpRequest, response: HttpResponse) -> None:
        scripts = [SELF]
        if not response.streaming and response.headers.get("Content-Type", "").startswith("text/html"):
            content, found = INITIALISERS.subn(self._with_nonce(request), response.content)
            if found:
                response.content = content
                scripts.append(f"'nonce-{request.csp_nonce}'")  # type: ignore[attr-defined]
        images = [SELF, "data:", "blob:"]
        _replace(response, {"script-src": scripts, "style-src": [SELF, UNSAFE_INLINE], "img-src": images})

    def _with_nonce(self, request: HttpRequest) -> Callable[[re.Match[bytes]], bytes]:
        return lambda _: f'<script nonce="{request.csp_nonce}">'.encode()  # type: ignore[attr-defined]


def _replace(response: HttpResponse, directives: dict[str, list[str]]) -> None:
    # What django-csp's decorators set; they are for views, and these are not ours.
    response._csp_replace = directives  # type: ignore[attr-defined]  # noqa: SLF001
