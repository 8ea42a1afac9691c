"""What a flood of wrong passwords does to everybody else: `python -m tests.benchmarks.flood`.

Serves a copy of the portal's `var` as `make run` does, on a port of its own, as behind a proxy that names networks.
Two hundred wrong attempts on one account are sent by four senders at once, twenty a second and then as fast as they
can: all from one network, and each from a network of its own. Meanwhile one visitor reads public pages one after the
other; what the senders themselves cost this machine is in the figures too, so the steady flood is the one that is
judged. Printed is what a page takes beside
what it took before, and whether the owner signs in with password and passkey in the middle of it: from the browser that
was used before, in the network of the flood, and from a new one elsewhere.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from statistics import median, quantiles
from typing import Any

import requests

from portal.bootstrap import places, serve
from tests.benchmarks._copy import copied

ATTEMPTS, SENDERS, QUIET = 200, 4, 400
#: Attempts a second of a steady flood.
STEADY = 20
PAGES = ("/", "/library/", "/news/", "/search/?q=border")
#: How much longer a page may take at most (issue 4).
ALLOWED = 1.2
WRONG = "none of anybody's passwords"
#: Networks for documentation (RFC 5737) and private ones (RFC 1918).
ONE, ELSEWHERE, READERS = "192.0.2.1", "203.0.113.9", "198.51.100.1"
SIGN_IN, SECOND = "/accounts/login/", "/accounts/second-factor/"
#: How an answer is known, and how the owner's is told.
WRONG_WORDS, TOO_MANY, BUSY = "do not belong together", "Too many wrong passwords", "Try again in a few seconds"
SIGNED_IN = "signed in"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """A browser in a network."""

    def __init__(self, base: str, network: str) -> None:
        self.base = base
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["X-Forwarded-For"] = network
        self.token = ""

    def get(self, path: str) -> requests.Response:
        """Read a page, and the token of its forms."""
        page = self.http.get(f"{self.base}{path}", timeout=60)
        if found := _TOKEN.search(page.text):
            self.token = found[1]
        return page

    def send(self, path: str, network: str = "", **data: str) -> requests.Response:
        """Send a form of the page that was read last."""
        return self.http.post(
            f"{self.base}{path}",
            {"csrfmiddlewaretoken": self.token, **data},
            headers={"X-Forwarded-For": network} if network else None,
            timeout=60,
            allow_redirects=False,
        )


@dataclass
class Owner:
    """The account's owner, with a passkey that this process holds."""

    email: str
    password: str
    passkey: Any

    def sign_in(self, browser: Browser) -> str:
        """Sign in with password and passkey; returns how it went."""
        tries, first = 1, self._first_step(browser)
        while BUSY in first.text and tries < 6:
            time.sleep(0.5)
            tries, first = tries + 1, self._first_step(browser)
        if first.status_code != 302:
            said = next((words for words in (TOO_MANY, BUSY) if words in first.text), first.status_code)
            return f"refused: {said}"
        browser.get(SECOND)
        options = browser.send(f"{SECOND}passkey/").json()
        done = browser.send(SECOND, passkey=self.passkey.use(options))
        came_in = done.headers.get("Location") == "/waiting/"
        return f"{SIGNED_IN} at try {tries}" if came_in else f"refused: {done.status_code}"

    def _first_step(self, browser: Browser) -> requests.Response:
        browser.get(SIGN_IN)
        return browser.send(SIGN_IN, login=self.email, password=self.password)


def main() -> int:
    """Measure and print; 1 where there is nothing to measure, or where the flood did what it must not do."""
    with copied() as root:
        if root is None:
            return 1
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = places.portal_environment(port=port) | {
            "NOC_VAR": str(root),
            "NOC_TRUSTED_PROXIES": "1",
            "NOC_LOG_LEVEL": "ERROR",
        }
        os.environ.update(environment)
        owner = prepare()
        with subprocess.Popen(serve.commands(port)["web"], cwd=places.ROOT, env=environment) as web:
            try:
                return measure(places.address(port), owner)
            finally:
                web.terminate()


def prepare() -> Owner:
    """Give the first sample person a passkey."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    from portal.community.domain.sample_community import SAMPLE_PASSWORD
    from portal.community.models import Person
    from tests import factories
    from tests.portal.accounts.authenticator import Authenticator

    settings.ALLOWED_HOSTS = ["localhost"]
    member = Person.objects.filter(user__authenticatordevice__confirmed=True).order_by("pk").first()
    member.user.set_password(SAMPLE_PASSWORD)
    member.user.save()
    session = factories.sign_in(Client(SERVER_NAME="localhost"), member)
    passkey = Authenticator()
    options = session.post("/account/devices/passkeys/options/", {"name": "Key"}).json()
    session.post("/account/devices/passkeys/add/", {"name": "Key", "passkey": passkey.make(options)})
    return Owner(member.user.email, SAMPLE_PASSWORD, passkey)


def measure(base: str, owner: Owner) -> int:
    """Print what pages take before and during each flood, and how the owner fares."""
    reader = Browser(base, READERS)
    for _ in range(120):
        try:
            if reader.get("/").status_code == 200:
                break
        except requests.ConnectionError:
            time.sleep(0.5)
    for path in PAGES * 8:
        reader.get(path)
    used = Browser(base, ONE)
    print(f"  the owner's browser, before any flood: {owner.sign_in(used)}")
    bad = False
    for name, network in (("one network", lambda _: ONE), ("200 networks", lambda n: f"10.0.0.{n}")):
        for pace in (STEADY, 0):
            quiet = read(reader, lambda done: done < QUIET)
            used.http.cookies.pop("sessionid", None)
            flood = Flood(base, owner, network, used, pace)
            busy = read(reader, lambda _, flood=flood: flood.goes_on())
            quiet += read(reader, lambda done: done < QUIET)
            ratio = median(busy) / median(quiet)
            bad |= bool(pace) and (ratio > ALLOWED or not flood.used.startswith(SIGNED_IN))
            print(f"  {name}, {ATTEMPTS} attempts in {flood.seconds:.1f} s: {flood.answers}")
            print(
                f"    a page takes {median(quiet):.1f} ms without and {median(busy):.1f} ms within the flood: "
                f"{ratio:.2f}; the slowest tenth {quantiles(quiet, n=10)[-1]:.1f} and "
                f"{quantiles(busy, n=10)[-1]:.1f} ms ({len(busy)} pages)"
            )
            print(f"    the owner from the browser used before: {flood.used}; from a new one elsewhere: {flood.new}")
    return int(bad)


class Flood:
    """Wrong attempts from several senders at once, and the owner in the middle of them; begins when it is made."""

    def __init__(self, base: str, owner: Owner, network: Callable[[int], str], used: Browser, pace: int) -> None:
        self.base, self.owner, self.network, self.browser, self.pace = base, owner, network, used, pace
        self.numbers = iter(range(ATTEMPTS))
        self.lock = threading.Lock()
        self.answers: dict[str, int] = {}
        self.used = self.new = "not tried"
        self.seconds = 0.0
        self.began = time.monotonic()
        self.threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]
        for thread in (*self.threads, threading.Thread(target=self._owner)):
            thread.start()

    def goes_on(self) -> bool:
        """Return whether it still goes on."""
        return any(thread.is_alive() for thread in self.threads) or "not tried" in (self.used, self.new)

    def _next(self) -> int | None:
        with self.lock:
            number = next(self.numbers, None)
        if number is not None and self.pace:
            time.sleep(max(0.0, self.began + number / self.pace - time.monotonic()))
        return number

    def _send(self) -> None:
        browser = Browser(self.base, ONE)
        browser.get(SIGN_IN)
        while (number := self._next()) is not None:
            answer = browser.send(SIGN_IN, network=self.network(number), login=self.owner.email, password=WRONG)
            kinds = (words for words in (WRONG_WORDS, TOO_MANY, BUSY) if words in answer.text)
            kind = next(kinds, str(answer.status_code))
            with self.lock:
                self.answers[kind] = self.answers.get(kind, 0) + 1
                self.seconds = time.monotonic() - self.began

    def _owner(self) -> None:
        time.sleep(0.2)
        self.used = self.owner.sign_in(self.browser)
        self.new = self.owner.sign_in(Browser(self.base, ELSEWHERE))


def read(reader: Browser, more: Callable[[int], bool]) -> list[float]:
    """Read public pages one after the other while `more(pages so far)`; returns milliseconds of each."""
    times: list[float] = []
    for path in cycle(PAGES):
        if not more(len(times)):
            return times
        start = time.perf_counter()
        reader.get(path)
        times.append((time.perf_counter() - start) * 1000)
    return times


if __name__ == "__main__":
    sys.exit(main())
