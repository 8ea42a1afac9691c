"""What a person sees of a job, and what a terminal does."""

import io
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from portal.jobs import queue
from portal.jobs.models import Job, JobState
from portal.jobs.progress_bar import ProgressBar, track
from tests import factories


@pytest.fixture
def owner(db: None):
    return factories.person()


@pytest.fixture
def job(owner, handlers) -> Job:
    queue.handler("test.ok")(lambda job: None)
    return queue.enqueue("test.ok", owner_id=owner.user_id)


def test_owner_sees_progress(client: Client, owner, job: Job, django_assert_num_queries) -> None:
    Job.objects.update(state=JobState.RUNNING, progress_done=3, progress_total=10, progress_note="Three pages")
    response = factories.sign_in(client, owner).get(reverse("jobs:progress", args=[job.pk]))
    assert response.json() == {"state": "running", "done": 3, "total": 10, "note": "Three pages", "error": ""}
    assert response.headers["Cache-Control"] == "private, no-store"


def test_owner_is_told_of_a_failure_without_its_inside(client: Client, owner, job: Job) -> None:
    factories.sign_in(client, owner)
    Job.objects.update(error="OSError: /srv/secret/path")
    assert client.get(reverse("jobs:progress", args=[job.pk])).json()["error"] == (
        "This did not work at first. It is tried again by itself."
    )
    Job.objects.update(state=JobState.FAILED)
    assert client.get(reverse("jobs:progress", args=[job.pk])).json()["error"] == (
        "This did not work. The office can see why and start it again."
    )


def test_progress_does_not_exist_for_anybody_else(client: Client, owner, job: Job) -> None:
    url = reverse("jobs:progress", args=[job.pk])
    assert client.get(url).status_code == 404
    assert factories.sign_in(client, owner).get(url).status_code == 200
    other = factories.person(name="Anna Nowak", roles=[("office", "")])
    assert factories.sign_in(Client(), other).get(url).status_code == 404
    assert Job.objects.visible_to(factories.viewer(other)).count() == 0


def test_progress_of_a_job_that_is_none(client: Client, owner) -> None:
    assert factories.sign_in(client, owner).get(reverse("jobs:progress", args=[uuid.uuid4()])).status_code == 404


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_bar_on_a_terminal() -> None:
    out = Terminal()
    assert list(track("abcd", total=4, label="Indexing", stream=out)) == list("abcd")
    written = out.getvalue()
    assert written.startswith("\rIndexing  " + "░" * 30 + "  0/4  0%\x1b[K")
    assert written.endswith("\rIndexing  " + "█" * 30 + "  4/4  100%\x1b[K\n")


def test_progress_in_a_log_says_little() -> None:
    out = io.StringIO()
    second = 0
    with ProgressBar(total=20, label="Indexing", stream=out, seconds=lambda: second) as bar:
        for second in range(1, 21):  # noqa: B007 - the bar reads it
            bar.step()
    assert out.getvalue().splitlines() == [
        "Indexing  2/20  10%",
        "Indexing  7/20  35%",
        "Indexing  12/20  60%",
        "Indexing  17/20  85%",
        "Indexing  20/20  100%",
    ]


def test_quick_work_leaves_no_line_in_a_log() -> None:
    out = io.StringIO()
    list(track(range(5), total=5, label="Indexing", stream=out))
    assert out.getvalue() == ""


def test_progress_without_a_total_counts() -> None:
    bar = ProgressBar(total=0, label="Reading", stream=io.StringIO())
    bar.step(3)
    assert bar.line() == "Reading  3"
