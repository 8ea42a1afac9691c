"""The CMS's list of users closes accounts by the same way as everybody else: it deletes none, and silences none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from wagtail import hooks

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.accounts.stepup import ask
from portal.journal.errors import JournalError
from portal.privacy.domain import people
from portal.web.words import counted

LIST = "wagtailusers_users:index"


def _viewer(request: HttpRequest) -> Viewer:
    # An administrator may have no profile: then the account itself acts.
    return request.viewer  # type: ignore[attr-defined]


def _set_open(request: HttpRequest, users: Sequence[User], *, is_open: bool) -> HttpResponse:
    """Close or open accounts, say how it went, and go back to the list."""
    done = 0
    for user in users:
        try:
            if is_open:
                people.open_again(user=user, by=_viewer(request))
            else:
                people.close(user=user, by=_viewer(request))
        except JournalError as refusal:
            messages.error(request, f"{user}: {' '.join(refusal.problems)}")
        else:
            done += 1
    if done:
        verb = "opened" if is_open else "closed"
        messages.success(request, f"{counted(done, 'account')} {verb}. What was decided stays.")
    return redirect(LIST)


@hooks.register("before_delete_user")
def close_instead_of_deleting(request: HttpRequest, user: User) -> HttpResponse | None:
    """Close the account where the CMS would delete it; its page says so beforehand."""
    if request.method != "POST":
        return None
    return ask(request) or _set_open(request, [user], is_open=False)


@hooks.register("before_bulk_action")
def close_many(request: HttpRequest, action: str, objects: Sequence[Any], view: Any) -> HttpResponse | None:
    """Close or open the chosen accounts where the CMS would delete them or change their rows."""
    if User not in view.models or action not in ("delete", "set_active_state"):
        return None
    if (answer := ask(request)) is not None:
        return answer
    is_open = action == "set_active_state" and view.cleaned_form.cleaned_data["mark_as_active"]
    return _set_open(request, objects, is_open=is_open)


@hooks.register("before_edit_user")
def ask_before_editing(request: HttpRequest, user: User) -> HttpResponse | None:
    """Ask for the second factor before rights or the state of an account change."""
    return ask(request) if request.method == "POST" else None


@hooks.register("after_edit_user")
def follow_the_form(request: HttpRequest, user: User) -> None:
    """Do all that belongs to it where the form closed or opened an account; one that it left alone stays so."""
    wanted: bool = user.wanted_open  # type: ignore[attr-defined]
    if wanted != user.is_active:
        _set_open(request, [user], is_open=wanted)
