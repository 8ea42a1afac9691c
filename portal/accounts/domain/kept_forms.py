"""Keeping what was typed into a form whose session had ended, for the person whose form it was."""

from __future__ import annotations

import json
import re

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.middleware.csrf import CSRF_TOKEN_LENGTH
from django.middleware.csrf import _unmask_cipher_token as unmask  # type: ignore[attr-defined]

from portal.access import clock
from portal.accounts import crypto
from portal.accounts.models import EndedSession, KeptForm, Session
from portal.accounts.models.sessions import KEPT, digest
from portal.web.putback import NO_ANSWERS, is_secret

#: Longest text that is kept, in characters of the encoded form, and how many forms for each person.
LONGEST, MOST = 100_000, 20
#: A CSRF secret, or one under its mask.
_TOKEN = re.compile("[A-Za-z0-9]{32}(?:[A-Za-z0-9]{32})?")


def owner_of(*, token: str) -> int | None:
    """Return the id of the user under whose session a form was made, by the CSRF token in it; None where unknown.

    Signing in gives a browser a new secret, so that the token of a form tells the session, also one that has ended.
    Nobody can make one up: it takes the secret, which only that browser and our own pages knew.
    """
    if not _TOKEN.fullmatch(token):
        return None
    seal = digest(unmask(token) if len(token) == CSRF_TOKEN_LENGTH else token)
    for table in (Session, EndedSession):
        user_id = table.objects.filter(form_seal=seal, user__isnull=False).values_list("user_id", flat=True).first()
        if user_id is not None:
            return int(user_id)
    return None


def keepable(*, data: QueryDict) -> list[tuple[str, str]]:
    """Return the fields of a posted form that may be kept: (name, value), secrets left out; files are not in `data`."""
    return [
        (name, value)
        for name, values in data.lists()
        if name not in NO_ANSWERS and not name.endswith("_FORMS") and not is_secret(name)
        for value in values
    ]


@transaction.atomic
def keep(*, user_id: int, action: str, page: str, data: QueryDict) -> KeptForm | None:
    """Keep a form sent to `action` from `page`, encrypted; None where it is too long. An earlier one is replaced."""
    text = json.dumps(keepable(data=data))
    if len(text) > LONGEST or len(action) > 500 or len(page) > 500:
        return None
    kept, _ = KeptForm.objects.update_or_create(
        user_id=user_id,
        action=action,
        defaults={"page": page, "sealed": crypto.seal(text.encode()), "kept_at": clock.machine_now()},
    )
    newest = KeptForm.objects.filter(user_id=user_id).order_by("-kept_at", "-pk")[:MOST]
    KeptForm.objects.filter(user_id=user_id).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return kept


def of_user(*, user_id: int) -> QuerySet[KeptForm]:
    """Return what is kept for a user, the newest first."""
    fresh = KeptForm.objects.filter(user_id=user_id, kept_at__gt=clock.machine_now() - KEPT)
    return fresh.order_by("-kept_at", "-pk")


def answers(*, kept: KeptForm) -> QueryDict:
    """Return the kept fields as they were posted."""
    query = QueryDict(mutable=True)
    for name, value in json.loads(crypto.unseal(kept.sealed)):
        query.appendlist(name, value)
    return query
