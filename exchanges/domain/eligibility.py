"""Eligibility: rule by rule, each with its result in words, confirmed by the programme office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from exchanges.domain import letters_apply, wishes
from exchanges.domain.conditions import RETURN_GRACE
from exchanges.domain.matching.eligibility import ObstacleCode, obstacles
from exchanges.models import Application, Call, Eligibility, HostWeek
from portal.access.viewer import Viewer
from portal.journal import door
from portal.journal.errors import ConditionFailed


@dataclass(frozen=True)
class RuleResult:
    """The result of one rule: its key and name, passed or not, and why, in words."""

    rule: str
    title: str
    passed: bool
    words: str


def check(application: Application, *, weeks: Sequence[HostWeek] | None = None) -> list[RuleResult]:
    """Return the result of every rule as things stand now. Writes nothing.

    `weeks` are the call's published weeks, where the caller has them already. Give an application from
    `wishes.with_facts` or `queries.to_confirm` to ask no further queries.
    """
    known = wishes.published_weeks(application.call) if weeks is None else weeks
    return [
        _shift_leader(application),
        _own_centre(application),
        _sent_in_time(application),
        _consent(application),
        _endorsed(application),
        _languages(application, known),
        _possible_week(application, known),
    ]


def confirm(*, application: Application, by: Viewer) -> Application:
    """Check every rule, keep the results, and make the application eligible, or ineligible when one failed.

    The applicant is mailed every result. Only the programme office, never on an own application.
    """
    with transaction.atomic():
        full = wishes.with_facts(application)
        results = check(full)
        full.eligibility.all().delete()
        Eligibility.objects.bulk_create(
            Eligibility(application=full, rule=row.rule, passed=row.passed, words=row.words) for row in results
        )
        passed = all(row.passed for row in results)

        def tell(fresh: Application) -> None:
            letters_apply.eligibility_confirmed(fresh, results=results, passed=passed)

        return door.perform(
            thing=full,
            verb="confirm_eligible" if passed else "confirm_ineligible",
            by=by,
            data={row.rule: row.passed for row in results},
            effect=tell,
        )


def confirm_passing(*, call: Call, by: Viewer, ids: Sequence[int]) -> list[Application]:
    """Confirm those of the endorsed applications `ids` that pass every rule now, all or none; returns them.

    Raises `ConditionFailed` when one of them no longer passes: the list that was looked at is not what would be done.
    """
    with transaction.atomic():
        chosen = list(call.applications.filter(pk__in=ids).order_by("number"))
        weeks = wishes.published_weeks(call)
        failing = [
            str(row)
            for row in chosen
            if row.state != Application.State.ENDORSED
            or not all(result.passed for result in check(wishes.with_facts(row), weeks=weeks))
        ]
        if failing or len(chosen) != len(set(ids)):
            raise ConditionFailed(
                "Something changed since you looked. Nobody was confirmed.",
                *[f"{name} does not pass every rule any more, or was decided." for name in failing],
            )
        return [confirm(application=row, by=by) for row in chosen]


def confirmed(application: Application) -> list[RuleResult]:
    """Return the results that the office confirmed; empty before that."""
    return [
        RuleResult(row.rule, _TITLES.get(row.rule, row.rule), row.passed, row.words)
        for row in application.eligibility.all()
    ]


_TITLES = {
    "shift_leader": "Leads shifts",
    "own_centre": "Works in a centre of the own country",
    "sent_in_time": "Sent while the call was open",
    "consent": "Line manager agrees",
    "endorsed": "Endorsed by the own country",
    "languages": "Speaks a host’s language",
    "possible_week": "At least one possible week",
}


def _result(rule: str, *, passed: bool, words: str) -> RuleResult:
    return RuleResult(rule, _TITLES[rule], passed, words[:300])


def _shift_leader(application: Application) -> RuleResult:
    years = application.years_leading or 0
    passed = years >= 1 or "shift" in application.function.lower()
    words = f"{application.function or 'No function named'}, {years} year{'' if years == 1 else 's'} of leading shifts."
    return _result("shift_leader", passed=passed, words=words)


def _own_centre(application: Application) -> RuleResult:
    person = application.applicant
    if person.centre is None:
        return _result("own_centre", passed=False, words="The profile names no operational centre.")
    passed = person.centre.country_id == person.country_id
    return _result("own_centre", passed=passed, words=f"{person.centre}, {person.centre.country}.")


def _sent_in_time(application: Application) -> RuleResult:
    sent, call = application.submitted_at, application.call
    if sent is None:
        return _result("sent_in_time", passed=False, words="It was never sent.")
    if sent <= call.closes_at:
        return _result("sent_in_time", passed=True, words="Sent before the deadline.")
    returned = application.returned_at
    passed = returned is not None and sent <= returned + RETURN_GRACE
    words = "Sent again within five days of being returned." if passed else "Sent after the deadline."
    return _result("sent_in_time", passed=passed, words=words)


def _consent(application: Application) -> RuleResult:
    passed = application.manager_consents and bool(application.manager_name)
    words = f"{application.manager_name} agrees." if passed else "No consent of a named line manager."
    return _result("consent", passed=passed, words=words)


def _endorsed(application: Application) -> RuleResult:
    passed = application.endorsed_by_id is not None
    words = "The contact point endorsed it." if passed else "No contact point has endorsed it."
    return _result("endorsed", passed=passed, words=words)


def _languages(application: Application, weeks: Sequence[HostWeek]) -> RuleResult:
    facts = wishes.applicant_facts(application)
    abroad = [week for week in weeks if week.offer.centre.country_id != application.applicant.country_id]
    speaks = [
        week
        for week in abroad
        if not any(
            found.code == ObstacleCode.LANGUAGE for found in obstacles(applicant=facts, week=wishes.week_facts(week))
        )
    ]
    named = ", ".join(f"{skill.name} {skill.level.label}" for skill in facts.languages) or "No language with a level"
    return _result(
        "languages", passed=bool(speaks), words=f"{named}: enough for {len(speaks)} of {len(abroad)} weeks abroad."
    )


def _possible_week(application: Application, weeks: Sequence[HostWeek]) -> RuleResult:
    count = len(wishes.acceptable_set(application, weeks=weeks))
    words = f"{count} week{' is' if count == 1 else 's are'} possible." if count else "No published week is possible."
    return _result("possible_week", passed=count > 0, words=words)
