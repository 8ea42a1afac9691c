"""Merit, match runs, the committee's signatures and the decision (design: exchanges, Matching)."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from decimal import ROUND_HALF_EVEN, Decimal

from django.db import transaction
from django.db.models import Max, Prefetch

from exchanges.domain import decisions, matching, states
from exchanges.domain.once import perform_once
from exchanges.domain.reviews import to_review, total
from exchanges.domain.wishes import acceptable_set, published_weeks
from exchanges.models import Application, ApplicationLanguage, Call, HostWeek, MatchRun, Review, Signature
from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer
from portal.community.domain.standing import people_with
from portal.community.models import Role
from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.journal import door
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.outbox.post import link, post

THOUSANDTH = Decimal("0.001")
#: Runs that no decision stands on.
UNDECIDED = (MatchRun.State.QUEUED, MatchRun.State.PROPOSED, MatchRun.State.FAILED)


def begin_matching(*, call: Call, by: Viewer) -> Call:
    """Freeze merit and the order it gives; from here on the tie-break's secret may be read.

    Merit is the mean of the submitted reviews, rounded to a thousandth of a point. Every eligible application gets a
    position, also those below the threshold: the position is what its applicant is shown.
    """

    def freeze(fresh: Call) -> None:
        applications = to_review(fresh)
        for application in applications:
            written = [total(row) for row in application.reviews.all() if row.state == Review.State.SUBMITTED]
            application.merit = (sum(written, Decimal(0)) / len(written)).quantize(THOUSANDTH, ROUND_HALF_EVEN)
        order = matching.order_by_merit(
            scores=[(str(row), row.merit) for row in applications if row.merit is not None], secret=fresh.tie_secret
        )
        for application in applications:
            application.position = order[str(application)]
        Application.objects.bulk_update(applications, ["merit", "position"])

    return perform_once(thing=call, verb="begin_matching", by=by, effect=freeze)


def in_matching(call: Call) -> list[Application]:
    """Return the applications that take part: eligible and not below the threshold, by merit."""
    return list(
        call.applications.filter(state=Application.State.ELIGIBLE, merit__gte=call.threshold)
        .select_related("applicant", "call")
        .prefetch_related(
            Prefetch("languages", ApplicationLanguage.objects.select_related("language")), "unavailable", "wishes"
        )
        .order_by("position")
    )


def problem_of(call: Call) -> matching.Problem:
    """Return the matching problem of a call as the database has it now; seven queries, however many take part."""
    weeks = [week for week in published_weeks(call) if week.state == HostWeek.State.OPEN]
    return matching.Problem(
        applicants=tuple(
            matching.Applicant(
                id=str(application),
                country=application.applicant.country_id,
                position=application.position,
                wishes=tuple(str(week.pk) for week in acceptable_set(application, weeks=weeks)),
            )
            for application in in_matching(call)
            if application.position is not None
        ),
        weeks=tuple(
            matching.Week(
                id=str(week.pk),
                country=week.offer.centre.country_id,
                centre=str(week.offer.centre_id),
                capacity=week.capacity,
            )
            for week in weeks
        ),
        seats=call.seats,
        country_cap=call.country_cap,
        centre_cap=call.centre_cap,
    )


def request_run(*, call: Call, by: Viewer) -> MatchRun:
    """Queue a new run; older ones that nobody decided by are superseded. Raises `NotAllowed` or `ConditionFailed`.

    A run that is being computed, or that stands on the same applications and weeks, is returned instead of a new one:
    the result could only be the same, and a signature under it would be lost.
    """
    if not by.holds("office"):
        raise NotAllowed("Only the programme office starts a run.")
    with transaction.atomic():
        fresh = Call.objects.select_for_update().get(pk=call.pk)
        if fresh.state != Call.State.MATCHING:
            raise ConditionFailed("Runs are computed while the call is being matched.")
        older = list(fresh.runs.filter(state__in=UNDECIDED).select_related("call"))
        if standing := next((run for run in older if _still_stands(run)), None):
            return standing
        if not in_matching(fresh):
            raise ConditionFailed(f"Nobody takes part: no eligible application has {fresh.threshold} points or more.")
        for old in older:
            door.perform(thing=old, verb="supersede", by=by)
        number = (fresh.runs.aggregate(last=Max("number"))["last"] or 0) + 1
        run = MatchRun.objects.create(call=fresh, number=number, requested_at=clock.now())
        job = queue.enqueue("exchanges.match", key=f"match:{run.pk}", owner_id=by.user_id, run_id=run.pk)
        run.job_id = job.pk
        run.save(update_fields=["job_id"])
        door.record(thing=run, verb="request", by=by)
    return run


def _still_stands(run: MatchRun) -> bool:
    if run.state == MatchRun.State.QUEUED and run.job_id is not None:
        return Job.objects.filter(pk=run.job_id, state__in=[JobState.WAITING, JobState.RUNNING]).exists()
    return run.state == MatchRun.State.PROPOSED and not faults_of(run) and not is_stale(run)


@queue.handler("exchanges.match", lease_seconds=120, long=True)
def compute(job: queue.RunningJob, run_id: int) -> Callable[[], None] | None:
    """Compute a run outside any transaction; the returned function stores it as a proposal."""
    run = MatchRun.objects.select_related("call").get(pk=run_id)
    if run.state != MatchRun.State.QUEUED:
        return None
    job.progress(done=1, total=4, note="Reading applications and weeks")
    problem = problem_of(run.call)
    job.progress(done=2, total=4, note="Computing the match")
    result = matching.solve(problem)
    job.progress(done=3, total=4, note="Checking the certificate")
    faults = matching.check(problem=problem, assignment=result.assignment, certificate=result.certificate)

    def keep(fresh: MatchRun) -> None:
        fresh.problem = json.loads(problem.to_json())
        fresh.assignment = [list(pair) for pair in result.assignment]
        fresh.reasons = [
            {"applicant": row.applicant, "week": row.week, "rank": row.rank, "code": row.code, "words": row.sentence}
            for row in result.reasons
        ]
        fresh.certificate = json.loads(result.certificate.to_json())
        fresh.digest = result.hash
        fresh.verified_at = clock.now()

    def store() -> None:
        if MatchRun.objects.select_for_update().get(pk=run.pk).state != MatchRun.State.QUEUED:
            # A newer run took its place while this one was computed.
            return
        if faults:
            fail(run=run, error=" ".join(faults))
            return
        proposed = door.perform(thing=run, verb="propose", by=SYSTEM, data={"digest": result.hash}, effect=keep)
        _tell_committee(proposed)

    return store


def fail(*, run: MatchRun, error: str) -> MatchRun:
    """Say of a run that it came to nothing, and why; the office computes a new one."""

    def note(fresh: MatchRun) -> None:
        fresh.error = error[:300]

    return door.perform(thing=run, verb="fail", by=SYSTEM, effect=note)


def _tell_committee(run: MatchRun) -> None:
    for person in people_with(role=Role.COMMITTEE, scope=f"call:{run.call_id}") | people_with(role=Role.COMMITTEE):
        post(
            to=person.user.email,
            user_id=person.user_id,
            template="exchanges_run_proposed",
            context={"person": person, "run": run, "call": run.call, "link": link(run.get_absolute_url())},
            about=run,
            until=run.call.decision_on,
        )


def faults_of(run: MatchRun) -> list[str]:
    """Return what is wrong with a stored run, checked without the solver: its certificate and its digest."""
    try:
        problem = matching.Problem.from_json(json.dumps(run.problem))
        certificate = matching.Certificate.from_json(json.dumps(run.certificate))
        pairs = [(applicant, week) for applicant, week in run.assignment]
    except (matching.ProblemError, matching.CertificateError) as error:
        return [str(error)]
    except (TypeError, ValueError):
        return ["The stored assignment is not a list of applicants and weeks."]
    faults = list(matching.check(problem=problem, assignment=pairs, certificate=certificate))
    if not faults and matching.result_hash(problem=problem, assignment=pairs) != run.digest:
        faults.append("The hash does not belong to this result.")
    return faults


def is_stale(run: MatchRun) -> bool:
    """Return whether applications, weeks or limits changed since a run without faults was computed."""
    return matching.Problem.from_json(json.dumps(run.problem)).hash() != problem_of(run.call).hash()


def sign(*, run: MatchRun, by: Viewer) -> MatchRun:
    """Put a committee member's signature under a run; the second one, from another country, decides the call.

    Signing twice is one signature. Raises `NotAllowed` or `ConditionFailed` with the reason: not of the committee, the
    run changed or was superseded, one's own application is in the call, or someone of the same country signed already.
    """
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=run.call_id)
        fresh = MatchRun.objects.select_for_update(of=("self",)).select_related("call").get(pk=run.pk)
        if not states.committee(fresh, by):
            raise NotAllowed("Only a committee member of this call signs.")
        signer = states.person_of(by)
        if fresh.signatures.filter(person_id=signer).exists():
            return fresh
        if problems := _against_signing(run=fresh, call=call, by=by):
            raise ConditionFailed(*problems)
        Signature.objects.create(
            run=fresh, person_id=signer, country_id=by.country, digest=fresh.digest, signed_at=clock.now()
        )
        door.record(thing=fresh, verb="put_signature", by=by, data={"digest": fresh.digest})
        if fresh.signatures.count() >= 2:
            fresh = door.perform(thing=fresh, verb="sign", by=by, data={"digest": fresh.digest})
            decisions.decide(call=call, run=fresh)
    return fresh


def _against_signing(*, run: MatchRun, call: Call, by: Viewer) -> list[str]:
    """Return why `by` cannot sign now, in sentences. Locks what the run stands on until the transaction ends."""
    if run.state != MatchRun.State.PROPOSED or call.state != Call.State.MATCHING:
        return [f"This run is “{run.get_state_display()}” and not open for signature."]
    if call.applications.filter(applicant_id=by.person_id).exists():
        return ["You applied to this call yourself and cannot sign its result."]
    if run.signatures.filter(country_id=by.country).exists():
        return ["Someone from your country signed already. The second signer comes from another one."]
    # Nobody withdraws and no host blocks a week between the check and the decision.
    list(call.applications.select_for_update().order_by("pk").values_list("pk", flat=True))
    list(HostWeek.objects.select_for_update().filter(offer__call=call).order_by("pk").values_list("pk", flat=True))
    if faults := faults_of(run):
        return ["The run does not stand up to its check. It cannot be signed; the office computes a new one.", *faults]
    if is_stale(run):
        return ["Applications or weeks changed since this run. The office computes a new one."]
    return []


def may_sign(*, run: MatchRun, by: Viewer, applicants: Collection[int]) -> bool:
    """Return whether a signature of `by` could be put under the run now: for the button; no query.

    `applicants` are the ids of the people whose applications are in the call; the run brings its signatures along.
    """
    return (
        run.state == MatchRun.State.PROPOSED
        and states.committee(run, by)
        and by.country not in {row.country_id for row in run.signatures.all()}
        and by.person_id not in applicants
    )


def with_signatures() -> Prefetch:
    """Return the prefetch of a run's signatures with names and countries."""
    return Prefetch("signatures", queryset=Signature.objects.select_related("person", "country"))
