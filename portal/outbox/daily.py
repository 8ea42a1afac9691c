"""The daily mail: what came in for a person since the last one, in one mail at seven in the morning, Brussels time."""

from __future__ import annotations

import structlog
from django.contrib.auth import get_user_model
from django.db import transaction

from portal.access import clock
from portal.access.labels import TLP
from portal.access.viewer import viewer_for
from portal.outbox import preferences
from portal.outbox.models import Mail, MailState
from portal.outbox.post import post

log = structlog.get_logger(__name__)

KIND = "daily_mail"
#: Strictest last.
_LABELS = tuple(reversed(TLP.values))


def send_due() -> int:
    """Write the daily mail of everybody for whom one is due; returns how many were written.

    Each person's is written in a transaction of its own, together with the note on each mail it takes along: a job that
    dies leaves them all waiting, and the next round finds them. One person's that fails does not stop the others.
    """
    due = Mail.objects.filter(state=MailState.HELD, due_at__lte=clock.now())
    written = 0
    for user_id in due.order_by("user_id").values_list("user_id", flat=True).distinct():
        try:
            written += _write(user_id)
        except Exception:
            log.exception("daily_mail_failed", user=user_id)
    return written


@transaction.atomic
def _write(user_id: int) -> bool:
    # The person's row first: a letter that is committed meanwhile waits for the next daily mail.
    user = get_user_model().objects.select_for_update(no_key=True).get(pk=user_id)
    # Locked: of two workers at once, the second finds nothing left.
    held = list(
        Mail.objects.select_for_update()
        .filter(user_id=user_id, state=MailState.HELD, due_at__lte=clock.now())
        .order_by("created_at", "pk")
    )
    rows = Mail.objects.filter(pk__in=[mail.pk for mail in held])
    if not held:
        return False
    if not _still_here(user):
        rows.update(state=MailState.UNWANTED)
        return False
    key = f"daily:{user_id}:{clock.today()}"
    if Mail.objects.filter(key=key).exists():
        # Written before seven, committed after today's mail had left: one mail a day, so tomorrow's takes it along.
        rows.update(due_at=preferences.next_daily(clock.now()))
        return False
    bundle = post(
        # Where the person reads mail now, which may be another address than yesterday.
        to=user.email,
        template=KIND,
        context={"items": held, "count": len(held)},
        user_id=user_id,
        tlp=strictest(held),
        key=key,
    )
    rows.update(state=MailState.BUNDLED, bundle=bundle)
    return True


def strictest(mails: list[Mail]) -> str:
    """Return the strictest label of several mails."""
    return max((mail.tlp for mail in mails), key=_LABELS.index)


def _still_here(user: object) -> bool:
    """Return whether labelled things may still be sent to a person: not once the account or the profile is closed."""
    viewer = viewer_for(user=user, verified=True)
    return viewer.signed_in and (viewer.is_member or viewer.person_id is None)
