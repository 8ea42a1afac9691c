"""The transition table of a change of address: from, verb, to, who may, and on what conditions."""

from __future__ import annotations

from portal.access.viewer import Viewer
from portal.accounts.models import AddressChange
from portal.journal.machine import Machine, Transition, by_system, register

State = AddressChange.State


def is_owner(change: AddressChange, viewer: Viewer) -> bool:
    """Whoever the account belongs to: signed in, or holding the link from one of its mailboxes."""
    return viewer.user_id == change.user_id


def both_agreed(change: AddressChange) -> str | None:
    """Condition: both mailboxes have agreed."""
    if change.old_agreed_at and change.new_agreed_at:
        return None
    return "One of the two mailboxes has not agreed yet."


ADDRESS_CHANGE = register(
    Machine(
        model="accounts.AddressChange",
        states=State,
        start=State.ASKED,
        transitions=(
            Transition(
                verb="finish",
                source=(State.ASKED,),
                target=State.DONE,
                who=by_system,
                who_words="the portal, once both mailboxes have agreed",
                conditions=(both_agreed,),
            ),
            Transition(
                verb="stop",
                source=(State.ASKED,),
                target=State.STOPPED,
                who=is_owner,
                who_words="the owner, or whoever reads one of the two mailboxes",
            ),
            Transition(
                verb="lapse",
                source=(State.ASKED,),
                target=State.LAPSED,
                who=by_system,
                who_words="the clock, after three days",
            ),
        ),
    )
)
