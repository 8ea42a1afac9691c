"""Which identity of a national provider opens which account.

An identity is known by a hash of issuer and subject, never by an e-mail address. It is linked by its owner from a
session that just gave its second factor, or while enrolling by an invitation, and by nothing else.
"""

from __future__ import annotations

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from portal.access import clock
from portal.access.viewer import Viewer, viewer_for
from portal.accounts.domain.factors import STARTED_ANEW, held
from portal.accounts.domain.letters import tell_owner
from portal.accounts.models import User
from portal.journal import door
from portal.journal.errors import NotAllowed


class LinkRefused(Exception):
    """An identity that cannot be linked, or a link that cannot go.

    `reason` is "elsewhere" (the identity opens another account), "another" (the account has a different identity of
    this provider) or "last" (without it, nobody could take the first step).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def identities_of(*, user_id: int | None) -> QuerySet[SocialAccount]:
    """Return the identities that open the account, oldest first."""
    return SocialAccount.objects.filter(user_id=user_id).order_by("date_joined", "pk")


def link(*, user: User, provider: str, name: str, subject: str, by: Viewer) -> SocialAccount:
    """Let an identity open the account from now on; twice is once. Journalled and mailed.

    `provider` is the key and `name` the name of a configured provider, `subject` what `identity.subject_key` returned.
    Raises `LinkRefused` "elsewhere" or "another", and `NotAllowed` where the session that asked is over by now: its
    account was closed, or lost all its devices.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not user.is_active or (by.verified and not held(user=user)):
            raise NotAllowed(STARTED_ANEW)
        before = SocialAccount.objects.filter(provider=provider, uid=subject).first()
        if before is not None:
            if before.user_id != user.pk:
                raise LinkRefused("elsewhere")
            return before
        if identities_of(user_id=user.pk).filter(provider=provider).exists():
            raise LinkRefused("another")
        try:
            with transaction.atomic():
                row = SocialAccount.objects.create(user=user, provider=provider, uid=subject)
        except IntegrityError as error:
            # Two accounts at the same moment: the other one was first.
            raise LinkRefused("elsewhere") from error
        door.record(thing=user, verb="identity_linked", by=by, data={"provider": provider})
        tell_owner(user=user, template="identity_linked", context={"provider": name, "at": clock.now()})
    return row


def unlink(*, user: User, pk: int, name: str, by: Viewer) -> bool:
    """Let an identity open the account no more; returns whether it did before. Journalled and mailed.

    Raises `LinkRefused` "last" while the account has neither a password nor another identity.
    """
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        row = identities_of(user_id=user.pk).filter(pk=pk).first()
        if row is None:
            return False
        if not user.has_usable_password() and identities_of(user_id=user.pk).count() == 1:
            raise LinkRefused("last")
        provider = row.provider
        row.delete()
        door.record(thing=user, verb="identity_unlinked", by=by, data={"provider": provider})
        tell_owner(user=user, template="identity_unlinked", context={"provider": name, "at": clock.now()})
    return True


def unlink_all(*, user: User, by: Viewer) -> int:
    """Let no identity open the account any more, as when it begins anew; journalled. Returns how many did."""
    count = identities_of(user_id=user.pk).delete()[0]
    if count:
        door.record(thing=user, verb="identity_unlinked", by=by, data={"count": count})
    return count


def link_by_invitation(*, user: User, provider: str, name: str, subject: str) -> SocialAccount:
    """Link an identity while the account's invitation is open in this browser, in place of a first password.

    The caller has checked the opened grant, and that the account has no password. Raises as `link`.
    """
    return link(user=user, provider=provider, name=name, subject=subject, by=viewer_for(user=user, verified=False))
