"""Two people, or two clicks, at the same moment. SQLite has no row locks, so this needs PostgreSQL."""

from __future__ import annotations

import contextvars
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from exchanges.domain import agreements, answers, applications, hosts, matches, wishes
from exchanges.models import Application, Call, Confirmation, HostWeek, MatchRun, Placement, Signature
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.journal.errors import JournalError
from portal.journal.models import Entry
from tests.exchanges import factories_decide as make
from tests.factories import viewer

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _later():
    with clock.at(make.LATER):
        yield


def at_once(*work: Callable[[], object]) -> Counter[str]:
    """Do everything in threads that begin together; returns how many were done and how many refused."""
    gate = threading.Barrier(len(work))
    found: Counter[str] = Counter()

    def run(task: Callable[[], object]) -> None:
        gate.wait()
        try:
            task()
            found["done"] += 1
        except JournalError:
            found["refused"] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=contextvars.copy_context().run, args=(run, task)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def test_two_signers_at_once_decide_once():
    run = make.proposed(("LV", "PT"))
    signers = [viewer(make.member(code)) for code in ("PL", "ES")]
    found = at_once(*[lambda by=by: matches.sign(run=MatchRun.objects.get(pk=run.pk), by=by) for by in signers])
    assert found == {"done": 2}
    assert (Signature.objects.count(), Call.objects.get().state) == (2, "decided")
    assert Entry.objects.filter(verb="decide").count() == 1
    assert Application.objects.filter(state="offered").count() == 2


def test_two_signers_of_one_country_at_once_are_one_signature():
    run = make.proposed()
    signers = [viewer(make.member("PL", name)) for name in ("First", "Second")]
    found = at_once(*[lambda by=by: matches.sign(run=MatchRun.objects.get(pk=run.pk), by=by) for by in signers])
    assert found == {"done": 1, "refused": 1}
    assert (Signature.objects.count(), MatchRun.objects.get().state) == (1, "proposed")


def test_who_withdraws_while_the_second_signs_either_stops_the_decision_or_comes_too_late():
    run = make.proposed(("LV", "PT"))
    matches.sign(run=run, by=viewer(make.member("PL")))
    second = viewer(make.member("ES"))
    going = run.call.applications.order_by("number").first()
    by = viewer(going.applicant)
    found = at_once(
        lambda: matches.sign(run=MatchRun.objects.get(pk=run.pk), by=second),
        lambda: applications.withdraw(application=going, by=by),
    )
    assert found == {"done": 1, "refused": 1}
    states = dict(Application.objects.values_list("pk", "state"))
    withdrawn = states[going.pk] == "withdrawn"
    # Never a decision in which a seat went to somebody who had left.
    assert (Call.objects.get().state, withdrawn) in [("matching", True), ("decided", False)]
    assert Counter(states.values()) == (Counter(["withdrawn", "eligible"]) if withdrawn else Counter(["offered"] * 2))


def test_a_host_who_blocks_a_week_while_the_second_signs_either_stops_the_decision_or_is_refused():
    run = make.proposed()
    matches.sign(run=run, by=viewer(make.member("PL")))
    second = viewer(make.member("ES"))
    week = wishes.published_weeks(run.call)[0]
    found = at_once(
        lambda: matches.sign(run=MatchRun.objects.get(pk=run.pk), by=second),
        lambda: hosts.block_week(week=week, by=SYSTEM),
    )
    assert found == {"done": 1, "refused": 1}
    blocked = HostWeek.objects.get(pk=week.pk).state == "blocked"
    assert (Call.objects.get().state, blocked) in [("matching", True), ("decided", False)]


def test_two_requests_for_a_run_at_once_are_one_run():
    call = make.in_matching()
    by = make.office()
    assert at_once(*[lambda: matches.request_run(call=call, by=by)] * 3) == {"done": 3}
    assert MatchRun.objects.count() == 1


def test_accepting_twice_at_once_is_one_placement():
    application = make.offered()
    by = viewer(application.applicant)
    assert at_once(*[lambda: answers.accept(application=application, by=by)] * 3) == {"done": 3}
    assert (Placement.objects.count(), Entry.objects.filter(verb="accept").count()) == (1, 1)


def test_accepting_and_declining_at_once_is_one_answer():
    application = make.offered()
    by = viewer(application.applicant)
    found = at_once(
        lambda: answers.accept(application=application, by=by),
        lambda: answers.decline(application=application, by=by),
    )
    assert found == {"done": 1, "refused": 1}
    accepted = Application.objects.get().state == "accepted"
    assert Placement.objects.count() == (1 if accepted else 0)


def test_three_confirmations_at_once_agree_once():
    placement = make.planned()
    agreement = make.write_agreement(placement=placement, by=make.participant(placement), base_version=0)
    parties = {
        "participant": make.participant(placement),
        "sender": make.speaker("LV"),
        "host": make.host(placement),
    }
    tasks = [
        lambda party=party, by=by: agreements.confirm(agreement=agreement, party=party, by=by)
        for party, by in parties.items()
    ]
    assert at_once(*tasks, *tasks) == {"done": 6}
    assert (Confirmation.objects.count(), Placement.objects.get().state) == (3, "agreed")
    assert Entry.objects.filter(verb="agree").count() == 1
