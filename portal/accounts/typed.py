"""What somebody typed into a form whose session was gone: shown once more, and put back into the form for its owner.

A form says by its CSRF token under whose session it was made (`domain.kept_forms`). Its text is kept for that person,
encrypted and for an hour, and offered to the forms of the same page as soon as they are signed in again.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.accounts.domain import kept_forms
from portal.accounts.domain.sessions import ENDED
from portal.accounts.models import KeptForm
from portal.web.putback import PutBack

#: In the session's data: what is kept for its owner, as [key, page, action].
KEPT = "kept_forms"
#: How many levels above the address of a button its page may stand.
_LEVELS = 2


def texts(data: QueryDict) -> list[tuple[str, str]]:
    """Return what is worth showing of a posted form: (name in words, text), secrets left out."""
    return [
        (name.replace("_", " ").replace("-", " "), value)
        for name, value in kept_forms.keepable(data=data)
        if value.strip()
    ]


def page_of(request: HttpRequest) -> str:
    """Return the path of the page on which the posted form stood; where that is not said, that it was sent to."""
    referrer = request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(referrer, allowed_hosts={request.get_host()}):
        parts = urlsplit(referrer)
        if parts.netloc:
            return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return request.path


def keep(request: HttpRequest) -> KeptForm | None:
    """Keep what was posted for the person whose form it is; None where nobody can tell, or nothing was typed.

    In a session of that person it is on offer at once, elsewhere from the next sign-in on.
    """
    owner = kept_forms.owner_of(token=request.POST.get("csrfmiddlewaretoken", "")) if texts(request.POST) else None
    if owner is None:
        return None
    kept = kept_forms.keep(user_id=owner, action=request.path, page=page_of(request), data=request.POST)
    if kept is not None and request.user.is_authenticated and request.user.pk == owner:
        remember(request, user_id=owner)
    return kept


def back_to(kept: KeptForm) -> str:
    """Return where to read a kept text again: the page of its form, or a page of its own where forms are not ours."""
    own = kept.page.startswith(reverse("wagtailadmin_home"))
    return reverse("accounts_kept", args=[kept.pk]) if own else kept.page


def show(request: HttpRequest, *, reason: str, status: int) -> HttpResponse:
    """Return the page that says why nothing was carried out, with what was typed and the way to sign in.

    `reason` is for where it is not known why the session ended.
    """
    kept = keep(request)
    context = {
        "reason": ENDED.get(getattr(request, "session_ended", ""), reason),
        "typed": texts(request.POST),
        "kept": kept,
        "next": back_to(kept) if kept else page_of(request),
    }
    return render(request, "accounts/session_ended.html", context, status=status)


def remember(request: HttpRequest, *, user_id: int) -> None:
    """Write into the session what is kept for its owner, so that no other request has to ask."""
    found = kept_forms.of_user(user_id=user_id).values_list("pk", "page", "action")
    if found:
        request.session[KEPT] = [list(row) for row in found]
    else:
        request.session.pop(KEPT, None)


def _stands_at(path: str, page: str, action: str) -> bool:
    """Return whether the form that was sent from `page` to `action` may stand on the page `path`."""
    if path in (urlsplit(page).path, action):
        return True
    above = action.rstrip("/")
    for _ in range(_LEVELS):
        above = above.rpartition("/")[0]
        if above and path == f"{above}/":
            return True
    return False


def offer(request: HttpRequest) -> PutBack | None:
    """Return the kept answers that belong to the page that is asked for; None for most pages, without a query."""
    for pk, page, action in request.session.get(KEPT, ()):
        if not _stands_at(request.path, page, action):
            continue
        kept = kept_forms.of_user(user_id=request.user.pk).filter(pk=pk).first()
        if kept is not None:
            return PutBack(kept_forms.answers(kept=kept), reverse("accounts_kept", args=[pk]))
        # Its hour is over.
        remember(request, user_id=request.user.pk)
    return None


def settle(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Forget a kept text once its form was sent and taken; lead from an address that shows nothing to the text.

    A form that is shown again has the text in it, and what was asked to sign in first was not carried out.
    """
    put_back: PutBack | None = getattr(request, "put_back", None)
    if put_back is not None and response.status_code == 405:
        return HttpResponseRedirect(put_back.url)
    gates = (settings.LOGIN_URL, reverse("accounts_second_factor"))
    sent_on = request.method == "POST" and response.status_code in (302, 303)
    if sent_on and KEPT in request.session and not response.headers["Location"].startswith(gates):
        forget(request, action=request.path)
    return response


def forget(request: HttpRequest, **which: Any) -> None:
    """Remove the owner's kept texts that `which` names, by `pk` or by `action`."""
    if kept_forms.of_user(user_id=request.user.pk).filter(**which).delete()[0]:
        remember(request, user_id=request.user.pk)
