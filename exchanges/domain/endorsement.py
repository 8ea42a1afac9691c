"""The sending country's word: endorse, send back, or decline; never for oneself."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from exchanges.domain import letters_apply
from exchanges.models import Application, Call
from portal.access import clock
from portal.access.viewer import Viewer
from portal.journal import door
from portal.journal.errors import ConditionFailed


def endorse(
    *, application: Application, by: Viewer, national_rank: int | None = None, comment: str = ""
) -> Application:
    """Endorse an application; `national_rank` 1 is whom the country would send first, each rank once.

    With it the contact point agrees to the weeks that were left out. The applicant is mailed.
    """

    def note(fresh: Application) -> None:
        fresh.endorsed_by_id = by.person_id
        fresh.national_rank = national_rank
        fresh.comment = comment
        letters_apply.endorsement_answered(fresh, verb="endorsed")

    with transaction.atomic():
        Call.objects.select_for_update().get(pk=application.call_id)
        if national_rank is not None and (holder := _holder_of(application, national_rank)):
            raise ConditionFailed(f"Rank {national_rank} is {holder.applicant.name}’s. Choose another.")
        return door.perform(thing=application, verb="endorse", by=by, reason=comment, effect=note)


def return_to_applicant(*, application: Application, by: Viewer, comment: str) -> Application:
    """Send an application back with a comment; the applicant can mend it and send it again within five days."""
    if not comment.strip():
        raise ConditionFailed("Say in a sentence what should be different.")

    def note(fresh: Application) -> None:
        fresh.returned_at = clock.now()
        fresh.comment = comment
        letters_apply.endorsement_answered(fresh, verb="returned")

    return door.perform(thing=application, verb="return", by=by, reason=comment, effect=note)


def decline(*, application: Application, by: Viewer, reason: str) -> Application:
    """Decline to endorse, with a reason that the applicant reads."""
    if not reason.strip():
        raise ConditionFailed("Say in a sentence why.")

    def note(fresh: Application) -> None:
        fresh.comment = reason
        letters_apply.endorsement_answered(fresh, verb="not_endorsed")

    return door.perform(thing=application, verb="not_endorse", by=by, reason=reason, effect=note)


def next_rank(application: Application) -> int:
    """Return the lowest national rank that nobody of the applicant's country holds in this call."""
    taken = set(_colleagues(application).exclude(national_rank=None).values_list("national_rank", flat=True))
    return next(rank for rank in range(1, len(taken) + 2) if rank not in taken)


def _holder_of(application: Application, rank: int) -> Application | None:
    return _colleagues(application).filter(national_rank=rank).select_related("applicant").first()


def _colleagues(application: Application) -> QuerySet[Application]:
    return (
        Application.objects.filter(call_id=application.call_id, applicant__country_id=application.applicant.country_id)
        .exclude(pk=application.pk)
        .exclude(state=Application.State.WITHDRAWN)
    )
