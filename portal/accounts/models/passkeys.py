"""Passkeys (WebAuthn), and the challenges that their answers sign.

What a passkey needs on record, and how its answers are checked, is django-otp-webauthn's; its own tables for
credentials and attestations stay empty, because a device class of ours can be locked, named and listed like the
authenticator apps. Its random user handle (`WebAuthnUserHandle`) is used as it is.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models

# The library asks for the user model while it is imported, so ours has to be there first.
from portal.accounts.models.user import User

# isort: split
from django_otp_webauthn.models import AbstractWebAuthnCredential

from portal.access import clock

#: How long a challenge may be answered (design: access); the browser is told the same.
CHALLENGE_LIFETIME = dt.timedelta(seconds=settings.OTP_WEBAUTHN_TIMEOUT_SECONDS)


class Passkey(AbstractWebAuthnCredential):
    """A key pair in a telephone, a computer or a security key; only its public half is here.

    A credential belongs to one account: the hash of its id is unique. Check answers through `domain.passkeys`, which
    spends the challenge and holds the row's lock.
    """

    class Meta:
        verbose_name = "passkey"

    @classmethod
    def get_by_credential_id(cls, credential_id: bytes) -> Passkey:
        """Return the passkey of a credential, its row locked until the transaction ends. Raises `DoesNotExist`."""
        hashed = cls.get_credential_id_sha256(credential_id)
        return cls.objects.select_for_update().get(credential_id_sha256=hashed)

    @property
    def synced(self) -> bool:
        """Whether its maker keeps a copy for the owner's other devices (WebAuthn: backup state)."""
        return bool(self.backup_state)


class Ceremony(models.TextChoices):
    """What a challenge was made for; it answers nothing else."""

    REGISTER = "register", "Registering a passkey"
    USE = "use", "Using a passkey"


def when_a_challenge_ends() -> dt.datetime:
    """Return when a challenge made now runs out, by the machine's clock."""
    return clock.machine_now() + CHALLENGE_LIFETIME


class PasskeyChallenge(models.Model):
    """A random number that one passkey may sign once, for one account and in the browser that asked for it.

    It is a row, and not a word in the session, because changing a row succeeds for one of two requests at once.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkey_challenges")
    ceremony = models.CharField(max_length=8, choices=Ceremony.choices)
    #: 64 random bytes in base64url, as the browser signs them.
    challenge = models.CharField(max_length=96, unique=True)
    #: Which browser's session asked: a keyed hash of its key.
    binding = models.CharField(max_length=64)
    spent = models.BooleanField(default=False)
    expires_at = models.DateTimeField(default=when_a_challenge_ends)

    class Meta:
        indexes = [models.Index(fields=["user", "expires_at"])]

    def __str__(self) -> str:
        return f"{self.get_ceremony_display()} until {self.expires_at:%Y-%m-%d %H:%M:%S}"
