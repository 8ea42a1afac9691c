"""Carries the background tasks of Wagtail and modelsearch as jobs.

They are written for django-tasks and call `task.enqueue(...)`. Each call becomes a row of the job table in the
transaction that caused it, so that nothing runs before the commit and nothing is lost after it.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

import structlog
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskContext, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from portal.jobs import queue
from portal.jobs.models import Job, JobState

log = structlog.get_logger(__name__)

NAME = "tasks.run"

_STATUS = {
    JobState.WAITING: TaskResultStatus.READY,
    JobState.RUNNING: TaskResultStatus.RUNNING,
    JobState.DONE: TaskResultStatus.SUCCESSFUL,
    JobState.FAILED: TaskResultStatus.FAILED,
}


class JobsBackend(BaseTaskBackend):
    """A django-tasks backend over `portal.jobs`. Priorities and coroutines are refused; `run_after` is honoured."""

    supports_defer = True
    supports_get_result = True

    def enqueue(self, task: Task, args: Any, kwargs: Any) -> TaskResult:
        """Write the call as a job and return its result handle. Equal calls that still wait become one."""
        self.validate_task(task)
        call = {"task": task.module_path, "args": normalize_json(list(args)), "kwargs": normalize_json(dict(kwargs))}
        digest = hashlib.sha256(json.dumps(call, sort_keys=True).encode()).hexdigest()
        # A call for a later moment is another wish than the one that waits for now.
        key = "" if task.run_after else f"{NAME}:{digest}"
        job = queue.enqueue(NAME, key=key, again=True, run_after=task.run_after, **call)
        result = result_of(job, backend=self.alias)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult:
        """Return where a call stands. Raises `TaskResultDoesNotExist` for an id that is none."""
        try:
            return result_of(Job.objects.get(pk=uuid.UUID(result_id), name=NAME), backend=self.alias)
        except (ValueError, ValidationError, Job.DoesNotExist) as error:
            raise TaskResultDoesNotExist(result_id) from error


def result_of(job: Job, *, backend: str) -> TaskResult:
    """Return a job as django-tasks sees it."""
    return TaskResult(
        task=import_string(job.payload["task"]),
        id=str(job.pk),
        status=_STATUS[JobState(job.state)],
        enqueued_at=job.created_at,
        started_at=None,
        finished_at=job.finished_at,
        last_attempted_at=None,
        args=job.payload["args"],
        kwargs=job.payload["kwargs"],
        backend=backend,
        errors=[],
        worker_ids=[],
    )


@queue.handler(NAME, lease_seconds=300, long=True)
def run_task(job: queue.RunningJob, task: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Call one task. Runs outside the finishing transaction: these tasks write files and may safely run twice."""
    found = import_string(task)
    if not isinstance(found, Task):
        raise TypeError(f"{task} is no task")
    context = [TaskContext(task_result=result_of(Job.objects.get(pk=job.id), backend=found.backend))]
    try:
        found.call(*(context if found.takes_context else []), *args, **kwargs)
    except ObjectDoesNotExist:
        # What was to be indexed has been deleted since, and its removal is another task.
        log.info("task_without_object", task=task, args=args)
