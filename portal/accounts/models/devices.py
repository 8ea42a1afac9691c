"""Second factors. Every kind is a django-otp `Device` of our own: the stock ones keep their secrets in clear."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import secrets
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import hotp

from portal.access import clock
from portal.accounts import crypto
from portal.accounts.models.sealed import SealedField

#: RFC 6238: length of a time step in seconds, digits of a code, and how many steps the two clocks may differ.
STEP, DIGITS, DRIFT = 30, 6, 1
#: How far a telephone's clock may be off, in time steps, to be told so while its app is set up: ten minutes.
FAR = 20
#: RFC 4226 asks for at least 128 bits and recommends 160.
SEED_BYTES = 20
#: Pauses after wrong codes double from one second; at this many they stop growing (34 minutes), so that a stranger
#: with the password cannot lock the owner out for days.
MOST_COUNTED_FAILURES = 12


def new_sealed_seed() -> str:
    """Return a fresh random seed, encrypted."""
    return crypto.seal(secrets.token_bytes(SEED_BYTES))


class PausingMixin(ThrottlingMixin):
    """Pauses after wrong codes: from one second, twice as long after each, up to a limit."""

    class Meta:
        abstract = True

    def throttle_increment(self, commit: bool = True) -> None:  # noqa: FBT001, FBT002 - the signature is django-otp's
        """Count a wrong code, up to `MOST_COUNTED_FAILURES`."""
        super().throttle_increment(commit=False)
        # django-otp is untyped.
        self.throttling_failure_count = min(self.throttling_failure_count, MOST_COUNTED_FAILURES)  # type: ignore[has-type]
        if commit:
            self.save()

    def get_throttle_factor(self) -> int:
        """Return the length of the first pause, in seconds."""
        return 1

    def blocked_until(self) -> dt.datetime | None:
        """Return the end of the present pause, or None when a code may be tried."""
        allowed, facts = self.verify_is_allowed()
        return None if allowed else facts["locked_until"]


class AuthenticatorDevice(TimestampMixin, PausingMixin, Device):
    """An authenticator app: time codes of RFC 6238 with SHA-1, six digits, thirty seconds.

    `confirmed` is false from the showing of the seed until its first code is typed. Check codes through
    `domain.codes.verify_code`, which holds the row's lock.
    """

    #: The seed under Fernet, never in clear.
    sealed_seed = SealedField(default=new_sealed_seed)
    #: Time step of the newest code that was accepted; this one and older ones are refused from then on.
    last_t = models.BigIntegerField(default=-1)

    class Meta:
        verbose_name = "authenticator app"

    @property
    def seed(self) -> bytes:
        """The seed in clear."""
        return crypto.unseal(self.sealed_seed)

    @property
    def secret(self) -> str:
        """The seed in Base32, as people type it into an app."""
        return base64.b32encode(self.seed).decode()

    @property
    def uri(self) -> str:
        """The otpauth address that an app reads from the QR code (Key Uri Format)."""
        label = quote(f"{settings.OTP_TOTP_ISSUER}:{self.user.email}")
        # A plus sign for a space is shown as such by some apps.
        query = urlencode({"secret": self.secret, "issuer": settings.OTP_TOTP_ISSUER}, quote_via=quote)
        return f"otpauth://totp/{label}?{query}"

    def code_at(self, step: int) -> str:
        """Return the six digits of a time step."""
        return f"{hotp(self.seed, step, DIGITS):0{DIGITS}}"

    def step_of(self, code: str, moment: dt.datetime) -> int | None:
        """Return the time step near `moment` whose code this is, an unused one where there is a choice, or None."""
        present = step_at(moment)
        near = range(present - DRIFT, present + DRIFT + 1)
        # All are compared, and each in constant time.
        found = [step for step in near if hmac.compare_digest(self.code_at(step), code)]
        return min((step for step in found if step > self.last_t), default=max(found, default=None))

    def steps_off(self, code: str, moment: dt.datetime) -> int | None:
        """Return by how many time steps the clock that made a code is ahead, negative when it is behind, or None.

        Only for an app whose seed its owner is looking at: to anybody else it would tell that a code is right soon.
        """
        present = step_at(moment)
        far = range(-FAR, FAR + 1)
        return next((off for off in far if hmac.compare_digest(self.code_at(present + off), code)), None)

    def verify_token(self, token: str) -> bool:
        """Accept a code once. Called by `django_otp.verify_token` with the row locked; a wrong one makes a pause."""
        if not self.verify_is_allowed()[0]:
            return False
        step = self.step_of(token, clock.machine_now())
        if step is None:
            self.throttle_increment()
            return False
        if step <= self.last_t:
            return False
        self.last_t = step
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True


def step_at(moment: dt.datetime) -> int:
    """Return the RFC 6238 time step of an aware moment."""
    return int(moment.timestamp()) // STEP


def step_begins(step: int) -> dt.datetime:
    """Return the moment, in UTC, at which a time step begins."""
    return dt.datetime.fromtimestamp(step * STEP, dt.UTC)
