"""Keys and identity providers in the environment: what cannot work stops the start, and no secret is printed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from portal.settings.environment import Environment

LAND = {
    "key": "pl",
    "name": "Login",
    "url": "https://login.example/realm",
    "client_id": "noc",
    "secret": "a-secret-of-ours",
}


def providers(monkeypatch: pytest.MonkeyPatch, *rows: dict[str, Any]) -> Environment:
    """Return the environment with these providers, given as the variable has them."""
    monkeypatch.setenv("NOC_PROVIDERS", json.dumps(rows))
    return Environment()


def test_providers_are_read_from_json(monkeypatch: pytest.MonkeyPatch) -> None:
    found = providers(monkeypatch, LAND, {**LAND, "key": "de", "auth": "client_secret_basic"})
    assert [(one.key, one.auth) for one in found.providers] == [("pl", ""), ("de", "client_secret_basic")]
    assert found.providers[0].secret.get_secret_value() == "a-secret-of-ours"
    assert "a-secret-of-ours" not in repr(found)


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://login.example"},
        {"url": "ftp://login.example"},
        {"url": "https://login.example/?a=1"},
        {"url": "https://"},
        {"key": "P L"},
        {"key": "callback/.."},
        {"name": ""},
        {"client_id": ""},
        {"secret": ""},
        {"auth": "none"},
        {"scope": "email"},
    ],
    ids=str,
)
def test_provider_that_cannot_work_stops_the_start(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refusal:
        providers(monkeypatch, {**LAND, **wrong})
    assert "a-secret-of-ours" not in str(refusal.value)


def test_provider_on_this_machine_needs_no_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(providers(monkeypatch, {**LAND, "url": "http://127.0.0.1:9000"}).providers) == 1


def test_two_providers_under_one_key_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="the same key"):
        providers(monkeypatch, LAND, LAND)


@pytest.mark.parametrize("keys", ["short", "x" * 44, f"{'y' * 43}=,short"])
def test_field_key_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    monkeypatch.setenv("NOC_FIELD_KEYS", keys)
    with pytest.raises(ValidationError, match="is no Fernet key") as refusal:
        Environment()
    assert keys not in str(refusal.value)


def test_several_keys_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ",".join(Fernet.generate_key().decode() for _ in range(2))
    monkeypatch.setenv("NOC_FIELD_KEYS", keys)
    monkeypatch.setenv("NOC_LINK_KEYS", f"{'a' * 50}, {'b' * 50}")
    assert Environment().field_keys == keys


def test_short_key_for_links_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOC_LINK_KEYS", f"{'a' * 50},{'b' * 49}")
    with pytest.raises(ValidationError, match="50 characters"):
        Environment()
