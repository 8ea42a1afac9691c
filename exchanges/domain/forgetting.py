"""Forgetting what people wrote into applications and reports. The record of how seats were given stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Max, Q

from exchanges.models import (
    Application,
    ApplicationLanguage,
    Conflict,
    Eligibility,
    Placement,
    Report,
    Review,
    Unavailable,
    Wish,
)
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.accounts.personal import FORGOTTEN
from portal.files.domain.store import remove
from portal.files.models import Attachment
from portal.journal.models import Entry

A, P = Application.State, Placement.State
#: What is of no use once the week is over: other people's names, telephone numbers, needs.
CONTACTS = ("phone", "manager_name", "manager_email", "needs", "emergency_name", "emergency_phone")
#: What else the applicant wrote.
TEXTS = ("function", "shift", "aim", "bring_home", "comment")
#: States in which an application ended without a week.
ENDED = (
    A.NOT_ENDORSED,
    A.LAPSED,
    A.INELIGIBLE,
    A.BELOW_THRESHOLD,
    A.NOT_SELECTED,
    A.DECLINED,
    A.EXPIRED,
    A.WITHDRAWN,
)
#: States in which a week is over.
OVER = (P.COMPLETED, P.CANCELLED, P.NO_SHOW, P.INTERRUPTED)


def _some_of(names: Iterable[str]) -> Q:
    condition = Q()
    for name in names:
        condition |= ~Q(**{name: ""})
    return condition


def _empty(ids: list[int], names: tuple[str, ...], **more: Any) -> int:
    return Application.objects.filter(pk__in=ids).update(**dict.fromkeys(names, ""), **more)


def _forget_contacts(ids: list[int]) -> int:
    Eligibility.objects.filter(application__in=ids, rule="consent").update(words=FORGOTTEN)
    return _empty(ids, CONTACTS)


def _forget_texts(ids: list[int]) -> int:
    """Empty applications: their answers, and what was written about their applicants."""
    ApplicationLanguage.objects.filter(application__in=ids).delete()
    Unavailable.objects.filter(application__in=ids).delete()
    Wish.objects.filter(application__in=ids).update(reason="")
    Eligibility.objects.filter(application__in=ids).update(words=FORGOTTEN)
    Review.objects.filter(application__in=ids).exclude(comment="").update(comment=FORGOTTEN)
    Conflict.objects.filter(application__in=ids).update(reason=FORGOTTEN)
    return _empty(ids, CONTACTS + TEXTS, years_leading=None)


def _ids(rows: models.QuerySet[Application]) -> list[int]:
    return list(rows.values_list("pk", flat=True))


@transaction.atomic
def forget_applications(user: User, alias: str) -> int:
    """Remove somebody's drafts, and empty what they sent; returns how many applications changed."""
    mine = Application.objects.filter(applicant__user=user)
    never_sent = mine.filter(state__in=[A.DRAFT, A.WITHDRAWN], submitted_at=None, placement=None)
    removed = len(_ids(never_sent))
    never_sent.delete()
    return removed + _forget_texts(_ids(mine))


@transaction.atomic
def forget_stays(user: User, alias: str) -> int:
    """Remove the files of somebody's reports and what was never handed in; returns how many reports changed."""
    mine = Report.objects.filter(placement__application__applicant__user=user)
    for report in mine:
        for attachment in Attachment.objects.of(report):
            remove(attachment=attachment, by=SYSTEM)
    unsent = mine.exclude(state=Report.State.ACCEPTED)
    unsent.update(seen="", differently="", conditions="", lesson_title="", lesson="")
    return mine.update(comment="")


def forget_tasks(user: User, alias: str) -> int:
    """Forget why somebody declared conflicts; returns how many declarations changed."""
    return Conflict.objects.filter(reviewer__user=user).update(reason=FORGOTTEN)


@transaction.atomic
def forget_old(before: dt.datetime) -> int:
    """Empty applications that ended without a week before then, remove drafts of calls that closed before then, and
    forget the contacts of those whose week was over by then; returns how many applications changed.
    """
    drafts = Application.objects.filter(
        state__in=[A.DRAFT, A.WITHDRAWN], submitted_at=None, call__closes_at__lt=before, placement=None
    )
    removed = len(_ids(drafts))
    drafts.delete()
    written = Application.objects.filter(_some_of(CONTACTS + TEXTS) | Q(years_leading__isnull=False))
    ended = [pk for pk, at in _ended_at(_ids(written.filter(state__in=ENDED))).items() if at < before]
    monday = before.astimezone(clock.BRUSSELS).date() - dt.timedelta(days=4)
    held = Application.objects.filter(
        _some_of(CONTACTS), state=A.ACCEPTED, placement__state__in=OVER, placement__week__starts_on__lt=monday
    )
    return removed + _forget_texts(ended) + _forget_contacts(_ids(held))


def _ended_at(ids: list[int]) -> dict[int, dt.datetime]:
    """Return when each of these applications last changed its state, by the journal."""
    entries = Entry.objects.filter(
        thing_type=Application._meta.label_lower, thing_id__in=[str(pk) for pk in ids]
    ).exclude(to_state="")
    found = entries.order_by().values_list("thing_id").annotate(last=Max("at"))
    return {int(pk): at for pk, at in found}
