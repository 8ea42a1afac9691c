"""Beginning, writing, sending and withdrawing an application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Field, Max

from exchanges.domain import letters_apply, sections
from exchanges.domain.conditions import RETURN_GRACE
from exchanges.domain.drafts import editing
from exchanges.domain.wishes import REASON_LENGTH
from exchanges.models import Application, ApplicationLanguage, Call, Unavailable
from portal.access import clock
from portal.access.viewer import Viewer
from portal.community.models import CEFR, Language, Person
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed

#: A person names at most this many languages and periods.
MOST_ROWS = 12


def start(*, call: Call, by: Viewer) -> Application:
    """Return the person's application to a call, begun now or before: one for each person and call.

    Function and languages come from the profile. Raises `NotAllowed` for visitors, `ConditionFailed` when the call is
    not open and nothing was begun.
    """
    if not by.is_member or by.person_id is None:
        raise NotAllowed("Sign in with your second factor to apply.")
    if before := Application.objects.filter(call=call, applicant_id=by.person_id).first():
        return before
    if call.state != Call.State.OPEN or clock.now() > call.closes_at:
        raise ConditionFailed(f"{call} takes no applications now.")
    person = Person.objects.prefetch_related("languages").get(pk=by.person_id)
    try:
        with transaction.atomic():
            application = Application.objects.create(call=call, applicant=person, function=person.function)
            ApplicationLanguage.objects.bulk_create(
                ApplicationLanguage(application=application, language_id=row.language_id, level=row.level)
                for row in sorted(person.languages.all(), key=lambda row: row.pk)
            )
            door.record(thing=application, verb="start", by=by, to_state=application.state)
    except IntegrityError:
        # Two clicks at once: the other one won, and it is the same application.
        return Application.objects.get(call=call, applicant=person)
    return application


def save_section(
    *, application: Application, section: str, data: Mapping[str, Any], version: int | None, by: Viewer
) -> Application:
    """Write a section's answers as far as they are there; fields that `data` does not name stay as they are.

    Beside the plain fields `languages` takes {"languages": {"en": "C1", "fi": ""}}, and `weeks` takes
    {"unavailable": [(first day, last day)], "reasons": {week id: text}}. Raises `StaleVersion` when `version` is not
    the newest, `ConditionFailed` for a text that is too long or a thing that cannot be, `NotAllowed` for anybody but
    the applicant. A draft may be incomplete. `version` None takes the newest.
    """
    spec = sections.BY_KEY[sections.Key(section)]
    values = {name: data[name] for name in spec.fields if name in data}
    _check_plain(values)
    with transaction.atomic():
        fresh = editing(application=application, by=by, version=version)
        for name, value in values.items():
            setattr(fresh, name, value)
        if spec.key == sections.Key.LANGUAGES and "languages" in data:
            _write_languages(fresh, data["languages"])
        if spec.key == sections.Key.WEEKS:
            _write_unavailable(fresh, data)
            _write_reasons(fresh, data.get("reasons", {}))
        fresh.save()
    return fresh


def submit(*, application: Application, by: Viewer) -> Application:
    """Send an application to the contact points of the own country; gives it its number when it is first sent.

    Raises `IllegalTransition` when it is sent already, `ConditionFailed` naming what is missing.
    """

    def send(fresh: Application) -> None:
        if fresh.number is None:
            highest = Application.objects.filter(call_id=fresh.call_id).aggregate(highest=Max("number"))["highest"]
            fresh.number = (highest or 0) + 1
        fresh.submitted_at = clock.now()
        letters_apply.application_sent(fresh)

    with transaction.atomic():
        # Numbers are given one after another: whoever holds the call's row gives the next.
        Call.objects.select_for_update().get(pk=application.call_id)
        return door.perform(thing=application, verb="submit", by=by, effect=send)


def withdraw(*, application: Application, by: Viewer, reason: str = "") -> Application:
    """Withdraw an application for good; contact points hear of it if they had it."""

    def tell(fresh: Application) -> None:
        if fresh.submitted_at is not None:
            letters_apply.application_withdrawn(fresh)

    return door.perform(thing=application, verb="withdraw", by=by, reason=reason, effect=tell)


def endorse_by(application: Application) -> dt.datetime | None:
    """Return until when the contact point is to answer; None while it is not with one."""
    if application.submitted_at is None or application.state != Application.State.SUBMITTED:
        return None
    return application.submitted_at + dt.timedelta(days=application.call.endorse_days)


def again_until(application: Application) -> dt.datetime | None:
    """Return until when a returned application can be sent again: the deadline, or five days after it came back."""
    if application.state != Application.State.RETURNED or application.returned_at is None:
        return None
    return max(application.call.closes_at, application.returned_at + RETURN_GRACE)


def _check_plain(values: Mapping[str, Any]) -> None:
    problems = []
    for name, value in values.items():
        field = cast("Field[Any, Any]", Application._meta.get_field(name))
        limit = getattr(field, "max_length", None)
        if isinstance(value, str) and limit is not None and len(value) > limit:
            problems.append(
                f"{str(field.verbose_name).capitalize()}: at most {limit} characters; these are {len(value)}."
            )
    if problems:
        raise ConditionFailed(*problems)


def _write_languages(application: Application, languages: Mapping[str, str]) -> None:
    known = set(Language.objects.filter(pk__in=list(languages)).values_list("pk", flat=True))
    if set(languages) - known:
        raise ConditionFailed("One of these languages is not on the list.")
    if not set(languages.values()) <= {*CEFR.values, ""}:
        raise ConditionFailed("One of these levels is not on the list.")
    if len(languages) > MOST_ROWS:
        raise ConditionFailed(f"Name at most {MOST_ROWS} languages.")
    application.languages.all().delete()
    ApplicationLanguage.objects.bulk_create(
        ApplicationLanguage(application=application, language_id=code, level=level) for code, level in languages.items()
    )


def _write_unavailable(application: Application, data: Mapping[str, Any]) -> None:
    if "unavailable" not in data:
        return
    periods = list(data["unavailable"])
    if any(last < first for first, last in periods):
        raise ConditionFailed("The last day away lies before the first.")
    if len(periods) > MOST_ROWS:
        raise ConditionFailed(f"Name at most {MOST_ROWS} stretches of days.")
    application.unavailable.all().delete()
    Unavailable.objects.bulk_create(
        Unavailable(application=application, starts_on=first, ends_on=last) for first, last in periods
    )


def _write_reasons(application: Application, reasons: Mapping[int, str]) -> None:
    for week_id, reason in reasons.items():
        if len(reason) > REASON_LENGTH:
            raise ConditionFailed(f"Say it in at most {REASON_LENGTH} characters; these are {len(reason)}.")
        application.wishes.filter(week_id=week_id, left_out=True).update(reason=reason.strip())
