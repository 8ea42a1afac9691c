"""Does the portal live, and is it ready?"""

from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from portal import health
from portal.access import clock
from portal.jobs.tasks import HEARTBEAT, note_life
from portal.search.rebuild import rebuild


@pytest.fixture
def all_well(db: None, settings, tmp_path: Path) -> None:
    """The embedded default: files for a broker, an index that answers, a worker that has just beaten."""
    settings.CELERY_BROKER_URL = "filesystem://"
    settings.VAR = tmp_path
    (tmp_path / "broker" / "queue").mkdir(parents=True)
    settings.SEARCH_INDEX_ROOT = tmp_path / "index"
    rebuild()
    note_life()


def test_live_asks_nobody(client: Client, django_assert_num_queries, db: None) -> None:
    with django_assert_num_queries(0):
        response = client.get("/health/live")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert "no-store" in response.headers["Cache-Control"]


def test_ready_when_all_is_well(client: Client, db: None, all_well: None, tmp_path: Path) -> None:
    response = client.get("/health/ready")
    assert (response.status_code, response.json()) == (
        200,
        {"database": "ok", "cache": "ok", "broker": "ok", "index": "ok", "worker": "ok"},
    )
    assert list((tmp_path / "broker" / "queue").iterdir()) == []


def test_not_ready_without_a_worker(client: Client, db: None, all_well: None) -> None:
    cache.delete(HEARTBEAT)
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["worker"]) == (503, "missing")
    cache.set(HEARTBEAT, clock.machine_now().timestamp() - 61, 300)
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["worker"]) == (503, "silent")


def test_not_ready_without_the_broker(client: Client, db: None, all_well: None, tmp_path: Path, settings) -> None:
    settings.VAR = tmp_path / "elsewhere"
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["broker"], response.json()["worker"]) == (503, "down", "ok")


def test_broker_behind_a_url_is_reached(db: None, settings) -> None:
    settings.CELERY_BROKER_URL = "memory://"
    assert health.broker() == "ok"


def test_not_ready_without_the_database(client: Client, db: None, all_well: None) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("the database is away")

    with connection.execute_wrapper(refuse):
        response = client.get("/health/ready")
    assert (response.status_code, response.json()["database"], response.json()["cache"]) == (503, "down", "ok")
    assert "away" not in response.text


def test_not_ready_with_a_cache_that_forgets(client: Client, db: None, all_well: None, settings) -> None:
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["cache"]) == (503, "forgets")


def test_not_ready_without_the_index(client: Client, all_well: None, settings, tmp_path: Path) -> None:
    settings.SEARCH_INDEX_ROOT = tmp_path / "nothing"
    response = client.get("/health/ready")
    assert (response.status_code, response.json()["index"]) == (503, "missing")


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_only_asked(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
