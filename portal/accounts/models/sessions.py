"""Sessions as the portal keeps them: whose, on which device, from which network, and when last used."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from portal.access import clock
from portal.accounts.models.sealed import SealedField

#: A session ends after this long without a request, and after this long whatever happens (design: access).
IDLE, ABSOLUTE = dt.timedelta(minutes=60), dt.timedelta(hours=12)
#: How long a form that met the end of its session is kept once it was sent.
KEPT = dt.timedelta(hours=1)
#: How long after its end a session can still say whose the forms are that were open in it: overnight.
TRACED = dt.timedelta(hours=12)


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret, hex: who reads the table holds no key to anything."""
    return hashlib.sha256(secret.encode()).hexdigest()


class SessionQuerySet(models.QuerySet["Session"]):
    """Asks for sessions by how they stand."""

    def live(self) -> SessionQuerySet:
        """Return signed-in sessions that are neither too old nor idle, by the machine's clock."""
        moment = clock.machine_now()
        return self.filter(user__isnull=False, begun__gt=moment - ABSOLUTE, last_used__gt=moment - IDLE)

    def over(self) -> SessionQuerySet:
        """Return sessions that ended so long ago that hardly anybody comes back to a form they left open."""
        return self.filter(expire_date__lt=clock.machine_now() - TRACED)


class Session(AbstractBaseSession):
    """A browser's session. The key stands here as its digest; the columns beyond Django's are for the owner's list.

    `sid` stays the same when the key changes, which happens at each rise in rights.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions")
    sid = models.UUIDField(null=True, db_index=True)
    #: The device in words, "Firefox on Windows".
    device = models.CharField(max_length=80, blank=True)
    #: The first three parts of an IPv4 address or the first 48 bits of an IPv6 one; never more.
    network = models.CharField(max_length=50, blank=True)
    begun = models.DateTimeField(null=True)
    last_used = models.DateTimeField(default=clock.machine_now)
    #: Digest of the secret that seals the forms of this session: says whose a form is that arrives too late.
    form_seal = models.CharField(max_length=64, blank=True, db_index=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        indexes = [models.Index(fields=["user", "last_used"])]

    def __str__(self) -> str:
        return f"{self.device}, {self.network}"

    @classmethod
    def get_session_store_class(cls) -> type:
        """Return the store that keeps its sessions here."""
        from portal.accounts.session_store import SessionStore

        return SessionStore

    @property
    def why_over(self) -> str:
        """Why this session is over, "old" or "idle"; "" while it lasts. A signed-in one without a beginning is over."""
        moment = clock.machine_now()
        if self.expire_date < moment:
            return "old"
        if self.user_id is None:
            return ""
        if self.begun is None or moment - self.begun > ABSOLUTE:
            return "old"
        return "idle" if moment - self.last_used > IDLE else ""


class EndedSession(models.Model):
    """What is left of a session that was ended before its time: why, so that its browser can be told, for a while."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form_seal = models.CharField(max_length=64, blank=True, db_index=True)
    why = models.CharField(max_length=12)
    ended_at = models.DateTimeField(default=clock.machine_now, db_index=True)

    def __str__(self) -> str:
        return self.why


class KnownDevice(models.Model):
    """A browser from which an account was signed in to before."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="known_devices")
    #: Digest of the mark that this browser carries as a cookie.
    mark = models.CharField(max_length=64)
    device = models.CharField(max_length=80)
    first_used = models.DateTimeField(default=clock.machine_now)
    last_used = models.DateTimeField(default=clock.machine_now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "mark"], name="one_row_per_known_device")]

    def __str__(self) -> str:
        return self.device


class KeptForm(models.Model):
    """What somebody had typed into a form when its session ended: put back after signing in, within the hour."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    #: Where the form was sent, and the page that it stood on: paths of this portal.
    action = models.CharField(max_length=500)
    page = models.CharField(max_length=500)
    #: The fields and what was typed, under Fernet.
    sealed = SealedField()
    kept_at = models.DateTimeField(default=clock.machine_now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "action"], name="one_kept_form_per_address")]

    def __str__(self) -> str:
        return self.action
