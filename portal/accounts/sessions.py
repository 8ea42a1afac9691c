"""What a session keeps of signing in: how old it is, from where it is used, and which grant this browser opened.

All of it is machine time: the sample clock moves deadlines, not sessions.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.contrib.auth import SESSION_KEY, logout
from django.http import HttpRequest

from portal.access import clock
from portal.access.viewer import ANONYMOUS, viewer_for
from portal.accounts import whereabouts
from portal.accounts.domain import enrolment
from portal.accounts.domain.sessions import ENDED, ROLES, end_all, roles_of, why_over
from portal.accounts.models import EnrolmentGrant, User
from portal.accounts.models.sessions import ABSOLUTE, IDLE, digest
from portal.accounts.restrictions import is_verified
from portal.accounts.session_store import SIGNED_IN_AT, Facts

__all__ = ["ABSOLUTE", "ENDED", "IDLE", "end_all"]

#: The last use is written at most this often.
TOUCH = dt.timedelta(minutes=1)

GRANT = "enrolment_grant"
#: When this session last gave a second factor, in seconds since 1970; `portal.accounts.stepup` asks it.
VERIFIED_AT = "verified_at"


def begin(request: HttpRequest, user: User) -> None:
    """Note that a session of `user` begins now. Its cookie ends with the browser, whichever way the person came in."""
    moment = clock.machine_now()
    session: Any = request.session
    session.set_expiry(0)
    session[SIGNED_IN_AT] = moment.timestamp()
    session[ROLES] = roles_of(viewer_for(user=user, verified=True))
    session.facts = Facts(
        sid=uuid.uuid4(),
        device=whereabouts.device_of(request),
        network=whereabouts.network_of(request),
        # Django made a new secret for the forms of this session a moment ago.
        form_seal=digest(request.META["CSRF_COOKIE"]) if request.META.get("CSRF_COOKIE") else "",
        last_used=moment,
    )


def ended(request: HttpRequest) -> str:
    """Return why the session of this browser is over, a key of `ENDED`, and sign it out; "" while it lasts.

    Asks at each request whether the account is open, the password the same, and every role still held with which the
    session began: whatever changed them, and whether or not that told the sessions.
    """
    session: Any = request.session
    if SESSION_KEY not in session:
        return session.ended_why if session.ended_why in ENDED else ""
    user_id = session[SESSION_KEY]
    if not request.user.is_authenticated:
        # Where the password is another one, Django has flushed the session just now.
        why = "closed" if SESSION_KEY in session else "password"
        user = User.objects.filter(pk=user_id).first()
    else:
        user = request.user
        why = _role_ended(request)
    if why:
        if user is not None:
            end_all(user=user, reason=why)
        logout(request)
        request.viewer = ANONYMOUS  # type: ignore[attr-defined]
    return why


def _role_ended(request: HttpRequest) -> str:
    """Return whether the roles that this session began with are still held; what was added since is noted."""
    if not is_verified(request.user):
        return ""
    viewer = request.viewer  # type: ignore[attr-defined]
    known, present = request.session.get(ROLES, []), roles_of(viewer)
    if known == present:
        return ""
    why = why_over(viewer, known)
    if not why:
        request.session[ROLES] = present
    return why


def touch(request: HttpRequest) -> None:
    """Note that the session is used, and from where, at most once a minute."""
    session: Any = request.session
    if clock.machine_now() - session.facts.last_used >= TOUCH:
        session.note_use(device=whereabouts.device_of(request), network=whereabouts.network_of(request))


def note_verified(request: HttpRequest) -> None:
    """Note that a second factor was given in this session now."""
    request.session[VERIFIED_AT] = clock.machine_now().timestamp()


def verified_within(request: HttpRequest, span: dt.timedelta) -> bool:
    """Return whether this session gave a second factor within `span`; a time that is still to come counts for none."""
    passed = clock.machine_now().timestamp() - request.session.get(VERIFIED_AT, 0)
    return 0 <= passed < span.total_seconds()


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
