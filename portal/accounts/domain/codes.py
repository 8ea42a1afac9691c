"""Checking codes of authenticator apps."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import Any

import django_otp
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django_otp.models import Device

from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.accounts.domain.letters import tell_owner
from portal.accounts.models import AuthenticatorDevice, User
from portal.accounts.models.devices import DIGITS, STEP, step_at, step_begins
from portal.journal import door
from portal.web.words import numbered, pause

#: After this many wrong codes in a row the owner is told.
TELL_OWNER_AT = 5


class Kind(Enum):
    """How a code fared: the flag over the field."""

    OK = ""
    WRONG = gettext_noop("That code is not right")
    USED = gettext_noop("That code was already used")
    THROTTLED = gettext_noop("Too many wrong codes")
    MALFORMED = gettext_noop("A code has six digits")

    @property
    def title(self) -> Any:
        """What happened, in a few words, in the language of the page that prints it."""
        return gettext_lazy(self.value)


@dataclass(frozen=True)
class Outcome:
    """What became of a code. `device` accepted it; `until` ends the pause of a throttled one."""

    kind: Kind
    device: Device | None = None
    until: dt.datetime | None = None
    #: By how many time steps the telephone's clock is ahead, where that is known and may be said.
    steps_off: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the code was accepted."""
        return self.kind is Kind.OK

    @property
    def title(self) -> str:
        """What happened, in a few words."""
        return str(self.kind.title)

    @property
    def advice(self) -> str:
        """What to do next, in a sentence or two."""
        if self.kind is Kind.WRONG and self.steps_off:
            words = (
                gettext("The clock of your telephone is %(much)s fast.")
                if self.steps_off > 0
                else gettext("The clock of your telephone is %(much)s slow.")
            )
            much = numbered(max(1, round(abs(self.steps_off) * STEP / 60)), "%(n)s minute", "%(n)s minutes")
            then = gettext("Let it set its clock by itself, then type the code that the app shows.")
            return f"{words % {'much': much}} {then}"
        if self.kind is Kind.WRONG:
            return gettext(
                "Type the code that the app shows now; it changes every thirty seconds. "
                "If it stays wrong, let the telephone set its clock by itself."
            )
        if self.kind is Kind.USED:
            return gettext(
                "Each code opens the door once. Wait for the next one, at most thirty seconds. "
                "If it was not you who used it, tell your contact point."
            )
        if self.kind is Kind.THROTTLED:
            words = gettext("Wait %(pause)s, then type the code that the app shows. Until then no code is looked at.")
            return words % {"pause": self.pause}
        if self.kind is Kind.MALFORMED:
            return gettext("Type the six digits that the app shows now; spaces do not matter.")
        return ""

    @property
    def pause(self) -> str:
        """How long is left of a pause: "12 seconds", "3 minutes"."""
        left = max(1, int((self.until - clock.machine_now()).total_seconds() + 0.999)) if self.until else 1
        return pause(left)


def tidy(code: str) -> str | None:
    """Return the six ASCII digits that were meant, without spaces and hyphens, or None when they are not six digits."""
    digits = re.sub(r"[\s\-\u2010-\u2015]", "", unicodedata.normalize("NFKC", code))
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else None


def verify_code(*, user: User, code: str, device: AuthenticatorDevice | None = None) -> Outcome:
    """Check a code against the user's confirmed devices, or against one `device` that is being set up, and spend it
    when it is right.

    The devices' rows are locked from looking to spending, so of two requests with the same code one is refused.
    Wrong codes lengthen the pause of every device that was asked; at `TELL_OWNER_AT` in a row the owner gets a mail.
    """
    token = tidy(code)
    if token is None:
        return Outcome(Kind.MALFORMED)
    with transaction.atomic():
        rows = AuthenticatorDevice.objects.select_for_update().filter(user=user).order_by("pk")
        devices = list(rows.filter(pk=device.pk) if device else rows.filter(confirmed=True))
        moment = clock.machine_now()
        # A paused device is not looked at, not even for what the answer says: that would tell of a right guess.
        pauses = [until for each in devices if (until := each.blocked_until())]
        unpaused = [each for each in devices if each.blocked_until() is None]
        if pauses and not unpaused:
            return Outcome(Kind.THROTTLED, until=max(pauses))
        matching = [each for each in unpaused if each.step_of(token, moment) is not None]
        for each in matching or unpaused:
            if accepted := django_otp.verify_token(user, each.persistent_id, token):
                _forget_failures(devices)
                return Outcome(Kind.OK, device=accepted)
        if matching:
            return Outcome(Kind.USED)
        # The rows were read before the failure was added.
        if max((each.throttling_failure_count + 1 for each in unpaused), default=0) == TELL_OWNER_AT:
            tell_of_wrong_codes(user=user)
    return Outcome(Kind.WRONG, steps_off=device.steps_off(token, moment) if device else None)


def _forget_failures(devices: list[AuthenticatorDevice]) -> None:
    """Whoever gave a right code is the owner: end the pauses of the other devices too."""
    others = [each.pk for each in devices if each.throttling_failure_count]
    if len(devices) > 1 and others:
        AuthenticatorDevice.objects.filter(pk__in=others).update(
            throttling_failure_count=0, throttling_failure_timestamp=None
        )


def tell_of_wrong_codes(*, user: User) -> None:
    """Journal and mail that `TELL_OWNER_AT` wrong codes in a row were typed at an account."""
    door.record(thing=user, verb="wrong_codes", by=SYSTEM, data={"count": TELL_OWNER_AT})
    tell_owner(user=user, template="wrong_codes", context={"count": TELL_OWNER_AT, "at": clock.now()})


class NotLocal(RuntimeError):
    """Something for sample accounts was asked for outside the local settings."""


class NoDevice(LookupError):
    """There is no account with a confirmed authenticator app under this address."""


@dataclass(frozen=True)
class SampleCode:
    """The code an authenticator app would show: usable from `begins` (machine time) for thirty seconds."""

    code: str
    begins: dt.datetime

    @property
    def seconds_left(self) -> int:
        """Seconds until the app would show the next code."""
        return max(0, int((self.begins - clock.machine_now()).total_seconds()) + STEP)

    @property
    def usable(self) -> bool:
        """Whether an app shows it now."""
        return self.begins <= clock.machine_now()


def sample_code(*, email: str) -> SampleCode:
    """Return the present code of an account's authenticator app, or the next one when the present one is spent.

    Raises `NotLocal` outside the local settings, `NoDevice` for an address without a confirmed device.
    """
    if not settings.NOC_LOCAL:
        raise NotLocal("codes are made by people's own telephones; this works under the local settings only")
    device = (
        AuthenticatorDevice.objects.filter(user__email=email.strip().lower(), confirmed=True).order_by("pk").first()
    )
    if device is None:
        raise NoDevice(f"no account with an authenticator app under {email}")
    step = max(step_at(clock.machine_now()), device.last_t + 1)
    return SampleCode(device.code_at(step), step_begins(step))
