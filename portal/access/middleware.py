"""Builds `request.viewer` once for each request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from portal.access.viewer import ANONYMOUS, Viewer, viewer_for


class ViewerMiddleware:
    """Sets `request.viewer`, lazily: a page that is the same for everybody does not ask who reads it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the viewer and pass the request on."""
        request.viewer = SimpleLazyObject(lambda: self._viewer(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    def _viewer(self, request: HttpRequest) -> Viewer:
        # Without a session cookie there is nobody to look up, and asking would add `Vary: Cookie`.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return ANONYMOUS
        user = request.user
        # `is_verified` is missing where the OTP middleware did not run.
        verified = getattr(user, "is_verified", None)
        return viewer_for(user=user, verified=bool(verified and verified()))
