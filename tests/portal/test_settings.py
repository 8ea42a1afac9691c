"""Settings: one documented place, and production refuses to start half prepared."""

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
    "NOC_CACHE_URL": "redis://cache.example:6379/0",
    "NOC_HOSTS": "noc.example",
    "NOC_EMAIL_URL": "smtp://mail.example:587?tls=1",
    "NOC_DATABASE_URL": "postgresql://noc:pw%40x@db.example:5432/noc",
}
SHOW = """
import portal.settings.production as p
print(p.DATABASES["default"]["PASSWORD"], p.NOC_LOCAL, p.DEBUG, p.EMAIL_USE_TLS, p.SESSION_COOKIE_NAME, p.ALLOWED_HOSTS)
"""


def start(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("NOC_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
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
