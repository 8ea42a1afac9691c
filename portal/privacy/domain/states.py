"""The transition table of wishes to be forgotten: from, verb, to, who may, and on what conditions."""

from __future__ import annotations

from portal.access.viewer import Viewer
from portal.accounts import personal
from portal.journal.machine import Machine, Transition, register
from portal.privacy.models import Erasure


def owner(erasure: Erasure, viewer: Viewer) -> bool:
    """The person who asked."""
    return viewer.signed_in and viewer.verified and viewer.user_id == erasure.user_id


def office_not_self(erasure: Erasure, viewer: Viewer) -> bool:
    """The programme office, never on an own wish."""
    return viewer.holds("office") and viewer.user_id != erasure.user_id


def nothing_under_way(erasure: Erasure) -> str | None:
    """Nothing is under way that needs the person."""
    return " ".join(personal.hindrances(erasure.user)) or None


OFFICE = "the programme office, never on an own wish"
S = Erasure.State

ERASURE = register(
    Machine(
        "privacy.Erasure",
        Erasure.State,
        S.ASKED,
        (
            Transition("look_at", (S.ASKED,), S.LOOKED_AT, office_not_self, OFFICE),
            Transition("carry_out", (S.LOOKED_AT,), S.DONE, office_not_self, OFFICE, (nothing_under_way,)),
            Transition("refuse", (S.ASKED, S.LOOKED_AT), S.REFUSED, office_not_self, OFFICE),
            Transition("take_back", (S.ASKED, S.LOOKED_AT), S.TAKEN_BACK, owner, "the person who asked"),
        ),
    )
)
