"""The page of one's own sessions: on which devices one is signed in, and ending that."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.accounts.decorators import owner_required
from portal.accounts.domain import sessions
from portal.accounts.stepup import step_up_required
from portal.web.words import counted


@never_cache
@require_safe
@owner_required
def session_list(request: HttpRequest) -> HttpResponse:
    """Show every session that is open now, this one first."""
    entries = sessions.live_sessions(user_id=request.user.pk, current_key=request.session.session_key)
    return render(request, "accounts/sessions.html", {"sessions": entries, "others": len(entries) > 1})


@require_POST
@owner_required
@step_up_required
def end(request: HttpRequest, sid: UUID) -> HttpResponse:
    """End one session; one that is gone already is no mistake, and neither is somebody else's: it stays."""
    if sid == request.session.facts.sid:  # type: ignore[attr-defined]
        messages.info(request, "This is the session you are using. To end it, sign out.")
    elif sessions.end_one(user=request.user, sid=sid, by=request.viewer):  # type: ignore[attr-defined]
        messages.success(request, "The session is ended.")
    else:
        messages.info(request, "That session had ended already.")
    return redirect("accounts_sessions")


@require_POST
@owner_required
@step_up_required
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    count = sessions.end_all(
        user=request.user,
        reason="elsewhere",
        except_key=request.session.session_key,
        by=request.viewer,  # type: ignore[attr-defined]
    )
    messages.success(request, f"{counted(count, 'session')} ended." if count else "There was no other session.")
    return redirect("accounts_sessions")
