"""The filesystem broker under several processes."""

import json
import threading
from pathlib import Path

import pytest
from kombu import Connection

from portal.celery import app
from portal.jobs.broker import Transport


@pytest.fixture
def link(tmp_path: Path):
    (tmp_path / "queue").mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "control_folder": str(tmp_path / "control"),
        "polling_interval": 0.01,
    }
    (tmp_path / "control").mkdir()

    def connect() -> Connection:
        return Connection("filesystem://", transport_options=options)

    return connect


def test_filesystem_means_our_transport(link) -> None:
    assert app.main == "portal"
    assert isinstance(link().transport, Transport)


def test_message_goes_through_whole(link, tmp_path: Path) -> None:
    with link() as connection:
        queue = connection.SimpleQueue("celery")
        queue.put({"id": 1})
        names = [file.name for file in (tmp_path / "queue").iterdir()]
        assert (len(names), names[0].endswith(".celery.msg")) == (1, True)
        assert queue.get(timeout=2).payload == {"id": 1}
        queue.close()


def test_queues_bound_at_once_are_all_kept(link, tmp_path: Path) -> None:
    def bind(number: int) -> None:
        with link() as connection:
            channel = connection.channel()
            channel._queue_bind("celery", f"key{number}", "", f"queue{number}")

    threads = [threading.Thread(target=bind, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    table = json.loads((tmp_path / "control" / "celery.exchange").read_text())
    assert sorted(row[2] for row in table) == sorted(f"queue{number}" for number in range(12))
