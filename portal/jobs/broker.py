"""The filesystem broker, made safe for several processes.

Kombu's own writes a message, and the table of queues, into an open file that others may read while it is still empty;
that ends a worker. Here both are written beside their place and renamed into it.
"""

from __future__ import annotations

import fcntl
import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


def _put_in_place(path: Path, content: bytes) -> None:
    # A leading dot keeps the draft apart from messages, whose names end in the queue's.
    draft = path.with_name(f".{uuid.uuid4().hex}")
    draft.write_bytes(content)
    draft.replace(path)


class Channel(filesystem.Channel):
    """Kombu's channel with messages and queue tables that appear whole or not at all."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        _put_in_place(Path(self.data_folder_out) / name, str_to_bytes(dumps(payload)))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        file = self._exchange_file(exchange)
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        lock = os.open(file.with_name(f"{file.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            table = self.get_table(exchange)
            if bound not in table:
                _put_in_place(file, str_to_bytes(dumps([bound, *table])))
        finally:
            os.close(lock)


class Transport(filesystem.Transport):
    """The transport behind `filesystem://` once `portal.celery` is imported."""

    Channel = Channel
