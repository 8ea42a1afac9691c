"""Gets the portal ready in `var` and serves it: what `make run` does once the requirements are there.

The end-to-end tests start the same code, with a folder and a port of their own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

from portal.bootstrap import layout, places
from portal.bootstrap.prepare import STEPS as PREPARATION_STEPS
from portal.bootstrap.processes import Processes
from portal.bootstrap.progress import Steps, Trouble, say

#: Steps of `serve`: those of the preparation, and starting.
STEPS = PREPARATION_STEPS + 1
#: Seconds until the first page must have come.
FIRST_PAGE = 90.0
#: The line that says that the portal answers, before its address.
OPEN = "The portal is open:"
#: How Celery's warning about root begins.
AS_ROOT = "You're running the worker with superuser privileges"


def loopback_hosts() -> list[str]:
    """Return the loopback addresses of this machine: a browser tries ::1 for `localhost` first, where there is one."""
    hosts = ["127.0.0.1"]
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
        probe.bind(("::1", 0))
        hosts.append("::1")
    return hosts


def refuse_port_in_use(port: int) -> None:
    """Raise `Trouble` if something on this machine listens on `port` already."""
    for host in loopback_hosts():
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            # As gunicorn binds: a connection that lingers after its end does not count as somebody listening.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except PermissionError:
                raise Trouble(f"Port {port} is not yours to use. Choose one above 1023: make run PORT=8080") from None
            except OSError:
                raise Trouble(
                    f"Port {port} is in use by another program. Nothing was changed. "
                    f"Choose another: make run PORT={port + 1 if port < 65535 else 8000}"
                ) from None


@contextlib.contextmanager
def only_one(port: int) -> Iterator[None]:
    """Hold `var` for this run. Raises `Trouble` if another run serves from it: two would share database and broker."""
    place = places.var() / "run.lock"
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Trouble(
                f"The portal already runs from {places.var()}, at {lock.read().strip() or 'another port'}. "
                "Use that one, or end it with Ctrl-C first."
            ) from None
        lock.truncate(0)
        lock.write(places.address(port))
        lock.flush()
        yield


def serve(*, port: int, steps: Steps) -> int:
    """Prepare, start all processes, and stay until one ends or somebody asks for the end. Returns the exit code."""
    environment = places.portal_environment(port=port)
    var = places.var()
    if layout.is_prepared(var):
        steps.done += PREPARATION_STEPS
        say(f"[{steps.done}/{steps.total}] Database, sample content, static files and search index: up to date")
    else:
        _prepare(environment, steps)
    with Processes(cwd=places.ROOT, environment=environment) as processes:
        with steps.step("Starting web, worker and beat"):
            # The page comes first: on two cores three processes that start at once keep each other waiting.
            web, *others = commands(port).items()
            processes.start(*web)
            opened = processes.wait(_answers(port))
            for name, command in others if opened else ():
                processes.start(name, command)
        if opened:
            _welcome(port, time.monotonic() - steps.began)
            processes.wait(pause=0.3)
        if processes.stop_signal is None:
            name, code = processes.ended() or ("web", 0)
            say(f"\n{name} ended by itself ({_ending(code)}). Ending the others; what they say stands above.")
            return 1
    say("All processes have ended.")
    return 0


def commands(port: int) -> dict[str, list[str]]:
    """Return name: command of each process of the portal."""
    python = str(places.python())
    binds = [f"--bind={f'[{host}]' if ':' in host else host}:{port}" for host in loopback_hosts()]
    # As root, in a container, is how many try it out; the broker is a folder of our own, and carries ids alone.
    # Threads: with a broker that is a folder, child processes share one pipe under one lock, and a child that is
    # killed while it holds the lock stalls all that come after it. There is no child to kill; the worker as a whole
    # is looked after by `Processes`.
    celery = [python, "-W", f"ignore:{AS_ROOT}", "-m", "celery", "--quiet", "--app", "portal"]
    return {
        "web": [
            python, "-m", "gunicorn", "portal.wsgi:application", *binds, "--preload", "--workers=2",
            "--worker-class=gthread", "--threads=4", "--timeout=60", "--graceful-timeout=5", "--no-control-socket",
            "--log-level=warning",
        ],
        "worker": [
            *celery, "worker", "--pool=threads", "--concurrency=2", "--loglevel=WARNING", "--without-gossip",
            "--without-mingle", "--hostname=portal@localhost",
        ],
        "beat": [*celery, "beat", "--loglevel=WARNING", "--pidfile="],
    }  # fmt: skip


def _prepare(environment: dict[str, str], steps: Steps) -> None:
    command = [str(places.python()), "-m", "portal.bootstrap.prepare", str(steps.done), str(steps.total)]
    done = subprocess.run(command, cwd=places.ROOT, env=environment, check=False)
    steps.done += PREPARATION_STEPS
    if done.returncode:
        raise Trouble("The preparation stopped; why stands above. What was done so far is kept: start again.")


def _answers(port: int) -> Callable[[], bool]:
    """Return a function that tells whether the home page comes. It raises `Trouble` when it cannot come any more."""
    deadline = time.monotonic() + FIRST_PAGE
    # A proxy named in the environment is no way to this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answers() -> bool:
        if time.monotonic() > deadline:
            raise Trouble(f"No page came within {FIRST_PAGE:.0f} seconds; what the processes said stands above.")
        try:
            with opener.open(f"{places.address(port)}/", timeout=10) as page:
                return page.status == 200
        except urllib.error.HTTPError as error:
            raise Trouble(f"The home page answers with {error.code}; why stands above.") from error
        except (urllib.error.URLError, OSError):
            return False

    return answers


def _welcome(port: int, seconds: float) -> None:
    people = places.var() / "sample-people.txt"
    say()
    say(people.read_text(encoding="utf-8").rstrip())
    manage = f"{os.path.relpath(places.python())} manage.py"
    say(f"Commands:        {manage} <command>, like sample_clock +14d")
    say(f"Mails:           {places.address(port)}/mail/")
    say()
    say(f"{OPEN} {places.address(port)}    (after {seconds:.0f} s; Ctrl-C ends it)")


def _ending(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
