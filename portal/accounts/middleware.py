"""The gate: a session without a second factor, or past its time, reaches no member zone."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.accounts import sessions, stepup, typed
from portal.accounts.decorators import SIGNED_OUT
from portal.accounts.domain.sessions import FORGOTTEN
from portal.accounts.restrictions import is_verified
from portal.web.putback import offering

#: Addresses, by name, that a session without a second factor may reach: public pages, whose content is filtered by
#: `visible_to`, and the way to a second factor. Everything else is closed by default.
EXEMPT = frozenset(
    {
        "health_live",
        "health_ready",
        "search:results",
        "exchanges:index",
        "exchanges:call",
        "updates:index",
        "updates:asked",
        "updates:confirm",
        "updates:manage",
        "updates:stop",
        "updates:block",
        "pages:contact_send",
        "web:scheme",
        "web:style",
        "web:feed",
        "web:sitemap",
        "web:robots",
        "web:security",
        # Pictures ask for themselves whose page shows them.
        "files:picture",
        "web:style_error",
        # The mail viewer of the local settings: the way to a second factor may lead through a letter.
        "outbox:index",
        "outbox:detail",
        "wagtail_serve",
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "accounts_second_factor",
        "accounts_start_again",
        "accounts_not_enrolled",
        "accounts_passkey_options",
        "accounts_provider",
        "accounts_provider_enrol",
        "accounts_address",
        "accounts_address_stop",
        "accounts_enrol",
        "accounts_enrol_password",
        "accounts_enrol_device",
        "accounts_enrol_passkey",
        "accounts_enrol_passkey_options",
        "recovery:index",
        "recovery:mailbox",
        "recovery:ask",
        "recovery:link",
        "recovery:asked",
        "recovery:stop",
        "accounts_shadow_admin_login",
        "accounts_shadow_admin_password",
        "accounts_shadow_login",
        "accounts_shadow_page",
        "accounts_shadow_document",
    }
)

#: Addresses of the CMS that ask for a fresh second factor: who may do what there. Exports ask too, on any list.
CMS_STEP_UP = frozenset(
    {
        "wagtailusers_users:add",
        "wagtailusers_users:copy",
        "wagtailusers_users:edit",
        "wagtailusers_users:delete",
        "wagtailusers_groups:add",
        "wagtailusers_groups:edit",
        "wagtailusers_groups:delete",
    }
)

#: Roles that work in the CMS.
CMS_ROLES = ("editor", "office")


class ZoneGateMiddleware:
    """Ends sessions that are over, and keeps those without a second factor out of everything that is not exempt.

    A visitor without a session cookie costs nothing here: neither session nor user is asked for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """End the session if it is over, note its use otherwise, and answer the request."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            if reason := sessions.ended(request):
                request.session_ended = reason  # type: ignore[attr-defined]
            elif SESSION_KEY in request.session:
                sessions.touch(request)
                if typed.KEPT in request.session and is_verified(request.user):
                    return self._with_kept_text(request)
        response = self.get_response(request)
        if mark := getattr(request, "browser_mark", ""):
            response.set_cookie(
                settings.KNOWN_BROWSER_COOKIE,
                mark,
                max_age=FORGOTTEN,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def _with_kept_text(self, request: HttpRequest) -> HttpResponse:
        """Answer with what was typed before on offer to the forms of the page."""
        put_back = typed.offer(request) if request.method == "GET" else None
        request.put_back = put_back  # type: ignore[attr-defined]
        with offering(put_back):
            response = self.get_response(request)
        return typed.settle(request, response)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Answer in place of the view where the session may not reach it."""
        name = request.resolver_match.view_name if request.resolver_match else ""
        if reason := getattr(request, "session_ended", ""):
            # A view that keeps what was typed answers by itself, and puts the text back after signing in.
            if getattr(view, "keeps_typed", False):
                return None
            if request.method == "POST" and name not in EXEMPT:
                return typed.show(request, reason=sessions.ENDED[reason], status=403)
            # The messages' storage is there by now; in `__call__` it is not.
            messages.warning(request, sessions.ENDED[reason])
        if name in EXEMPT:
            return None
        if request.path.startswith(self._cms):
            return self._cms_door(request)
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not request.user.is_authenticated or is_verified(request.user):
            return None
        return self._to_second_factor(request)

    @cached_property
    def _cms(self) -> str:
        return reverse("wagtailadmin_home")

    def _cms_door(self, request: HttpRequest) -> HttpResponse | None:
        """Let editors, the office and administrators into the CMS.

        Others are refused here: Wagtail would send them to sign in, and the sign-in page, finding them signed in, back.
        """
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            if request.method == "POST" and typed.texts(request.POST):
                return typed.show(request, reason=SIGNED_OUT, status=401)
            return redirect_to_login(request.get_full_path() if request.method in ("GET", "HEAD") else self._cms)
        if not is_verified(request.user):
            return self._to_second_factor(request)
        viewer = request.viewer  # type: ignore[attr-defined]
        works_here = any(viewer.holds(role) for role in CMS_ROLES)
        if not request.user.is_superuser and not (works_here and request.user.has_perm("wagtailadmin.access_admin")):
            raise PermissionDenied("The CMS is open to editors and to the programme office.")
        name = request.resolver_match.view_name if request.resolver_match else ""
        on_people = name == "wagtail_bulk_action" and request.resolver_match.kwargs["model_name"] == "user"
        return stepup.ask(request) if name in CMS_STEP_UP or on_people or "export" in request.GET else None

    def _to_second_factor(self, request: HttpRequest) -> HttpResponse:
        target = reverse("accounts_second_factor")
        if request.method in ("GET", "HEAD"):
            target = f"{target}?{urlencode({'next': request.get_full_path()})}"
        elif request.method == "POST" and (kept := typed.keep(request)):
            target = f"{target}?{urlencode({'next': typed.back_to(kept)})}"
        return redirect(target)
