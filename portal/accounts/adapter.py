"""What allauth asks the project: who may sign up, which steps a sign-in has, how mail leaves, where people go next."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmationHMAC
from allauth.core import context as allauth_context
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from portal.accounts import attempts, hashing, whereabouts
from portal.outbox.post import link, post
from portal.web.words import pause

log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """allauth's adapter: closed sign-up, the second factor as the last step, mail through the outbox."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail address and this password do not belong together."),
        "too_many_login_attempts": _("Too many wrong passwords. Wait %(pause)s, or choose a new password."),
        "busy": _("Many passwords are being looked at just now. Try again in a few seconds."),
        "incorrect_password": _("This is not your password."),
        "invalid_password_reset": _("This link has been used, or it is older than three days."),
        "rate_limited": _("Too many tries in a short time. Wait a minute."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: an account begins with an invitation or an approved join request."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """Return whose address and password these are, or None. Raises `ValidationError` where no try is left."""
        try:
            counted = attempts.count(request, str(credentials.get("email", "")))
        except attempts.TooMany as refusal:
            log.warning("password_not_looked_at", network=whereabouts.network_of(request))
            message = self.error_messages["too_many_login_attempts"] % {"pause": pause(refusal.seconds)}
            raise ValidationError(message, code="too_many_login_attempts") from refusal
        try:
            with hashing.place(known=counted.known):
                user = super().authenticate(request, **credentials)
        except hashing.Busy as refusal:
            counted.give_back()
            log.warning("password_not_looked_at", network=whereabouts.network_of(request))
            raise self.validation_error("busy") from refusal
        if user is not None:
            counted.give_back()
        # The same for every address, and without it: people type passwords into that field.
        log.info("password_looked_at", right=user is not None, network=whereabouts.network_of(request))
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave the counting to `authenticate`."""

    def get_login_stages(self) -> list[str]:
        """Return allauth's steps and after them, so that every way in passes it, the second factor."""
        return [*super().get_login_stages(), "portal.accounts.stages.SecondFactorStage"]

    def is_safe_url(self, url: str) -> bool:
        """Return whether a redirect stays on this very host; allauth would also allow every other host we answer to."""
        request = allauth_context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        """Return the home page."""
        return "/"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link for a mail, under the configured address and not the one the request claims."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return link(path.replace("UID-KEY", quote(key)))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmationHMAC) -> str:
        """Return the link for a mail, under the configured address."""
        return link(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue one of allauth's mails: "account/email/NAME" is written from our `mail/account_NAME.txt`."""
        name = template_prefix.rsplit("/", 1)[-1]
        user = context.get("user")
        post(to=email, template=f"account_{name}", context=context, user_id=user.pk if user else None)
