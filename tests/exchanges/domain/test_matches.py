"""Frozen merit, runs, signatures and the decision."""

import datetime as dt

import pytest

from exchanges.domain import applications, decisions, hosts, matches, wishes
from exchanges.domain import matching as engine
from exchanges.models import Application, Call, HostWeek, MatchRun, Signature
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.jobs import queue
from portal.jobs.models import Job
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests.exchanges import factories_decide as make
from tests.factories import viewer

pytestmark = pytest.mark.django_db
State = Application.State


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def test_begin_matching_freezes_merit_and_positions_by_points():
    call = make.in_matching(("LV", "PL", "PT"), points=(6, 9, 8))
    rows = call.applications.order_by("position").values_list("applicant__country_id", "merit", "position")
    assert [(code, float(merit), position) for code, merit, position in rows] == [
        ("PL", 90.0, 0),
        ("PT", 80.0, 1),
        ("LV", 60.0, 2),
    ]


def test_begin_matching_breaks_ties_by_the_secret_that_was_committed_to():
    call = make.in_matching(("LV", "PL", "PT"), points=(8,))
    names = [str(row) for row in call.applications.order_by("position")]
    assert names == sorted(names, key=lambda name: engine.tie_break(secret=call.tie_secret, application_id=name))


def test_begin_matching_twice_is_once():
    call = make.in_matching()
    before = Entry.objects.filter(verb="begin_matching").count()
    assert matches.begin_matching(call=call, by=make.office()).state == "matching"
    assert (before, Entry.objects.filter(verb="begin_matching").count()) == (1, 1)


def test_a_run_is_computed_checked_and_proposed():
    run = make.proposed(("LV", "PL"))
    assert (run.state, run.number, len(run.assignment)) == ("proposed", 1, 2)
    assert matches.faults_of(run) == []
    assert not matches.is_stale(run)
    assert run.digest == engine.result_hash(
        problem=engine.Problem.from_json(engine.problem.canonical_json(run.problem)),
        assignment=[tuple(pair) for pair in run.assignment],
    )


def test_a_run_leaves_out_who_is_below_the_threshold():
    run = make.proposed(("LV", "PL"), points=(8, 5))
    assert [row["country"] for row in run.problem["applicants"]] == ["LV"]


def test_a_run_tells_the_committee_of_this_call_and_nobody_elses():
    call = make.in_matching()
    everywhere, here = make.member("PL"), make.member("PT", scope=f"call:{call.pk}")
    make.member("ES", scope=f"call:{call.pk + 1}")
    make.computed(call)
    told = Mail.objects.filter(kind="exchanges_run_proposed").values_list("to_address", flat=True)
    assert sorted(told) == sorted([everywhere.user.email, here.user.email])


def test_request_run_twice_is_one_run():
    call = make.in_matching()
    first = matches.request_run(call=call, by=make.office())
    second = matches.request_run(call=call, by=make.office())
    assert (first, MatchRun.objects.count(), Job.objects.filter(name="exchanges.match").count()) == (second, 1, 1)


def test_request_run_keeps_one_that_still_stands_and_its_signature():
    run = make.proposed()
    matches.sign(run=run, by=viewer(make.member("PL")))
    assert matches.request_run(call=run.call, by=make.office()) == run
    assert MatchRun.objects.get(pk=run.pk).signatures.count() == 1


def test_request_run_after_a_change_supersedes_the_old_one():
    run = make.proposed(("LV", "PL"))
    withdrawn = run.call.applications.first()
    applications.withdraw(application=withdrawn, by=viewer(withdrawn.applicant))
    new = make.computed(run.call)
    run.refresh_from_db()
    assert (run.state, new.number, new.state, len(new.assignment)) == ("superseded", 2, "proposed", 1)


def test_request_run_after_a_lost_job_computes_another():
    call = make.in_matching()
    lost = matches.request_run(call=call, by=make.office())
    Job.objects.filter(pk=lost.job_id).update(state="failed")
    assert make.computed(call).number == 2
    lost.refresh_from_db()
    assert lost.state == "superseded"


def test_request_run_is_the_offices_and_needs_somebody_above_the_threshold():
    call = make.in_matching(points=(5,))
    with pytest.raises(NotAllowed):
        matches.request_run(call=call, by=viewer(make.member("PL")))
    with pytest.raises(ConditionFailed, match="no eligible application has 60 points or more"):
        matches.request_run(call=call, by=make.office())


def test_a_run_superseded_while_it_is_computed_stores_nothing():
    call = make.in_matching()
    run = matches.request_run(call=call, by=make.office())
    job = queue.take(run.job_id)
    store = matches.compute(queue.RunningJob(job, dt.timedelta(seconds=60)), run.pk)
    matches.door.perform(thing=run, verb="supersede", by=make.office())
    store()
    run.refresh_from_db()
    assert (run.state, run.digest) == ("superseded", "")


def test_problem_of_asks_the_same_number_of_queries_for_one_and_for_three(django_assert_num_queries):
    for countries in (("LV",), ("LV", "PL", "PT")):
        call = make.in_matching(countries, number=f"2027/{len(countries)}")
        with django_assert_num_queries(7):
            problem = matches.problem_of(call)
        assert len(problem.applicants) == len(countries)


def test_a_blocked_week_takes_nobody():
    call = make.in_matching()
    first, second = wishes.published_weeks(call)
    HostWeek.objects.filter(pk=first.pk).update(state=HostWeek.State.BLOCKED)
    assert [row.id for row in matches.problem_of(call).weeks] == [str(second.pk)]


# ── Signing ──────────────────────────────────────────────────────────────────────────────────


def test_two_signatures_from_different_countries_decide():
    run = make.proposed(("LV", "PT"), points=(8, 5))
    first, second = make.member("PL"), make.member("ES")
    assert matches.sign(run=run, by=viewer(first)).state == "proposed"
    assert run.call.applications.filter(state="eligible").count() == 2
    assert matches.sign(run=run, by=viewer(second)).state == "signed"
    call = Call.objects.get()
    assert call.state == "decided"
    assert dict(call.applications.values_list("applicant__country_id", "state")) == {
        "LV": State.OFFERED,
        "PT": State.BELOW_THRESHOLD,
    }
    assert call.offers.get().state == "closed"


def test_signing_twice_is_one_signature():
    run = make.proposed()
    by = viewer(make.member("PL"))
    matches.sign(run=run, by=by)
    assert matches.sign(run=run, by=by).state == "proposed"
    assert Signature.objects.count() == 1
    other = viewer(make.member("ES"))
    matches.sign(run=run, by=other)
    assert matches.sign(run=run, by=other).state == "signed"
    assert (Signature.objects.count(), Entry.objects.filter(verb="decide").count()) == (2, 1)


def test_a_second_signer_from_the_same_country_is_refused():
    run = make.proposed()
    matches.sign(run=run, by=viewer(make.member("PL", "First")))
    with pytest.raises(ConditionFailed, match="Someone from your country signed already"):
        matches.sign(run=run, by=viewer(make.member("PL", "Second")))
    assert MatchRun.objects.get().state == "proposed"


def test_only_the_committee_of_this_call_signs():
    run = make.proposed()
    for by in (make.office(), viewer(make.member("PL", scope=f"call:{run.call_id + 1}")), make.speaker("LV")):
        with pytest.raises(NotAllowed):
            matches.sign(run=run, by=by)
    assert matches.sign(run=run, by=viewer(make.member("ES", scope=f"call:{run.call_id}"))).signatures.count() == 1


def test_nobody_signs_who_applied():
    run = make.proposed()
    applicant = run.call.applications.get().applicant
    applicant.role_terms.create(role="committee", starts_on=dt.date(2020, 1, 1))
    with pytest.raises(ConditionFailed, match="You applied to this call yourself"):
        matches.sign(run=run, by=viewer(applicant))
    assert not matches.may_sign(run=run, by=viewer(applicant), applicants={applicant.pk})


def withdraw(run: MatchRun) -> None:
    application = run.call.applications.first()
    applications.withdraw(application=application, by=viewer(application.applicant))


def block(run: MatchRun) -> None:
    hosts.block_week(week=wishes.published_weeks(run.call)[0], by=SYSTEM)


def raise_capacity(run: MatchRun) -> None:
    hosts.set_capacity(week=wishes.published_weeks(run.call)[0], capacity=3, by=SYSTEM)


@pytest.mark.parametrize("change", [withdraw, block, raise_capacity])
def test_a_change_after_the_run_makes_it_stale(change):
    run = make.proposed(("LV", "PT"))
    change(run)
    assert matches.is_stale(run)
    with pytest.raises(ConditionFailed, match="Applications or weeks changed since this run"):
        matches.sign(run=run, by=viewer(make.member("PL")))
    assert Signature.objects.count() == 0


def tamper_assignment(run: MatchRun) -> None:
    run.assignment = run.assignment[:-1]


def tamper_digest(run: MatchRun) -> None:
    run.digest = "0" * 64


def tamper_dual(run: MatchRun) -> None:
    name = min(run.certificate["duals"])
    run.certificate["duals"][name] = hex(int(run.certificate["duals"][name], 16) + 1)


def tamper_problem(run: MatchRun) -> None:
    run.problem["seats"] = 1


def tamper_format(run: MatchRun) -> None:
    run.problem["format"] = "something else"


def tamper_shape(run: MatchRun) -> None:
    run.assignment = [1, 2]


def tamper_stranger(run: MatchRun) -> None:
    run.assignment[0][0] = "2027/1-999"


@pytest.mark.parametrize(
    "tamper",
    [
        tamper_assignment,
        tamper_digest,
        tamper_dual,
        tamper_problem,
        tamper_format,
        tamper_shape,
        tamper_stranger,
    ],
)
def test_a_tampered_run_cannot_be_signed(tamper):
    run = make.proposed(("LV", "PT"))
    assert matches.faults_of(run) == []
    tamper(run)
    run.save()
    assert matches.faults_of(run) != []
    with pytest.raises(ConditionFailed) as refusal:
        matches.sign(run=run, by=viewer(make.member("PL")))
    assert refusal.value.problems[0].startswith("The run does not stand up to its check.")
    assert Signature.objects.count() == 0


def test_a_signature_under_another_digest_does_not_count():
    run = make.proposed()
    matches.sign(run=run, by=viewer(make.member("PL")))
    Signature.objects.update(digest="0" * 64)
    with pytest.raises(ConditionFailed, match="A second signature, from another country, is missing"):
        matches.sign(run=run, by=viewer(make.member("ES")))
    assert Call.objects.get().state == "matching"


def test_a_superseded_run_cannot_be_signed():
    run = make.proposed(("LV", "PT"))
    withdraw(run)
    make.computed(run.call)
    with pytest.raises(ConditionFailed, match="This run is “Superseded” and not open for signature"):
        matches.sign(run=run, by=viewer(make.member("PL")))


# ── The decision ─────────────────────────────────────────────────────────────────────────────


def test_who_gets_no_seat_waits_and_reads_why():
    # One week with two seats for three: the third by merit waits.
    call = make.decided(("LV", "PT", "PL"), weeks=1, points=(9, 8, 7))
    rows = call.applications.order_by("position")
    assert [row.state for row in rows] == ["offered", "offered", "waitlisted"]
    letter = Mail.objects.get(kind="exchanges_decision_waitlisted")
    assert letter.to_address == rows[2].applicant.user.email
    assert "You were number 3 by merit; 3 applications took part in the matching." in letter.body
    assert "Wish 1, Helsinki week 17: People ranked above you fill the week (places: 2)." in letter.body
    assert "90" not in letter.body


def test_everybody_is_told_once_and_the_contact_points_of_who_got_a_seat():
    make.decided(("LV", "PT"), points=(8, 5))
    kinds = list(Mail.objects.filter(kind__startswith="exchanges_decision").values_list("kind", flat=True))
    assert sorted(kinds) == ["exchanges_decision_below", "exchanges_decision_offered"]
    assert Mail.objects.filter(kind="exchanges_offer_told").count() == 1


@pytest.mark.parametrize(("days_ahead", "answer_days"), [(46, 7), (45, 3), (10, 3)])
def test_the_time_to_answer_depends_on_how_near_the_week_is(days_ahead, answer_days):
    call = make.in_review()
    week = wishes.published_weeks(call)[0]
    with clock.at(make.at_noon(week.starts_on - dt.timedelta(days=days_ahead))):
        until = decisions.answer_deadline(call=call, week=week)
        assert until == clock.end_of_day(clock.today() + dt.timedelta(days=answer_days))
    assert until.astimezone(clock.BRUSSELS).strftime("%H:%M:%S") == "23:59:59"


def test_an_offered_application_can_no_longer_be_withdrawn():
    application = make.offered()
    with pytest.raises(IllegalTransition):
        applications.withdraw(application=application, by=viewer(application.applicant))


def test_runs_are_visible_to_the_office_and_the_committee_of_the_call():
    run = make.proposed()
    here = viewer(make.member("PL", scope=f"call:{run.call_id}"))
    for by in (make.office(), here, viewer(make.member("ES"))):
        assert list(MatchRun.objects.visible_to(by)) == [run]
    elsewhere = viewer(make.member("PT", scope=f"call:{run.call_id + 1}"))
    applicant = viewer(run.call.applications.get().applicant)
    for by in (elsewhere, applicant, make.speaker("LV")):
        assert list(MatchRun.objects.visible_to(by)) == []
