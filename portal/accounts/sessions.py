"""What a session keeps of signing in: how old it is, when it was last used, and which grant this browser opened.

All of it is machine time: the sample clock moves deadlines, not sessions.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest

from portal.access import clock
from portal.accounts.domain import enrolment
from portal.accounts.models import EnrolmentGrant

#: A session ends after this long without a request, and after this long whatever happens (design: access).
IDLE, ABSOLUTE = dt.timedelta(minutes=60), dt.timedelta(hours=12)
#: The last use is written at most this often.
TOUCH = dt.timedelta(minutes=1)

SIGNED_IN_AT, SEEN_AT, GRANT = "signed_in_at", "seen_at", "enrolment_grant"


def begin(request: HttpRequest) -> None:
    """Note that a session begins now. Its cookie ends with the browser, whichever way the person came in."""
    moment = clock.machine_now().timestamp()
    request.session.set_expiry(0)
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = moment


def ended(request: HttpRequest) -> str:
    """Return why a signed-in session is over, "idle" or "old"; "" while it lasts. One without a beginning is over."""
    moment = clock.machine_now().timestamp()
    if moment - request.session.get(SIGNED_IN_AT, 0) > ABSOLUTE.total_seconds():
        return "old"
    if moment - request.session.get(SEEN_AT, 0) > IDLE.total_seconds():
        return "idle"
    return ""


def touch(request: HttpRequest) -> None:
    """Note that the session was used, at most once a minute."""
    moment = clock.machine_now().timestamp()
    if moment - request.session.get(SEEN_AT, 0) >= TOUCH.total_seconds():
        request.session[SEEN_AT] = moment


def keep_grant(request: HttpRequest, grant: EnrolmentGrant) -> None:
    """Remember that this browser opened `grant`."""
    request.session[GRANT] = {"pk": grant.pk, "opening": grant.opening}


def opened_grant(request: HttpRequest) -> EnrolmentGrant | None:
    """Return the live grant that this browser opened, or None."""
    try:
        return require_grant(request)
    except enrolment.EnrolmentRefused:
        return None


def require_grant(request: HttpRequest) -> EnrolmentGrant:
    """Return the live grant that this browser opened. Raises `EnrolmentRefused` with the reason why there is none."""
    kept: dict[str, Any] | None = request.session.get(GRANT)
    if not kept:
        raise enrolment.EnrolmentRefused("unknown")
    return enrolment.opened_grant(pk=kept["pk"], opening=kept["opening"])


def forget_grant(request: HttpRequest) -> None:
    """Forget the opened grant: it was used."""
    request.session.pop(GRANT, None)
