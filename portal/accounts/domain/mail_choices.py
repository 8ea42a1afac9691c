"""A person's choice of mails, journalled: who was told nothing may have wanted it so."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.journal import door
from portal.outbox import preferences


@transaction.atomic
def choose(*, user: User, choices: Mapping[str, str], by: Viewer) -> list[str]:
    """Keep when `user` wants the mails of each group named; returns the keys of the groups whose choice is new.

    Raises `ValueError` for a group that cannot be chosen or a choice that is none; then nothing is kept.
    """
    changed = preferences.choose(user_id=user.pk, choices=choices)
    if changed:
        door.record(thing=user, verb="mails_chosen", by=by, data={key: choices[key] for key in changed})
    return changed
