"""Changing the e-mail address of an account: both mailboxes agree, or nothing happens.

Whether the new address belongs to another account is told to nobody but its mailbox.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer, viewer_for
from portal.accounts.domain import sessions
from portal.accounts.domain.letters import tell_owner
from portal.accounts.models import AddressChange, User
from portal.journal import door
from portal.journal.errors import ConditionFailed
from portal.outbox.post import link, post

State = AddressChange.State
#: So many changes may be asked for within a day: each writes to an address that may be a stranger's.
MOST_A_DAY = 5


class LinkDead(LookupError):
    """A link that opens nothing (any more). `reason` is "unknown", "done", "stopped" or "lapsed"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Half:
    """A change as one of its two mailboxes sees it."""

    change: AddressChange
    #: Whether the link came to the old address.
    old: bool

    @property
    def agreed(self) -> bool:
        """Whether this mailbox has agreed already."""
        return bool(self.change.old_agreed_at if self.old else self.change.new_agreed_at)

    @property
    def address(self) -> str:
        """The address whose mailbox this is."""
        return self.change.old_address if self.old else self.change.new_address

    @property
    def other(self) -> str:
        """The other address."""
        return self.change.new_address if self.old else self.change.old_address


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_taken(*, address: str, but: User) -> bool:
    """Return whether an address is another account's, as its own or as a verified second one."""
    return (
        User.objects.filter(email__iexact=address).exclude(pk=but.pk).exists()
        or EmailAddress.objects.filter(email__iexact=address, verified=True).exclude(user=but).exists()
    )


def open_change(*, user: User) -> AddressChange | None:
    """Return the user's change that waits for the mailboxes, or None."""
    return AddressChange.objects.filter(user=user, state=State.ASKED, expires_at__gt=clock.now()).first()


@transaction.atomic
def ask(*, user: User, address: str, by: Viewer) -> AddressChange:
    """Write to both mailboxes; until both have agreed nothing changes. An older wish is stopped.

    Raises `ConditionFailed` after `MOST_A_DAY` wishes within a day.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    day_ago = clock.now() - dt.timedelta(days=1)
    if AddressChange.objects.filter(user=user, asked_at__gt=day_ago).count() >= MOST_A_DAY:
        raise ConditionFailed("You have asked for a new address five times today. Nothing was sent; try tomorrow.")
    for older in AddressChange.objects.filter(user=user, state=State.ASKED):
        door.perform(thing=older, verb="stop" if older.live else "lapse", by=SYSTEM, reason="Another one was asked for")
    tokens = {"old": secrets.token_urlsafe(32), "new": secrets.token_urlsafe(32)}
    change = AddressChange.objects.create(
        user=user,
        old_address=user.email,
        new_address=address.lower(),
        old_token=_digest(tokens["old"]),
        new_token=_digest(tokens["new"]),
    )
    door.record(thing=change, verb="ask", by=by)
    _write_to_old(change, tokens["old"])
    _write_to_new(change, tokens["new"])
    return change


def _write_to_old(change: AddressChange, token: str) -> None:
    post(
        to=change.old_address,
        template="address_agree_old",
        context={
            "change": change,
            "url": link(reverse("accounts_address", args=[token])),
            "stop_url": link(reverse("accounts_address_stop", args=[token])),
        },
        user_id=change.user_id,
    )


def _write_to_new(change: AddressChange, token: str) -> None:
    if is_taken(address=change.new_address, but=change.user):
        # Its owner learns of it; whoever asked does not.
        post(to=change.new_address, template="address_taken", context={"change": change})
        return
    post(
        to=change.new_address,
        template="address_agree_new",
        context={
            "change": change,
            "url": link(reverse("accounts_address", args=[token])),
            "stop_url": link(reverse("accounts_address_stop", args=[token])),
        },
        user_id=change.user_id,
    )


def find(*, token: str) -> Half:
    """Return what a link opens, without using anything up. Raises `LinkDead`."""
    digest = _digest(token)
    change = AddressChange.objects.select_related("user").filter(Q(old_token=digest) | Q(new_token=digest)).first()
    if change is None:
        raise LinkDead("unknown")
    if change.state != State.ASKED:
        raise LinkDead(change.state)
    if not change.live:
        raise LinkDead("lapsed")
    if not change.user.is_active:
        raise LinkDead("stopped")
    return Half(change, old=change.old_token == digest)


@transaction.atomic
def agree(*, token: str, session_key: str | None = None) -> AddressChange:
    """Let one mailbox agree; with the second one the account has its new address. Returns the change.

    All sessions end then but the one under the cookie's key `session_key`. Raises `LinkDead`.
    """
    half = find(token=token)
    change = AddressChange.objects.select_for_update(of=("self",)).select_related("user").get(pk=half.change.pk)
    if not change.live:
        raise LinkDead(change.state if change.state != State.ASKED else "lapsed")
    side = "old_agreed_at" if half.old else "new_agreed_at"
    if getattr(change, side) is None:
        setattr(change, side, clock.now())
        change.save(update_fields=[side])
        door.record(
            thing=change,
            verb="agree",
            by=viewer_for(user=change.user, verified=False),
            data={"mailbox": "old" if half.old else "new"},
        )
    if not (change.old_agreed_at and change.new_agreed_at):
        return change
    try:
        if not is_taken(address=change.new_address, but=change.user):
            return door.perform(thing=change, verb="finish", by=SYSTEM, effect=lambda fresh: _move(fresh, session_key))
    except IntegrityError:
        # Taken at this very moment.
        pass
    return door.perform(thing=change, verb="stop", by=SYSTEM, reason="The address is another account's by now")


def _move(change: AddressChange, session_key: str | None) -> None:
    user = User.objects.select_for_update(no_key=True).get(pk=change.user_id)
    _write_down(user, change.new_address)
    door.record(thing=user, verb="address_changed", by=viewer_for(user=user, verified=False))
    sessions.end_all(user=user, reason="email", except_key=session_key)
    tell_owner(
        user=user,
        template="address_changed",
        context={"at": clock.now(), "new_address": change.new_address},
        also=[change.old_address],
    )


def _write_down(user: User, address: str) -> None:
    # The old mailbox opens nothing any more: no new password is sent there.
    EmailAddress.objects.filter(user=user, email__iexact=user.email).delete()
    EmailAddress.objects.filter(user=user).update(primary=False)
    user.email = address
    user.save(update_fields=["email"])
    EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True, "primary": True})


@transaction.atomic
def move_by_hand(*, user: User, address: str, reason: str) -> User:
    """Give an account another address without asking its old mailbox, which nobody can read any more.

    For operators, after the programme office has spoken to the person; `reason` says who did, and is journalled. All
    sessions end, and both addresses are told. Raises `ConditionFailed` for the address of another account, for a
    missing reason and for a closed account.
    """
    address, user = address.strip().lower(), User.objects.select_for_update(no_key=True).get(pk=user.pk)
    old = user.email
    if not reason.strip():
        raise ConditionFailed("Say who of the programme office has spoken to the person, and when.")
    if not user.is_active:
        raise ConditionFailed("The account is closed.")
    if address == old.lower() or is_taken(address=address, but=user):
        raise ConditionFailed("The address belongs to an account already.")
    for change in AddressChange.objects.filter(user=user, state=State.ASKED):
        door.perform(thing=change, verb="stop", by=SYSTEM, reason="The address was changed by hand")
    _write_down(user, address)
    door.record(thing=user, verb="address_changed_by_hand", by=SYSTEM, reason=reason)
    sessions.end_all(user=user, reason="email")
    tell_owner(
        user=user,
        template="address_changed",
        context={"at": clock.now(), "new_address": address, "by_hand": True},
        also=[old],
    )
    return user


def stop(*, token: str) -> AddressChange:
    """Stop a change by the link from one of the two mailboxes; the owner is told. Raises `LinkDead`."""
    half = find(token=token)
    return stop_change(change=half.change, by=viewer_for(user=half.change.user, verified=False), mailbox=half.address)


@transaction.atomic
def stop_change(*, change: AddressChange, by: Viewer, mailbox: str = "") -> AddressChange:
    """Stop a change. Raises `IllegalTransition` where it is over, `NotAllowed` for anybody but its owner."""

    def tell(fresh: AddressChange) -> None:
        tell_owner(
            user=change.user,
            template="address_stopped",
            context={"at": clock.now(), "change": fresh, "mailbox": mailbox},
        )

    return door.perform(thing=change, verb="stop", by=by, effect=tell)


def lapse() -> int:
    """Close the changes to which not both mailboxes agreed in time; returns how many."""
    late = AddressChange.objects.filter(state=State.ASKED, expires_at__lte=clock.now())
    for change in late:
        door.perform(thing=change, verb="lapse", by=SYSTEM)
    return len(late)
