"""An account that the CMS makes is invited like every other."""

from __future__ import annotations

from django.http import HttpRequest
from wagtail import hooks

from portal.accounts.domain.enrolment import invite
from portal.accounts.models import Purpose, User


@hooks.register("after_create_user")
def invite_new_account(request: HttpRequest, user: User) -> None:
    """Send the link to choose a password and bind a second factor."""
    invite(user=user, purpose=Purpose.INVITATION, by=request.viewer)  # type: ignore[attr-defined]
