"""Looks over a browser's shoulder: what a page must never do, whatever the test is about."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, WebError

AXE = Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

#: Chromium writes this for every answer of 400 and above; `_response` judges those, by what was asked for.
FAILED_TO_LOAD = "Failed to load resource"


class Watch:
    """Collects faults of all pages of a context: console errors, CSP violations, exceptions, foreign requests, 5xx."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.faults: list[str] = []
        self._home = urlsplit(home).netloc
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(FAILED_TO_LOAD):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"exception: {error.error}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc != self._home:
            self.faults.append(f"foreign request: {request.url}")

    def _response(self, response: Response) -> None:
        """A person may ask for what is not there, and a script may be told of a conflict; nothing else may fail."""
        asked = response.request
        may_be_refused = asked.is_navigation_request() or asked.resource_type in {"fetch", "xhr"}
        if response.status >= 500 or (response.status >= 400 and not may_be_refused):
            self.faults.append(f"{response.status}: {response.url}")


def axe(page: Page) -> list[str]:
    """Return what axe-core finds wrong with the page as it stands, "rule: what (where)"; empty when it is clean."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", AXE_TAGS
    )
    return [
        f"{rule['id']}: {rule['help']} ({', '.join(' '.join(map(str, node['target'])) for node in rule['nodes'][:3])})"
        for rule in found["violations"]
    ]
