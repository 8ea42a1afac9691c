"""The one door through which every state changes."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from portal.access import clock
from portal.access.viewer import Viewer
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.journal.machine import machine_of
from portal.journal.models import Entry, EntryDetail, Pseudonym

Thing = TypeVar("Thing", bound=models.Model)

PORTAL = "portal"
VISITOR = "visitor"


def key_of(viewer: Viewer) -> str:
    """Return the viewer's pseudonymous key, made on first use; "portal" for jobs, "visitor" for the unknown."""
    if viewer.user_id is None:
        return PORTAL if viewer.system else VISITOR
    return Pseudonym.objects.get_or_create(user_id=viewer.user_id)[0].key


def digest(*, salt: str, actor_name: str, reason: str, data: Mapping[str, Any]) -> str:
    """Return the salted SHA-256 that binds a row to its erasable side, hex."""
    text = json.dumps([salt, actor_name, reason, dict(data)], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def perform(
    *,
    thing: Thing,
    verb: str,
    by: Viewer,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    effect: Callable[[Thing], None] | None = None,
) -> Thing:
    """Change a thing's state, or refuse; all of it in one transaction.

    Locks the row, checks permission, state and conditions of the model's transition table, sets the state, calls
    `effect(thing)` (which may set other fields, write related rows, post mail and enqueue jobs), saves, and writes one
    journal row. Returns the fresh thing; `thing` itself is left as it was. Raises `NotAllowed`, `IllegalTransition` or
    `ConditionFailed`; then nothing was written.
    """
    machine = machine_of(thing)
    with transaction.atomic():
        fresh: Thing = type(thing)._base_manager.select_for_update().get(pk=thing.pk)
        before: str = fresh.state  # type: ignore[attr-defined]
        transition = machine.find(verb, before)
        if transition is None:
            if not machine.knows(verb):
                raise KeyError(f"{machine.model} has no verb {verb!r}")
            raise IllegalTransition(
                f"This cannot be done any more: it is now “{machine.label(before)}”. Nothing was changed."
            )
        if not (by.system or transition.who(fresh, by)):
            raise NotAllowed(f"Only {transition.who_words} can do this. Nothing was changed.")
        problems = [problem for condition in transition.conditions if (problem := condition(fresh))]
        if problems:
            raise ConditionFailed(*problems)
        fresh.state = transition.target  # type: ignore[attr-defined]
        if effect is not None:
            effect(fresh)
            if fresh.state != transition.target:  # type: ignore[attr-defined]
                raise RuntimeError(f"the effect of {verb!r} set a state; only the transition table may")
        fresh.save()
        record(thing=fresh, verb=verb, by=by, reason=reason, data=data, from_state=before, to_state=transition.target)
    return fresh


def record(
    *,
    thing: models.Model,
    verb: str,
    by: Viewer,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
    from_state: str = "",
    to_state: str = "",
) -> Entry:
    """Write one journal row for something that happened to `thing` without a change of state.

    `data` is kept as JSON; what JSON does not know is kept as its text. Raises `ValueError` on NaN and infinity.
    """
    facts = _plain(json.loads(json.dumps(dict(data or {}), default=str, allow_nan=False)))
    salt = secrets.token_hex(16)
    with transaction.atomic():
        entry = Entry.objects.create(
            at=clock.now(),
            actor=key_of(by),
            verb=verb,
            thing_type=thing._meta.label_lower,
            thing_id=str(thing.pk),
            from_state=from_state,
            to_state=to_state,
            detail_digest=digest(salt=salt, actor_name=by.name, reason=reason, data=facts),
        )
        EntryDetail.objects.create(entry=entry, actor_name=by.name, reason=reason, data=facts, salt=salt)
    return entry


def _plain(value: Any) -> Any:
    # PostgreSQL gives 1e16 back as 10000000000000000: the same number, but another text under the digest.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def history(thing: models.Model) -> models.QuerySet[Entry]:
    """Return a thing's rows, oldest first, each with its erasable side."""
    rows = Entry.objects.filter(thing_type=thing._meta.label_lower, thing_id=str(thing.pk))
    return rows.select_related("detail").order_by("id")
