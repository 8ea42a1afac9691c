"""Erasing names and reasons. The rows stay, and the chain with them: it holds digests whose salt is erased too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from portal.journal.models import EntryDetail, Pseudonym


def erase_details(*, before: dt.datetime) -> int:
    """Erase the names, reasons and facts of rows older than `before`; returns how many rows lost theirs."""
    return EntryDetail.objects.filter(entry__at__lt=before).delete()[0]


@transaction.atomic
def forget(user: Any, *, about: Iterable[models.Model] = ()) -> int:
    """Erase what the journal says of a user in words, and who their key was; returns how many rows lost theirs.

    Covers all that the user did, and the rows about the things in `about` (the profile, for example). What others
    wrote of the user elsewhere cannot be told from here. Acting again gives the user a new key.
    """
    key = Pseudonym.objects.filter(user=user).values_list("key", flat=True).first()
    spoken_of = models.Q(entry__actor=key) if key else models.Q(pk__in=[])
    for thing in about:
        spoken_of |= models.Q(entry__thing_type=thing._meta.label_lower, entry__thing_id=str(thing.pk))
    erased = EntryDetail.objects.filter(spoken_of).delete()[0]
    Pseudonym.objects.filter(user=user).delete()
    return erased
