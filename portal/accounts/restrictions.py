"""Wagtail's own view restrictions, of collections and of pages restricted by hand, also ask for the second factor."""

from __future__ import annotations

from functools import wraps

from django.http import Http404, HttpRequest
from wagtail.models import BaseViewRestriction

_LOGIN = (BaseViewRestriction.LOGIN, BaseViewRestriction.GROUPS)


def is_verified(user: object) -> bool:
    """Return whether a user gave a second factor in this session; False where the OTP middleware did not run."""
    verified = getattr(user, "is_verified", None)
    return bool(verified and verified())


def ask_second_factor() -> None:
    """Wrap `BaseViewRestriction.accept_request`, once."""
    original = BaseViewRestriction.accept_request
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def accept_request(self: BaseViewRestriction, request: HttpRequest) -> bool:
        if self.restriction_type not in _LOGIN:
            return original(self, request)
        if is_verified(request.user) and original(self, request):
            return True
        if request.user.is_authenticated:
            # Wagtail would send them to sign in, and the sign-in page, finding them signed in, back here for ever.
            raise Http404
        return False

    BaseViewRestriction.accept_request = accept_request
