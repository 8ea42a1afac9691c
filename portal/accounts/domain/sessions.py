"""Ending sessions, and the owner's list of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer, viewer_for
from portal.accounts.models import EndedSession, KeptForm, KnownDevice, Session, User
from portal.accounts.models.sessions import ABSOLUTE, KEPT, TRACED, digest
from portal.journal import door
from portal.web import dates, words

#: Why sessions are ended, and what the browser that held one is told at its next request.
ENDED = {
    "idle": "You were signed out after 60 minutes without use. Sign in again to go on.",
    "old": "You were signed out: a session lasts 12 hours at most. Sign in again to go on.",
    "password": "You were signed out because the password of your account was changed. Sign in again to go on.",
    "device": "You were signed out because the second factors of your account were changed. Sign in again to go on.",
    "email": "You were signed out because the e-mail address of your account was changed. Sign in again to go on.",
    "role": "You were signed out because one of your roles ended. Sign in again to go on with the others.",
    "closed": "You were signed out because your account was closed.",
    "member": "You were signed out because your membership ended.",
    "recovery": "You were signed out because your account was given a new start.",
    "operator": "You were signed out by those who run the portal. Sign in again to go on.",
    "elsewhere": "You were signed out from another of your devices. Sign in again to go on.",
}
#: In the session's data: the roles that its owner held when it began, or got since; being a member is one.
ROLES = "roles"
MEMBER = "member"
#: A device that was not used for so long counts as new again.
FORGOTTEN = dt.timedelta(days=365)


def roles_of(viewer: Viewer) -> list[str]:
    """Return the roles a viewer holds now as a session remembers them."""
    roles = (f"{role} {scope}".rstrip() for role, scope in viewer.roles)
    return sorted([MEMBER, *roles] if viewer.is_member else roles)


def end_all(*, user: User, reason: str, except_key: str | None = None, by: Viewer = SYSTEM) -> int:
    """End the sessions of `user`, all but the one under the cookie's key `except_key`; returns how many.

    `reason` is a key of `ENDED`. Works by the next request of each browser, which is told why; forms that are open in
    them stay their owner's (`portal.accounts.typed`). Journalled where a session was still alive.
    """
    rows = Session.objects.filter(user=user)
    if except_key:
        rows = rows.exclude(session_key=digest(except_key))
    return _end(rows, reason=reason, user=user, by=by)


def end_one(*, user: User, sid: UUID, by: Viewer) -> bool:
    """End one session of `user`, as its owner asked; returns False where it is gone already."""
    return bool(_end(Session.objects.filter(user=user, sid=sid), reason="elsewhere", user=user, by=by))


def _end(rows: QuerySet[Session], *, reason: str, user: User, by: Viewer) -> int:
    if reason not in ENDED:
        raise ValueError(f"nobody could be told why: {reason!r}")
    with transaction.atomic():
        found = list(rows.select_for_update())
        if not found:
            return 0
        EndedSession.objects.bulk_create(
            [
                EndedSession(
                    session_key=row.session_key,
                    user_id=user.pk,
                    form_seal=row.form_seal,
                    why=row.why_over or reason,
                )
                for row in found
            ],
            ignore_conflicts=True,
        )
        alive = sum(not row.why_over for row in found)
        Session.objects.filter(pk__in=[row.pk for row in found]).delete()
        if alive:
            door.record(thing=user, verb="sessions_ended", by=by, data={"count": alive, "reason": reason})
    return alive


@dataclass(frozen=True)
class Entry:
    """A session as its owner reads it."""

    sid: UUID
    device: str
    network: str
    begun: dt.datetime
    last_used: dt.datetime
    current: bool

    @property
    def name(self) -> str:
        """The device, as a heading."""
        return self.device[:1].upper() + self.device[1:]

    @property
    def used(self) -> str:
        """When it was last used: "4 minutes ago"."""
        return ago(self.last_used)

    @property
    def began(self) -> str:
        """When it began: "at 09:12", "yesterday 22:40"."""
        return _clock(self.begun)

    @property
    def ends(self) -> str:
        """When it ends whatever happens: "at 21:12", "tomorrow 10:40"."""
        return _clock(self.begun + ABSOLUTE)


def live_sessions(*, user_id: int, current_key: str | None = None) -> list[Entry]:
    """Return a user's sessions, the one under the cookie's key `current_key` first, then the last used. One query."""
    current = digest(current_key) if current_key else ""
    rows = Session.objects.live().filter(user_id=user_id).defer("session_data")
    entries = [
        Entry(row.sid, row.device, row.network, row.begun, row.last_used, row.session_key == current)
        for row in rows
        if row.sid and row.begun
    ]
    return sorted(entries, key=lambda entry: (entry.current, entry.last_used), reverse=True)


def note(viewer: Viewer) -> str:
    """Return how many sessions there are, for the account's overview."""
    count = Session.objects.live().filter(user_id=viewer.user_id).count() if viewer.user_id else 0
    return f"{words.counted(count, 'session')} open now"


def ago(moment: dt.datetime) -> str:
    """Return when something was, by the machine's clock: "just now", "4 minutes ago", "yesterday 14:02"."""
    span = clock.machine_now() - moment
    if span < dt.timedelta(minutes=1):
        return "just now"
    return f"{words.duration(span)} ago" if span < dt.timedelta(hours=1) or not _days_off(moment) else _clock(moment)


def _days_off(moment: dt.datetime) -> int:
    """Return how many calendar days in Brussels lie between today, by the machine's clock, and a moment."""
    return (dates.as_date(moment) - dates.as_date(clock.machine_now())).days


def _clock(moment: dt.datetime) -> str:
    """Return a moment near the present: "at 09:12", "yesterday 22:40", "tomorrow 10:40", "2 May 2027, 08:00"."""
    day = {-1: "yesterday", 0: "at", 1: "tomorrow"}.get(_days_off(moment))
    return f"{day} {dates.clock_time(moment)}" if day else dates.brussels_short(moment)


def why_over(viewer: Viewer, known: Collection[str]) -> str:
    """Return why a verified viewer's sessions cannot go on: "closed", "member" or "role"; "" where they can.

    `known` are the roles they were begun with. Somebody who was no member then, such as a former one who fetches their
    data, has none to lose.
    """
    if not viewer.signed_in:
        return "closed"
    lost = set(known) - set(roles_of(viewer))
    return MEMBER if MEMBER in lost else "role" if lost else ""


def sweep() -> int:
    """End sessions of closed accounts, of former members, and of people one of whose roles ended; returns how many.

    The gate does the same at each request. This is for roles that end by date, and rows that nobody comes back to.
    """
    people: dict[User, set[str]] = {}
    for row in Session.objects.live().select_related("user"):
        if row.user is not None:
            people.setdefault(row.user, set()).update(row.get_decoded().get(ROLES, ()))
    ended = 0
    for user, known in people.items():
        if why := why_over(viewer_for(user=user, verified=True), known):
            ended += end_all(user=user, reason=why)
    return ended


def tidy() -> None:
    """Remove what is over: sessions, traces of ended ones, typed text after its hour, devices after a year."""
    moment = clock.machine_now()
    Session.objects.all().over().delete()
    EndedSession.objects.filter(ended_at__lt=moment - TRACED).delete()
    KeptForm.objects.filter(kept_at__lt=moment - KEPT).delete()
    KnownDevice.objects.filter(last_used__lt=moment - FORGOTTEN).delete()
