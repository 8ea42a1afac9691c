"""Forgetting letters: those of a person who is forgotten, and those that are old."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Lower

from portal.outbox.models import Mail, MailState

#: What is left of a letter whose key must stay, so that the same reminder is not written a second time.
_EMPTY: dict[str, Any] = {
    "user": None,
    "to_address": "",
    "subject": "",
    "body": "",
    "about": "",
    "headers": {},
    "error": "",
}


def letters_to(*, user_id: int, addresses: Collection[str]) -> models.QuerySet[Mail]:
    """Return the letters written to a person: to the account, or to one of the addresses whatever their capitals.

    A letter of another account stays that account's, though a mailbox went from one person to the other.
    """
    known = [address.lower() for address in addresses]
    theirs = models.Q(user_id=user_id) | models.Q(user=None, _to__in=known)
    return Mail.objects.annotate(_to=Lower("to_address")).filter(theirs)


@transaction.atomic
def forget(letters: models.QuerySet[Mail]) -> int:
    """Forget letters, whether they were sent or not; returns how many. Of those with a key, the key stays."""
    chosen = Mail.objects.filter(pk__in=[mail.pk for mail in letters.only("pk")])
    # One that waits is not sent any more: its job finds nothing to send.
    emptied = chosen.exclude(key=None).update(**_EMPTY, state=MailState.SENT)
    return emptied + chosen.filter(key=None).delete()[0]


def forget_old(*, before: dt.datetime, kinds: Collection[str] = ()) -> int:
    """Forget what was written before then, apart from what still waits; returns how many letters went.

    With `kinds`, only letters from these templates.
    """
    old = Mail.objects.filter(created_at__lt=before).exclude(to_address="")
    old = old.exclude(state__in=[MailState.WAITING, MailState.HELD])
    return forget(old.filter(kind__in=kinds) if kinds else old)
