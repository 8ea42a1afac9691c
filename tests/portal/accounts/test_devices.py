"""Authenticator apps: RFC 6238, and seeds that are never in clear."""

from __future__ import annotations

import base64
import datetime as dt

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from portal.accounts import crypto
from portal.accounts.models import AuthenticatorDevice, User
from portal.accounts.models.devices import step_at, step_begins
from portal.accounts.qr import qr_svg


# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_code_at_the_moments_of_the_standard(seconds: int, code: str) -> None:
    device = AuthenticatorDevice(sealed_seed=crypto.seal(b"12345678901234567890"))
    assert device.code_at(step_at(dt.datetime.fromtimestamp(seconds, dt.UTC))) == code


def test_seed_is_not_in_clear_in_the_database(db: None) -> None:
    user = User.objects.create_user("a@example.org")
    device = AuthenticatorDevice.objects.create(user=user, name="A")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_authenticatordevice")
        row = " ".join(str(value) for value in cursor.fetchone())
    assert len(device.seed) == 20
    for form in (device.secret, device.seed.hex(), base64.b64encode(device.seed).decode(), str(device.seed)):
        assert form not in row


def test_seed_is_another_one_for_each_device(db: None) -> None:
    user = User.objects.create_user("a@example.org")
    one, two = (AuthenticatorDevice.objects.create(user=user, name=name) for name in "AB")
    assert one.seed != two.seed


def test_seed_sealed_under_an_older_key_is_read_and_without_it_refused(settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    sealed = crypto.seal(b"seed")
    settings.FIELD_KEYS = [new, old]
    assert crypto.unseal(sealed) == b"seed"
    settings.FIELD_KEYS = [new]
    with pytest.raises(crypto.SealBroken):
        crypto.unseal(sealed)


def test_uri_names_issuer_and_account() -> None:
    device = AuthenticatorDevice(user=User(email="a@example.org"), sealed_seed=crypto.seal(b"12345678901234567890"))
    assert device.uri == (
        "otpauth://totp/NOC%20Community%3Aa%40example.org"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=NOC%20Community"
    )


def test_qr_code_carries_no_style_and_a_label() -> None:
    drawn = qr_svg("otpauth://totp/x", 'A "label"')
    assert drawn.startswith('<svg role="img" aria-label="A &quot;label&quot;" viewBox="0 0 ')
    assert "style" not in drawn
    assert "class" not in drawn


def test_step_begins_is_the_inverse_of_step_at() -> None:
    moment = dt.datetime(2026, 11, 20, 14, 0, 30, tzinfo=dt.UTC)
    assert step_begins(step_at(moment + dt.timedelta(seconds=29))) == moment


def test_sealed_value_that_was_changed_anywhere_is_refused() -> None:
    sealed = crypto.seal(b"seed of a device")
    raw = base64.urlsafe_b64decode(sealed)
    for place in range(len(raw)):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        with pytest.raises(crypto.SealBroken):
            crypto.unseal(base64.urlsafe_b64encode(changed).decode())
