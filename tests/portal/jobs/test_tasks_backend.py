"""Wagtail's and modelsearch's background tasks as jobs."""

import datetime as dt

import pytest
from django.db import transaction
from django_tasks import TaskResultStatus, default_task_backend, task
from django_tasks.exceptions import InvalidTaskError, TaskResultDoesNotExist
from wagtail.models import Page, ReferenceIndex

from portal.jobs import queue
from portal.jobs.models import Job
from portal.jobs.tasks_backend import JobsBackend

calls: list = []


@task()
def note(*args: object, **kwargs: object) -> None:
    calls.append((args, kwargs))


@task(takes_context=True)
def note_attempt(context, word: str) -> None:
    calls.append((context.task_result.id, word))


@task()
def look_for_page(pk: int) -> None:
    Page.objects.get(pk=pk)


@pytest.fixture(autouse=True)
def no_calls(db: None) -> None:
    calls.clear()


def test_settings_name_our_backend() -> None:
    assert isinstance(default_task_backend._connections["default"], JobsBackend)


def test_task_becomes_a_job_and_runs_once() -> None:
    result = note.enqueue("a", 1, deep=["b"])
    assert (calls, result.status) == ([], TaskResultStatus.READY)
    assert queue.work_all() == 1
    assert calls == [(("a", 1), {"deep": ["b"]})]
    result.refresh()
    assert result.status == TaskResultStatus.SUCCESSFUL


def test_equal_calls_that_wait_are_one() -> None:
    assert note.enqueue(1).id == note.enqueue(1).id != note.enqueue(2).id
    assert queue.work_all() == 2
    assert calls == [((1,), {}), ((2,), {})]


def test_task_of_a_rolled_back_transaction_never_runs() -> None:
    with transaction.atomic():
        note.enqueue(1)
        transaction.set_rollback(True)
    assert (queue.work_all(), calls) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_task_is_sent_after_the_commit() -> None:
    with transaction.atomic():
        note.enqueue(1)
        assert Job.objects.get().sends == 0
    assert Job.objects.get().sends == 1


def test_task_for_later_waits() -> None:
    note.using(run_after=dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)).enqueue(1)
    assert (queue.work_all(), calls) == (0, [])
    assert Job.objects.get().state == "waiting"


def test_task_with_context_gets_it() -> None:
    result = note_attempt.enqueue("x")
    queue.work_all()
    assert calls == [(result.id, "x")]


def test_task_about_something_deleted_since_is_done() -> None:
    look_for_page.enqueue(999_999)
    assert queue.work_all() == 1
    assert Job.objects.get().state == "done"


def test_priority_is_refused() -> None:
    with pytest.raises(InvalidTaskError, match="priority"):
        note.using(priority=5)


@pytest.mark.parametrize("result_id", ["no id", "7f8f1f9e-0000-4000-8000-000000000000"])
def test_result_of_an_unknown_id(result_id: str) -> None:
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result(result_id)


def test_payload_that_names_no_task_fails() -> None:
    job = queue.enqueue("tasks.run", task="os.getcwd", args=[], kwargs={})
    assert queue.work(job.pk) is False
    job.refresh_from_db()
    assert job.error == "TypeError: os.getcwd is no task"


def test_saving_a_page_brings_its_references_up_to_date_in_a_job() -> None:
    from portal.pages.models import StandardPage

    page = Page.objects.get(depth=2)
    child = page.add_child(instance=StandardPage(title="Radio plan"))
    names = set(Job.objects.filter(name="tasks.run").values_list("payload__task", flat=True))
    assert "wagtail.tasks.update_reference_index_task" in names
    queue.work_all()
    assert set(Job.objects.filter(name="tasks.run").values_list("state", flat=True)) == {"done"}
    assert ReferenceIndex.model_is_indexable(type(child)) is True
