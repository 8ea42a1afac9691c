"""A PostgreSQL cluster for one test run: made in a temporary folder, reached by a socket in it, deleted afterwards."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.bootstrap.processes import end_with_parent
from portal.bootstrap.progress import Trouble

#: Nothing here outlives the run, so nothing need reach the disk.
CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses=", "max_connections=80")


def programs() -> Path | None:
    """Return the folder that holds `initdb` and `postgres`, of the newest version; None if there is none."""
    places = sorted(
        (Path("/usr/lib/postgresql").glob("*/bin/initdb")), key=lambda path: _number(path.parent.parent.name)
    )
    if places:
        return places[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Yield the URL of a database server that lives as long as the block. Raises `Trouble` if it does not start."""
    where = programs()
    if where is None:
        raise Trouble("PostgreSQL is missing: sudo apt-get install postgresql")
    as_user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="noc-postgres-", dir="/tmp"))  # short, as a socket's path must be
    try:
        if as_user:
            shutil.chown(folder, as_user["user"], as_user["group"])
        yield from _running(where, folder, as_user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _running(where: Path, folder: Path, as_user: dict[str, Any]) -> Iterator[str]:
    data = folder / "data"
    made = subprocess.run(
        [
            str(where / "initdb"), "--pgdata", str(data), "--username=noc", "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-sync",
        ],
        cwd=folder, capture_output=True, text=True, check=False, **as_user,
    )  # fmt: skip
    if made.returncode:
        raise Trouble(f"initdb could not make a cluster:\n{made.stdout}{made.stderr}")
    settings = [part for value in CARELESS for part in ("-c", value)]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(where / "postgres"), "-D", str(data), "-k", str(folder), *settings],
            cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=end_with_parent,  # noqa: PLW1509 - no other thread is running here
            **as_user,
        )  # fmt: skip
        try:
            _wait(server, folder)
            yield f"postgresql://noc@/noc?host={folder}"
        finally:
            # "Fast" shutdown: clients that are left are cut off.
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()


def _wait(server: subprocess.Popen[bytes], folder: Path) -> None:
    """Wait until the server is ready, which it writes into its pid file."""
    deadline = time.monotonic() + 60
    status = folder / "data" / "postmaster.pid"
    while time.monotonic() < deadline and server.poll() is None:
        if status.is_file() and status.read_text().rstrip().endswith("ready"):
            return
        time.sleep(0.05)
    raise Trouble(f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace')}")


def _unprivileged() -> dict[str, Any]:
    """Return how to start a program as somebody else when we are root, whom PostgreSQL refuses; else nothing."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Trouble("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as.")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
