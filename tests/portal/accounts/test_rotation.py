"""A new key for encrypted columns: everything stays readable, and the old key can be taken away."""

from __future__ import annotations

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models

from portal.accounts.domain import rotation
from portal.accounts.models import AuthenticatorDevice, KeptForm, User
from portal.accounts.models.sealed import SealedField

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def seeds(db: None, settings) -> list[bytes]:
    """Three devices and a kept form under the old key; returns the seeds."""
    settings.FIELD_KEYS = [OLD]
    user = User.objects.create_user("a@example.org")
    KeptForm.objects.create(user=user, action="/a/", page="/a/", sealed=rotation.crypto.seal(b"{}"))
    return [AuthenticatorDevice.objects.create(user=user, name=name).seed for name in "ABC"]


def rotate(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *arguments, stdout=out)
    return out.getvalue()


def test_rotate_keys_lets_the_old_key_go(seeds: list[bytes], settings) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    assert "accounts.AuthenticatorDevice.sealed_seed: 3 values, 3 sealed anew" in rotate()
    settings.FIELD_KEYS = [NEW]
    assert [device.seed for device in AuthenticatorDevice.objects.order_by("pk")] == seeds
    assert rotation.crypto.unseal(KeptForm.objects.get().sealed) == b"{}"
    assert "3 values, 0 under an older key" in rotate("--check")


def test_rotate_keys_a_second_time_writes_nothing(seeds: list[bytes], settings, django_assert_num_queries) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    rotate()
    with django_assert_num_queries(len(list(rotation.columns()))):
        assert "3 values, 0 sealed anew" in rotate()


def test_check_writes_nothing_and_fails_while_an_older_key_is_used(seeds: list[bytes], settings) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    before = list(AuthenticatorDevice.objects.values_list("sealed_seed", flat=True))
    with pytest.raises(CommandError, match="Older keys are still in use"):
        rotate("--check")
    assert list(AuthenticatorDevice.objects.values_list("sealed_seed", flat=True)) == before


def test_rotate_keys_names_the_rows_that_no_key_opens_and_does_the_others(seeds: list[bytes], settings) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    stray = AuthenticatorDevice.objects.order_by("pk").last()
    AuthenticatorDevice.objects.filter(pk=stray.pk).update(
        sealed_seed=Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    )
    with pytest.raises(CommandError, match=f"No key opens accounts.AuthenticatorDevice.sealed_seed {stray.pk}"):
        rotate()
    settings.FIELD_KEYS = [NEW]
    assert [device.seed for device in AuthenticatorDevice.objects.exclude(pk=stray.pk).order_by("pk")] == seeds[:2]


def test_every_sealed_column_is_found() -> None:
    named = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, models.TextField) and "seal" in field.name
    }
    assert set(rotation.columns()) == named
    assert len(named) == 2


def test_sealed_field_is_plain_text_to_migrations() -> None:
    assert SealedField().deconstruct()[1] == "django.db.models.TextField"
