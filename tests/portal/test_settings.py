"""Settings: one documented place, and production refuses to start half prepared."""

import json
import logging
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.core.internal.httpkit import get_client_ip
from cryptography.fernet import Fernet
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from portal.settings.environment import Environment
from portal.settings.logs import configure_logs
from portal.web.management.commands import settings_doc

COMPLETE = {
    "NOC_SECRET_KEY": "k" * 50,
    "NOC_FIELD_KEYS": Fernet.generate_key().decode(),
    "NOC_LINK_KEYS": "l" * 50,
    "NOC_CACHE_URL": "redis://cache.example:6379/0",
    "NOC_HOSTS": "noc.example",
    "NOC_EMAIL_URL": "smtp://mail.example:587?tls=1",
    "NOC_DATABASE_URL": "postgresql://noc:pw%40x@db.example:5432/noc",
}
SHOW = """
import portal.settings.production as p
print(p.DATABASES["default"]["PASSWORD"], p.NOC_LOCAL, p.DEBUG, p.EMAIL_USE_TLS, p.SESSION_COOKIE_NAME, p.ALLOWED_HOSTS)
"""


def start(tmp_path: Path, show: str = SHOW, **environment: str) -> subprocess.CompletedProcess:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("NOC_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", show],
        cwd=django_settings.BASE_DIR,
        env={**kept, "NOC_VAR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_production_starts_when_it_is_complete(tmp_path: Path) -> None:
    finished = start(tmp_path, **COMPLETE)
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.strip() == "pw@x False False True __Host-session ['noc.example']"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("NOC_SECRET_KEY", "NOC_SECRET_KEY must be your own, of 50 characters or more"),
        ("NOC_FIELD_KEYS", "NOC_FIELD_KEYS must hold at least one Fernet key"),
        ("NOC_LINK_KEYS", "NOC_LINK_KEYS must hold a key"),
        ("NOC_CACHE_URL", "NOC_CACHE_URL must name a Redis that all workers share"),
        ("NOC_HOSTS", "NOC_HOSTS must name the hosts to answer to"),
        ("NOC_EMAIL_URL", "NOC_EMAIL_URL must name a mail server"),
        ("NOC_DATABASE_URL", "NOC_DATABASE_URL must name a PostgreSQL database"),
    ],
)
def test_production_refuses_to_start_without(tmp_path: Path, missing: str, words: str) -> None:
    finished = start(tmp_path, **{key: value for key, value in COMPLETE.items() if key != missing})
    assert finished.returncode == 1
    (last,) = finished.stderr.strip().splitlines()[-1:]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: Production settings refuse to start: ")
    assert words in last
    assert last.count(" must ") == 1, "nothing else is at fault"


def test_production_refuses_a_short_secret(tmp_path: Path) -> None:
    finished = start(tmp_path, **{**COMPLETE, "NOC_SECRET_KEY": "k" * 49})
    assert (finished.returncode, "NOC_SECRET_KEY must be your own" in finished.stderr) == (1, True)


def test_wrong_value_stops_the_start(tmp_path: Path) -> None:
    finished = start(tmp_path, **{**COMPLETE, "NOC_LOG_LEVEL": "LOUD"})
    assert (finished.returncode, "LOUD" in finished.stderr) == (1, True)


def test_settings_doc_names_every_variable_once() -> None:
    page = settings_doc.page()
    for name, field in Environment.model_fields.items():
        assert page.count(f"| `NOC_{name.upper()}` |") == 1
        assert field.description in page
    assert str(django_settings.BASE_DIR) not in page


def test_settings_doc_writes_and_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_doc, "ROOT", tmp_path)
    with pytest.raises(CommandError, match="behind the settings"):
        call_command("settings_doc", "--check")
    call_command("settings_doc", stdout=StringIO())
    out = StringIO()
    call_command("settings_doc", "--check", stdout=out)
    assert out.getvalue() == "docs/settings.md is up to date.\n"


def test_address_of_a_visitor_is_taken_from_trusted_proxies_alone(rf: RequestFactory, settings: Any) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == 0
    assert get_client_ip(request) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert get_client_ip(request) == "198.51.100.7"


def test_request_for_a_foreign_host_is_one_quiet_line_in_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    configure_logs(level="INFO", json=True)
    root = logging.getLogger()
    root.addHandler(caplog.handler)
    try:
        answer = client.get("/robots.txt", headers={"Host": "evil.example"})
    finally:
        root.removeHandler(caplog.handler)
    assert answer.status_code == 400
    (record,) = [one for one in caplog.records if one.name == "django.security.DisallowedHost"]
    assert (record.levelname, record.exc_info) == ("INFO", None)
    assert record.getMessage() == "Invalid HTTP_HOST header: 'evil.example'."


@pytest.mark.parametrize(
    ("domain", "host"), [("", "portal.noc.example"), ("portal.noc.example",) * 2, ("noc.example", "noc.example")]
)
def test_passkeys_belong_to_our_host_or_a_domain_above_it(tmp_path: Path, domain: str, host: str) -> None:
    show = "from portal.settings import base as b; print(b.OTP_WEBAUTHN_RP_ID, b.OTP_WEBAUTHN_ALLOWED_ORIGINS)"
    where = {"NOC_SITE_URL": "https://portal.noc.example/", "NOC_PASSKEY_DOMAIN": domain}
    finished = start(tmp_path, show, **where)
    assert finished.stdout.strip() == f"{host} ['https://portal.noc.example']", finished.stderr


@pytest.mark.parametrize("domain", ["other.example", "ortal.noc.example", "a.portal.noc.example"])
def test_passkeys_of_another_host_stop_the_start(tmp_path: Path, domain: str) -> None:
    where = {"NOC_SITE_URL": "https://portal.noc.example", "NOC_PASSKEY_DOMAIN": domain}
    finished = start(tmp_path, **COMPLETE, **where)
    assert finished.returncode == 1
    assert "NOC_PASSKEY_DOMAIN must be portal.noc.example or a domain above it" in finished.stderr


def test_production_answers_by_tls_alone(tmp_path: Path) -> None:
    show = """
from django.conf import settings as s
from django.http import HttpResponse
from django.middleware.security import SecurityMiddleware
from django.test import RequestFactory
answer = SecurityMiddleware(lambda request: HttpResponse())
plain = answer(RequestFactory().get("/a/?b=c", headers={"Host": "noc.example"}))
safe = answer(RequestFactory().get("/a/", headers={"Host": "noc.example", "X-Forwarded-Proto": "https"}))
print(plain.status_code, plain.headers["Location"])
print(safe.status_code, safe.headers["Strict-Transport-Security"])
for name in ("SESSION", "CSRF"):
    parts = ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "DOMAIN", "PATH")
    print(*(getattr(s, f"{name}_COOKIE_{part}") for part in parts))
print(s.KNOWN_BROWSER_COOKIE)
"""
    finished = start(tmp_path, show, DJANGO_SETTINGS_MODULE="portal.settings.production", **COMPLETE)
    assert finished.stdout.splitlines() == [
        "301 https://noc.example/a/?b=c",
        "200 max-age=63072000; includeSubDomains; preload",
        "__Host-session True True Lax None /",
        "__Host-csrf True True Lax None /",
        "__Host-known",
    ], finished.stderr


def test_database_on_another_machine_is_reached_by_tls(tmp_path: Path) -> None:
    url = f"{COMPLETE['NOC_DATABASE_URL']}?sslmode=verify-full&sslrootcert=/etc/ssl/ours.pem"
    show = "import portal.settings.production as p; print(p.DATABASES['default']['OPTIONS'])"
    finished = start(tmp_path, show, **{**COMPLETE, "NOC_DATABASE_URL": url})
    assert finished.stdout.strip() == "{'sslmode': 'verify-full', 'sslrootcert': '/etc/ssl/ours.pem'}", finished.stderr


def test_log_of_production_keeps_one_line_for_one_event(tmp_path: Path) -> None:
    show = """
import json, logging, structlog
import portal.settings.production
structlog.get_logger("ours").warning("typed", words="a\\n{\\"event\\": \\"signed_in\\"}")
logging.getLogger("theirs").warning("path %s", "/x\\r\\nsigned_in")
"""
    finished = start(tmp_path, show, **COMPLETE)
    ours, theirs = [json.loads(line) for line in finished.stderr.splitlines()]
    assert (ours["event"], ours["words"], ours["level"]) == ("typed", 'a\n{"event": "signed_in"}', "warning")
    assert (theirs["event"], theirs["logger"]) == ("path /x\r\nsigned_in", "theirs")
    assert ours["timestamp"].endswith("Z")
