"""When a mail goes out: at once, with the daily mail, or not at all, as its reader chose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from portal.access import clock
from portal.outbox import kinds
from portal.outbox.models import Choice, Mail, MailPreference, MailState

#: The hour of the daily mail, in Brussels.
DAILY_AT = dt.time(7)
#: A deadline that is nearer to the daily mail than this is too near: the mail goes at once. A day also covers a
#: daily mail that has to wait for the next morning (`portal.outbox.daily`).
TIME_TO_ACT = dt.timedelta(days=2)


def next_daily(moment: dt.datetime) -> dt.datetime:
    """Return when the first daily mail after an aware `moment` is due, in UTC."""
    local = moment.astimezone(clock.BRUSSELS)
    day = local.date() if local.time() < DAILY_AT else local.date() + dt.timedelta(days=1)
    return dt.datetime.combine(day, DAILY_AT, clock.BRUSSELS).astimezone(dt.UTC)


def choices_of(*, user_id: int) -> dict[str, str]:
    """Return the person's choice for each group that can be chosen on the account page. One query."""
    chosen = dict(MailPreference.objects.filter(user_id=user_id).values_list("group", "choice"))
    return {group.key: chosen.get(group.key, group.default) for group in kinds.groups() if group.chosen_here}


@transaction.atomic
def choose(*, user_id: int, choices: Mapping[str, str]) -> list[str]:
    """Keep the person's choice for each group named; returns the keys of those that are new.

    What was collected for the daily mail before still comes with the next one. Raises `ValueError` for a group that
    cannot be chosen or a choice that is none; then nothing is kept.
    """
    before = choices_of(user_id=user_id)
    for key, choice in choices.items():
        if key not in before or choice not in Choice.values:
            raise ValueError(f"{choice!r} cannot be chosen for {key!r}")
    changed = [key for key, choice in choices.items() if before[key] != choice]
    for key in changed:
        MailPreference.objects.update_or_create(user_id=user_id, group=key, defaults={"choice": choices[key]})
    return changed


def way_of(
    *, kind: str, user_id: int | None, until: dt.datetime | dt.date | None
) -> tuple[MailState, dt.datetime | None]:
    """Return the state in which a mail is written, and when the daily mail that takes it along is due.

    Mails to nobody's account, of a kind that is always sent, or of one that nobody handed in are to be sent at once.
    """
    group = kinds.group_of(kind)
    if user_id is None or group is None or not group.chosen_here:
        return MailState.WAITING, None
    row = MailPreference.objects.filter(user_id=user_id, group=group.key).first()
    choice = row.choice if row else group.default
    if choice == Choice.NEVER:
        return MailState.UNWANTED, None
    due_at = next_daily(clock.now())
    if choice == Choice.NOW or kinds.is_urgent(kind) or (until is not None and _end(until) < due_at + TIME_TO_ACT):
        return MailState.WAITING, None
    return MailState.HELD, due_at


def _end(until: dt.datetime | dt.date) -> dt.datetime:
    return until if isinstance(until, dt.datetime) else clock.end_of_day(until)


def collected(*, user_id: int) -> int:
    """Return how many mails wait for the person's next daily mail."""
    return Mail.objects.filter(user_id=user_id, state=MailState.HELD).count()
