"""The session engine (`settings.SESSION_ENGINE`): Django's, on a table that says whose a session is."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils.crypto import get_random_string

from portal.access import clock
from portal.accounts.models import EndedSession, Session
from portal.accounts.models.sessions import ABSOLUTE, digest

#: In the session's data: when the person signed in, seconds since 1970.
SIGNED_IN_AT = "signed_in_at"


@dataclass
class Facts:
    """What the table says of a session beside its data."""

    sid: uuid.UUID | None = None
    device: str = ""
    network: str = ""
    form_seal: str = ""
    last_used: dt.datetime = field(default_factory=clock.machine_now)


class SessionStore(DatabaseStore):
    """Keeps sessions under the digest of their key, and gives none that is over.

    `ended_why` says why there is none where there was one: "idle", "old", or the reason it was ended for.
    """

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._facts = Facts()
        self.ended_why = ""

    @property
    def facts(self) -> Facts:
        """What the table says of this session; loads it."""
        self._get_session()
        return self._facts

    @facts.setter
    def facts(self, facts: Facts) -> None:
        self._facts = facts

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def _get_session_from_db(self) -> Session | None:
        """Return the row of a session that lasts; otherwise forget the key, so that it is never used again."""
        row = Session.objects.filter(session_key=digest(self.session_key)).first()
        if row is not None and not row.why_over:
            self._facts = Facts(row.sid, row.device, row.network, row.form_seal, row.last_used)
            return row
        if row is None:
            why = EndedSession.objects.filter(session_key=digest(self.session_key)).values_list("why", flat=True)
            self.ended_why = why.first() or ""
        elif row.user_id:
            self.ended_why = row.why_over
        self._session_key = None
        return None

    def exists(self, session_key: str) -> bool:
        """Return whether there is a row under this key."""
        return Session.objects.filter(session_key=digest(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row for `data` and the facts. A signed-in session ends at its hour, however often it is saved."""
        begun = data.get(SIGNED_IN_AT)
        user_id = data.get(SESSION_KEY)
        since = dt.datetime.fromtimestamp(begun, dt.UTC) if begun is not None else None
        return Session(
            session_key=digest(self._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=since + ABSOLUTE if since and user_id else self.get_expiry_date(),
            user_id=int(user_id) if user_id else None,
            sid=self._facts.sid,
            device=self._facts.device,
            network=self._facts.network,
            begun=since,
            last_used=self._facts.last_used,
            form_seal=self._facts.form_seal,
        )

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature is Django's
        """Write the session; one that was ended while its last request was being answered stays ended."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        # One statement; Django's would open a savepoint around it, to ask the database for an error.
        row = self.create_model_instance(self._get_session())
        columns = {column.attname: getattr(row, column.attname) for column in row._meta.concrete_fields}
        if Session.objects.filter(pk=columns.pop("session_key")).update(**columns):
            return
        if not EndedSession.objects.filter(session_key=digest(self.session_key)).exists():
            raise UpdateError

    def _get_new_session_key(self) -> str:
        """Return a random key. Whether it is free is asked by writing it, which `create` tries again if need be."""
        return get_random_string(32, VALID_KEY_CHARS)

    def cycle_key(self) -> None:
        """Change the key. The row stays the same one, so the list of sessions does too."""
        before = self.session_key
        data = self._session
        key = self._get_new_session_key()
        if before and Session.objects.filter(session_key=digest(before)).update(session_key=digest(key)):
            self._session_key, self._session_cache, self.modified = key, data, True
        elif before and EndedSession.objects.filter(session_key=digest(before)).exists():
            # Ended while this request was being answered: a new key would bring it back.
            self.flush()
        else:
            super().cycle_key()

    def flush(self) -> None:
        """Empty the session and end it."""
        super().flush()
        self._facts = Facts()

    def delete(self, session_key: str | None = None) -> None:
        """End the session under this key; where somebody was signed in, forms that are still open stay theirs."""
        key = session_key or self.session_key
        if key is None:
            return
        with transaction.atomic():
            row = Session.objects.filter(session_key=digest(key)).first()
            if row is None:
                return
            if row.user_id:
                EndedSession.objects.get_or_create(
                    session_key=row.session_key,
                    defaults={"user_id": row.user_id, "form_seal": row.form_seal, "why": "signed_out"},
                )
            row.delete()

    def note_use(self, *, device: str, network: str) -> None:
        """Write down that the session is used now, from where. One statement, which no other request's data meets."""
        facts = self.facts
        facts.device, facts.network, facts.last_used = device, network, clock.machine_now()
        Session.objects.filter(session_key=digest(self.session_key)).update(
            device=device, network=network, last_used=facts.last_used
        )

    @classmethod
    def clear_expired(cls) -> None:
        """Remove sessions that are over."""
        Session.objects.all().over().delete()
