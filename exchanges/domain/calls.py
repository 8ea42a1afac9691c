"""Drafting a call, opening it, and letting it move on to its review."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from exchanges.domain import conditions, decisions
from exchanges.domain.once import perform_once
from exchanges.models import Call, Criterion
from portal.access import clock
from portal.access.viewer import Viewer
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed

#: A criterion as forms and the sample loader hand it in: name, weight, words for nought and for ten points.
CriterionWords = tuple[str, int, str, str]


@dataclass(frozen=True)
class Check:
    """One thing that must be there before a call can open; `problem` is "" when it is."""

    title: str
    problem: str

    @property
    def done(self) -> bool:
        """Whether nothing is missing."""
        return not self.problem


def create_call(*, by: Viewer, criteria: Iterable[CriterionWords] = (), **fields: Any) -> Call:
    """Return a new draft. `fields` are those of `Call`; `closes_on` (a date) may stand for `closes_at`.

    The slug follows from the number where none is given: 2027/1 becomes 2027-1. Raises `NotAllowed` for anybody but
    the programme office.
    """
    _require_office(by)
    with transaction.atomic():
        call = Call(**_settled(fields))
        call.slug = call.slug or slugify(call.number.replace("/", "-"))
        call.save()
        _write_criteria(call=call, criteria=criteria)
        door.record(thing=call, verb="create", by=by, to_state=call.state)
    return call


def update_call(*, call: Call, by: Viewer, criteria: Iterable[CriterionWords], **fields: Any) -> Call:
    """Change a draft; raises `ConditionFailed` once it has opened, `NotAllowed` for anybody but the office."""
    _require_office(by)
    with transaction.atomic():
        fresh = Call.objects.select_for_update().get(pk=call.pk)
        if fresh.state != Call.State.DRAFT:
            raise ConditionFailed("The call has opened. What it says can no longer be changed.")
        for name, value in _settled(fields).items():
            setattr(fresh, name, value)
        fresh.save()
        fresh.criteria.all().delete()
        _write_criteria(call=fresh, criteria=criteria)
        door.record(thing=fresh, verb="update", by=by)
    return fresh


def checklist(call: Call) -> list[Check]:
    """Return what a draft needs before it can open, each with what is missing."""
    return [
        Check("Dates in order", conditions.dates_in_order(call) or ""),
        Check("Criteria add up to 100", conditions.weights_add_up(call) or ""),
        Check("Rate table chosen", conditions.rates_chosen(call) or ""),
        Check("A host week published", conditions.a_week_published(call) or ""),
    ]


def open_call(*, call: Call, by: Viewer) -> Call:
    """Open a draft for applications. Draws the secret of the tie-break and publishes its SHA-256 (hex)."""

    def commit_to_ties(fresh: Call) -> None:
        fresh.tie_secret = secrets.token_hex(32)
        fresh.tie_commitment = hashlib.sha256(fresh.tie_secret.encode()).hexdigest()

    return door.perform(thing=call, verb="open", by=by, effect=commit_to_ties)


def begin_review(*, call: Call, by: Viewer) -> Call:
    """Let the review begin: every application is endorsed or not, eligible or not."""
    return door.perform(thing=call, verb="begin_review", by=by)


def complete_call(*, call: Call, by: Viewer) -> Call:
    """Complete a call whose placements are all closed; whoever still stands on the waiting list is told."""

    def tell(fresh: Call) -> None:
        decisions.dissolve_waiting_list(call=fresh)

    return perform_once(thing=call, verb="complete", by=by, effect=tell)


def _settled(fields: dict[str, Any]) -> dict[str, Any]:
    closes_on: dt.date | None = fields.pop("closes_on", None)
    return fields if closes_on is None else {**fields, "closes_at": clock.end_of_day(closes_on)}


def _write_criteria(*, call: Call, criteria: Iterable[CriterionWords]) -> None:
    Criterion.objects.bulk_create(
        Criterion(call=call, order=order, name=name, weight=weight, low=low, high=high)
        for order, (name, weight, low, high) in enumerate(criteria, start=1)
    )


def _require_office(by: Viewer) -> None:
    if not (by.system or by.holds("office")):
        raise NotAllowed("Only the programme office can do this. Nothing was changed.")
