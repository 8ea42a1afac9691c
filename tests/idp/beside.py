"""Starts the small identity provider beside a test, and acts there in a person's place."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import requests

from tests.idp.__main__ import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


@dataclass(frozen=True)
class Provider:
    """The running provider: its issuer, and the portal's client there."""

    issuer: str
    client_id: str
    secret: str

    def as_setting(self, key: str = "land", name: str = "Land Login") -> dict:
        """Return SOCIALACCOUNT_PROVIDERS with this provider alone."""
        app = {
            "provider_id": key,
            "name": name,
            "client_id": self.client_id,
            "secret": self.secret,
            "settings": {"server_url": self.issuer, "token_auth_method": ""},
        }
        return {
            "openid_connect": {
                "provider_class": "portal.accounts.identity.NationalProvider",
                "OAUTH_PKCE_ENABLED": True,
                "APPS": [app],
            }
        }


@contextmanager
def running(*, answers_to: str) -> Iterator[Provider]:
    """Run the provider while inside; `answers_to` is the portal's callback address."""
    with tempfile.TemporaryDirectory(prefix="noc-idp-") as root:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.idp", answers_to],
            cwd=ROOT,
            env={**os.environ, "NOC_IDP_ROOT": root, "DJANGO_SETTINGS_MODULE": "tests.idp.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            line = process.stdout.readline()
            assert line, "the identity provider did not start"
            yield Provider(**json.loads(line))
        finally:
            process.stdin.close()
            process.wait(20)
            process.stdout.close()


def _fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's last form."""
    last = page[page.rindex("<form") :]
    found = (dict(_ATTRIBUTE.findall(field)) for field in _HIDDEN.findall(last))
    return {field["name"]: unescape(field.get("value", "")) for field in found if "name" in field}


def visit(url: str, *, who: str = "maja", grant: bool = True) -> str:
    """Go to the provider as a browser would, sign in there as `who`, agree or not; returns where it sends us."""
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(url, timeout=20)
        page = browser.post(page.url, {**_fields(page.text), "login": who, "password": PASSWORD}, timeout=20)
        answer = {**_fields(page.text), "scopes": "openid", "action": "grant" if grant else "cancel"}
        done = browser.post(page.url.partition("?")[0], answer, timeout=20, allow_redirects=False)
        assert done.status_code == 302, done.text
        return done.headers["Location"]
