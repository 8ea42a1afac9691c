"""The real processes of `make run`, with a folder and a port of their own, for tests that walk through the portal."""

from __future__ import annotations

import email
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from email.message import EmailMessage
from email.policy import default as email_policy
from pathlib import Path

from portal.bootstrap import places, serve
from portal.bootstrap.processes import end_with_parent

#: Seconds from nothing to the first page; `make run` itself has less than this, requirements included.
START_LIMIT = 180
STOP_LIMIT = 30
#: Identity providers that the sign-in page offers. Nobody answers there; `arrange` leaves in the cache what the first
#: would say of itself, so that the page which leads to it can be seen.
PROVIDERS = [
    {"key": key, "name": name, "url": f"http://127.0.0.1:9/{key}", "client_id": "noc-portal", "secret": "of-the-tests"}
    for key, name in (("land", "Land Login"), ("bund", "Bund Login"))
]


class Stack:
    """A portal that runs: `url` is its address, `var` its folder, `log` what it printed."""

    def __init__(self) -> None:
        self.var = Path(tempfile.mkdtemp(prefix="noc-stack-"))
        self.port = free_port()
        self.url = places.address(self.port)
        self.log_file = self.var / "stack.log"
        #: What supervisor and web server had worked when the first page came: free of what else the machine does.
        self.processor_seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._telephone: subprocess.Popen[str] | None = None

    @property
    def log(self) -> str:
        """What the portal printed since the last start."""
        return self.log_file.read_text(errors="replace")

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command that is to meet this portal's data."""
        return places.tool_environment(
            NOC_VAR=str(self.var), NOC_SITE_URL=self.url, NOC_PROVIDERS=json.dumps(PROVIDERS)
        )

    def start(self) -> float:
        """Start everything and wait until it is ready, the worker included; return the seconds to the first page."""
        began = time.monotonic()
        with self.log_file.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "portal.bootstrap", "serve", "--port", str(self.port)],
                cwd=places.ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - Playwright and pytest run no other thread here
            )
        self._wait_for(lambda: serve.OPEN in self.log, START_LIMIT - (time.monotonic() - began))
        seconds = time.monotonic() - began
        self.processor_seconds = sum(
            processor_seconds(number)
            for number, command in self.processes().items()
            if "portal.bootstrap" in command or "gunicorn" in command
        )
        self._wait_for(lambda: answers(f"{self.url}/health/ready"), 60)
        return seconds

    def interrupt(self) -> int:
        """Send Ctrl-C to `make run`'s process and wait for its end; return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Wait until the portal has ended; return its exit code."""
        assert self._process is not None
        return self._process.wait(timeout=STOP_LIMIT)

    def close(self) -> None:
        """End the portal, delete its folder, and fail if any process is left."""
        if self._telephone is not None:
            self._telephone.communicate()
            self._telephone = None
        if self._process is not None and self._process.poll() is None:
            self.interrupt()
        left = self.processes()
        for number in left:
            os.kill(number, signal.SIGKILL)
        shutil.rmtree(self.var)
        assert left == {}

    def processes(self) -> dict[int, str]:
        """Return number: command line of every process that works in this portal's folder, but for our telephone."""
        found = {}
        ours = self._telephone.pid if self._telephone is not None else 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                inside = f"NOC_VAR={self.var}".encode() in (folder / "environ").read_bytes().split(b"\0")
                if inside and int(folder.name) != ours:
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def wait_until_gone(self) -> None:
        """Wait until no process of this portal is left, or `STOP_LIMIT` is over."""
        deadline = time.monotonic() + STOP_LIMIT
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.2)

    def manage(self, *arguments: str) -> str:
        """Run a management command on this portal's data and return what it prints. Fails with its words."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=places.ROOT,
            env=self.environment | {"NOC_LOG_LEVEL": "ERROR"},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def code(self, address: str) -> str:
        """Return the code of the moment of a sample person's second factor.

        The telephone is one process for all: starting Django for each code took longer than all else in signing in.
        """
        if self._telephone is None:
            self._telephone = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.arrange", "telephone"],
                cwd=places.ROOT,
                env=self.environment | {"DJANGO_SETTINGS_MODULE": "portal.settings.local", "NOC_LOG_LEVEL": "ERROR"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - Playwright and pytest run no other thread here
            )
        assert self._telephone.stdin is not None
        assert self._telephone.stdout is not None
        print(address, file=self._telephone.stdin, flush=True)
        code = self._telephone.stdout.readline().strip()
        assert re.fullmatch(r"\d{6}", code), f"no code for {address}; the telephone said why"
        return code

    def clock(self, shift: str) -> None:
        """Move the time of web, worker and beat, e.g. by "+14d"."""
        self.manage("sample_clock", shift)

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Return the mails that were sent, oldest first; with `to`, those to that address."""
        paths = sorted((self.var / "mail").glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
        mails = [email.message_from_bytes(path.read_bytes(), policy=email_policy) for path in paths]
        return [mail for mail in mails if not to or to.lower() in str(mail["To"]).lower()]

    def mail(self, to: str, subject: str, *, within: float = 40) -> EmailMessage:
        """Wait for a mail to `to` with `subject` somewhere in its subject line; return the newest."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            found = [mail for mail in self.mails(to) if subject in str(mail["Subject"])]
            if found:
                return found[-1]
            time.sleep(0.3)
        raise AssertionError(
            f"no mail {subject!r} to {to}; there are {[str(mail['Subject']) for mail in self.mails(to)]}"
        )

    def _wait_for(self, condition, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert self._process is not None
            assert self._process.poll() is None, f"the portal ended:\n{self.log[-6000:]}"
            assert time.monotonic() < deadline, f"not ready after {seconds:.0f} s:\n{self.log[-6000:]}"
            time.sleep(0.2)


def processor_seconds(number: int) -> float:
    """Return the processor time that a process has used, in seconds; 0 if it is gone (proc(5), fields 14 and 15)."""
    try:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """Return a port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(url: str) -> bool:
    """Return whether `url` answers with 200."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=10) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
