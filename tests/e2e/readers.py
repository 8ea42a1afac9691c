"""People who read the portal in the browser, signed in without walking through the sign-in each time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from playwright.sync_api import Browser, Page

from portal.bootstrap import places
from tests.e2e.listed import readings
from tests.e2e.stack import Stack
from tests.e2e.watch import Watch

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
#: Seconds after which a session's second factor is given anew; the portal takes it for ten minutes.
FRESH = 480


class Readers:
    """The browser of each reader, what the names in addresses stand for, and the request behind each page seen."""

    def __init__(self, stack: Stack, browser: Browser) -> None:
        self.seen: dict[str, dict[str, Any]] = {}
        self._stack, self._browser = stack, browser
        people = sorted({page.reader for page in readings() if page.reader})
        arranged = beside(stack, "arrange", {"readers": people})
        self.names: dict[str, str] = arranged["names"]
        self._sessions: dict[str, str] = arranged["sessions"]
        self._open: dict[str, tuple[Page, Watch]] = {}
        self._fresh: dict[str, float] = {}

    def page(self, window: str, reader: str, **options: Any) -> tuple[Page, Watch]:
        """Return a window by its name, opened as the reader's on first use, with Playwright's options of a context."""
        if window not in self._open:
            plain = {"base_url": self._stack.url, "viewport": PHONE, "locale": "en-GB"}
            context = self._browser.new_context(**(plain | options))
            context.set_default_timeout(15_000)
            if reader:
                cookie = {"name": "sessionid", "value": self._sessions[reader], "url": self._stack.url}
                context.add_cookies([cookie])  # type: ignore[list-item]
            watch = Watch(context, self._stack.url)
            self._open[window] = context.new_page(), watch
        return self._open[window]

    def freshen(self, reader: str) -> None:
        """Let a reader's session have given its second factor just now, unless it did a short while ago."""
        if time.monotonic() - self._fresh.get(reader, -FRESH) >= FRESH:
            beside(self._stack, "freshen", {"sessions": [self._sessions[reader]]})
            self._fresh[reader] = time.monotonic()

    def faults(self, window: str) -> list[str]:
        """Return what the watch over a window has seen."""
        return self._open[window][1].faults if window in self._open else []

    def shut(self, window: str) -> None:
        """Close a window."""
        self._open.pop(window)[0].context.close()

    def close(self) -> None:
        """Close all windows."""
        for window in list(self._open):
            self.shut(window)


def beside(stack: Stack, command: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Run a command of tests/e2e/arrange.py on the running portal's data; return its answer."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.arrange", command],
        cwd=places.ROOT,
        env=stack.environment | {"DJANGO_SETTINGS_MODULE": "portal.settings.local", "NOC_LOG_LEVEL": "CRITICAL"},
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))
