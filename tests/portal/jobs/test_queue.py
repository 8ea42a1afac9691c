"""The life of a job."""

import datetime as dt

import pytest
import time_machine
from django.db import connection, transaction

from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.outbox.models import Mail
from portal.outbox.post import post_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("handlers")]

NOON = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC)


def mails() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("subject", flat=True))


def write(subject: str) -> None:
    post_text(to="a@example.org", subject=subject, body="x", kind="test")


def test_short_job_is_done_with_its_effect() -> None:
    @queue.handler("test.write")
    def handle(job: queue.RunningJob, subject: str) -> None:
        write(subject)

    job = queue.enqueue("test.write", subject="Hello")
    assert mails() == []
    assert queue.work(job.pk) is True
    job.refresh_from_db()
    assert (mails(), job.state, job.attempts, job.lease, job.error) == (["Hello"], "done", 1, None, "")
    assert queue.work(job.pk) is False
    assert mails() == ["Hello"]


def test_failing_job_leaves_no_effect_and_is_tried_again_with_growing_pauses() -> None:
    @queue.handler("test.fail")
    def handle(job: queue.RunningJob) -> None:
        write("half done")
        raise ValueError("no luck")

    with time_machine.travel(NOON, tick=False) as machine:
        job = queue.enqueue("test.fail")
        pauses = []
        for _ in range(queue.MAX_ATTEMPTS):
            assert queue.work(job.pk) is False
            job.refresh_from_db()
            pauses.append((job.run_after - job.created_at).total_seconds())
            assert queue.work(job.pk) is False, "not before its time"
            if job.state == JobState.WAITING:
                machine.move_to(job.run_after)
        assert (job.state, job.attempts, job.error) == ("failed", 8, "ValueError: no luck")
    assert pauses == [5, 15, 35, 75, 155, 315, 635, 635]
    assert mails() == []


def test_failed_job_can_be_retried_from_the_first_attempt() -> None:
    queue.handler("test.ok")(lambda job: None)
    job = queue.enqueue("test.ok")
    Job.objects.update(state=JobState.FAILED, attempts=8, error="x")
    queue.retry(job)
    assert queue.work(job.pk) is True
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_long_job_reports_progress_and_commits_its_effect_with_done() -> None:
    seen = []

    @queue.handler("test.long", long=True)
    def handle(job: queue.RunningJob):
        job.progress(done=1, total=4, note="Reading")
        row = Job.objects.get(pk=job.id)
        seen.append((row.progress_done, row.progress_total, row.progress_note))
        return lambda: write("at the end")

    job = queue.enqueue("test.long")
    assert queue.work(job.pk) is True
    assert (seen, mails()) == ([(1, 4, "Reading")], ["at the end"])


def test_worker_that_lost_its_lease_cannot_finish() -> None:
    @queue.handler("test.slow", lease_seconds=30, long=True)
    def handle(job: queue.RunningJob):
        Job.objects.filter(pk=job.id).update(leased_until=NOON - dt.timedelta(seconds=1))
        assert queue.take(job.id) is not None, "another worker takes over"
        return lambda: write("too late")

    with time_machine.travel(NOON, tick=False):
        job = queue.enqueue("test.slow")
        assert queue.work(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.attempts, mails()) == ("running", 2, [])


def test_progress_of_a_worker_that_lost_its_lease_stops_it() -> None:
    @queue.handler("test.slow", long=True)
    def handle(job: queue.RunningJob):
        Job.objects.filter(pk=job.id).update(lease=None)
        job.progress(done=1, total=2)
        write("too late")

    assert queue.work(queue.enqueue("test.slow").pk) is False
    assert mails() == []


def test_silent_job_is_taken_over_only_when_its_lease_has_run_out() -> None:
    queue.handler("test.ok", lease_seconds=30)(lambda job: None)
    with time_machine.travel(NOON, tick=False) as machine:
        job = queue.enqueue("test.ok")
        assert queue.take(job.pk) is not None
        machine.shift(29)
        assert queue.take(job.pk) is None
        machine.shift(2)
        assert queue.take(job.pk).attempts == 2


def test_job_that_kills_its_workers_fails_in_the_end() -> None:
    queue.handler("test.poison", lease_seconds=30)(lambda job: None)
    with time_machine.travel(NOON, tick=False) as machine:
        job = queue.enqueue("test.poison")
        for _ in range(queue.MAX_ATTEMPTS):
            assert queue.take(job.pk) is not None
            machine.shift(31)
        assert queue.take(job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "The worker died or fell silent in every attempt.")


def test_enqueue_refuses_a_name_without_a_handler() -> None:
    with pytest.raises(KeyError, match=r"no handler for jobs called 'test\.nobody'"):
        queue.enqueue("test.nobody")


def test_job_of_an_unknown_name_waits_and_keeps_nobody_busy() -> None:
    Job.objects.create(name="test.future", run_after=NOON, send_after=NOON, created_at=NOON)
    assert queue.work_all() == 0
    assert Job.objects.get().state == "waiting"


def test_same_key_is_one_job_until_it_is_done() -> None:
    queue.handler("test.ok")(lambda job: None)
    first = queue.enqueue("test.ok", key="k")
    assert queue.enqueue("test.ok", key="k") == first
    queue.take(first.pk)
    assert queue.enqueue("test.ok", key="k") == first, "one that runs counts too"
    Job.objects.update(state=JobState.DONE)
    assert queue.enqueue("test.ok", key="k") != first


def test_asked_again_while_it_runs_another_waits_behind_it() -> None:
    order = []

    @queue.handler("test.index", long=True)
    def handle(job: queue.RunningJob) -> None:
        order.append(job.id)
        if len(order) == 1:
            second = queue.enqueue("test.index", key="k", again=True)
            assert queue.enqueue("test.index", key="k", again=True) == second
            assert queue.take(second.pk) is None, "never two of a key at once"

    first = queue.enqueue("test.index", key="k", again=True)
    assert queue.work_all() == 2
    assert (order[0], len(order)) == (first.pk, 2)


@pytest.mark.django_db(transaction=True)
def test_asked_again_for_a_job_that_was_done_before_the_commit_runs_once_more() -> None:
    queue.handler("test.index")(lambda job: None)
    first = queue.enqueue("test.index", key="k", again=True)
    with transaction.atomic():
        assert queue.enqueue("test.index", key="k", again=True) == first
        # The worker was quicker than our commit: it has not seen what this transaction changes.
        Job.objects.filter(pk=first.pk).update(state=JobState.DONE)
    assert Job.objects.filter(key="k", state=JobState.WAITING).count() == 1


def test_failed_run_gives_way_to_a_later_job_of_its_key() -> None:
    @queue.handler("test.index", long=True)
    def handle(job: queue.RunningJob) -> None:
        if Job.objects.count() == 1:
            queue.enqueue("test.index", key="k", again=True)
            raise ValueError("no luck")

    first = queue.enqueue("test.index", key="k")
    queue.work_all()
    first.refresh_from_db()
    assert (first.state, first.error.splitlines()) == (
        "failed",
        ["ValueError: no luck", "A later job under the same key takes over."],
    )
    assert list(Job.objects.exclude(pk=first.pk).values_list("state", flat=True)) == ["done"]


def test_rolled_back_transaction_leaves_no_job() -> None:
    queue.handler("test.ok")(lambda job: None)
    with transaction.atomic():
        queue.enqueue("test.ok")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_job_is_sent_when_its_transaction_commits_and_not_before() -> None:
    queue.handler("test.ok")(lambda job: None)
    with transaction.atomic():
        job = queue.enqueue("test.ok")
        job.refresh_from_db()
        assert job.sends == 0
    job.refresh_from_db()
    assert job.sends == 1


def test_sweep_sends_again_with_growing_pauses() -> None:
    queue.handler("test.ok")(lambda job: None)
    with time_machine.travel(NOON, tick=False) as machine:
        queue.enqueue("test.ok")
        sent = []
        for second in range(0, 200, 10):
            machine.move_to(NOON + dt.timedelta(seconds=second))
            if queue.sweep():
                sent.append(second)
    assert sent == [0, 20, 60, 140]


def test_sweep_sends_a_job_whose_lease_ran_out_and_one_whose_time_has_come() -> None:
    queue.handler("test.ok", lease_seconds=30)(lambda job: None)
    with time_machine.travel(NOON, tick=False) as machine:
        queue.take(queue.enqueue("test.ok").pk)
        queue.enqueue("test.ok", run_after=NOON + dt.timedelta(hours=1))
        assert queue.sweep() == 0
        machine.shift(31)
        assert queue.sweep() == 1
        machine.shift(3600)
        assert queue.sweep() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_take_the_same_job() -> None:
    import threading

    queue.handler("test.ok")(lambda job: None)
    jobs = [queue.enqueue("test.ok").pk for _ in range(20)]
    taken: list = []
    barrier = threading.Barrier(4)

    def worker() -> None:
        try:
            for job in jobs:
                barrier.wait(timeout=20)
                if queue.take(job):
                    taken.append(job)
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(jobs)
