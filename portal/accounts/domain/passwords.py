"""A new password in place of one that is known."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from portal.accounts.domain.factors import STARTED_ANEW
from portal.accounts.models import User
from portal.journal.errors import NotAllowed


@transaction.atomic
def change(*, user: User, password: str) -> User:
    """Give the account a new password; sessions that were open under the old one end by themselves.

    Whoever calls this has checked the old one and sends allauth's signal, on which the journal, the mail and the list
    of sessions follow. Raises `ValidationError` for a weak one, and `NotAllowed` where the password that was checked is
    not the account's any more.
    """
    validate_password(password, user)
    fresh = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if fresh.password != user.password:
        raise NotAllowed(STARTED_ANEW)
    fresh.set_password(password)
    fresh.save(update_fields=["password"])
    return fresh
