"""The three ways to give a second factor, as the pages offer them: passkey, code of an app, backup code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import structlog
from django.http import HttpRequest
from django_otp.models import Device

from portal.accounts import ceremony, whereabouts
from portal.accounts.domain import backup_codes, codes, passkeys
from portal.accounts.domain.factors import Held, held
from portal.accounts.forms import BackupCodeForm, CodeForm, TypedCodeForm
from portal.accounts.models import Passkey, User

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ways:
    """What a page that asks for a second factor shows: the forms of those ways that its person has."""

    held: Held
    passkeys: list[Passkey]
    passkey_field: str
    code: CodeForm
    backup: BackupCodeForm
    #: What became of a passkey's answer just given.
    passkey_outcome: passkeys.Outcome | None = None

    @property
    def refused(self) -> bool:
        """Whether something was given that is not right yet."""
        return bool(self.code.errors or self.backup.errors or self.passkey_outcome)


def offered(
    user: User,
    *,
    prefix: str | None = None,
    code: CodeForm | None = None,
    backup: BackupCodeForm | None = None,
    passkey_outcome: passkeys.Outcome | None = None,
) -> Ways:
    """Return the forms to show, empty ones but for those given; `prefix` stands before the fields' names."""
    has = held(user=user)
    found = passkeys.passkeys_of(user=user) if has.passkeys else []
    # Whoever has a passkey is not led past it by the cursor.
    alone = not (found or code or backup)
    return Ways(
        held=has,
        passkeys=found,
        passkey_field=_name(prefix, ceremony.FIELD),
        code=code or CodeForm(prefix=prefix, focus=alone),
        backup=backup or BackupCodeForm(prefix=prefix),
        passkey_outcome=passkey_outcome,
    )


def _name(prefix: str | None, name: str) -> str:
    return f"{prefix}-{name}" if prefix else name


def try_ways(request: HttpRequest, user: User, *, prefix: str | None = None) -> Device | Ways:
    """Return the device that accepted what was posted; where there is none (yet), the forms, with the reason why."""
    if request.method != "POST":
        return offered(user, prefix=prefix)
    outcome = ceremony.used(request, user, _name(prefix, ceremony.FIELD))
    if outcome is not None:
        return _noted(request, user, outcome) or offered(user, prefix=prefix, passkey_outcome=outcome)
    if _name(prefix, BackupCodeForm.code_name) in request.POST:
        backup = BackupCodeForm(request.POST, prefix=prefix, focus=True)
        accepted = _accepted(request, backup, user, backup_codes.verify_backup_code)
        return accepted or offered(user, prefix=prefix, backup=backup)
    code = CodeForm(request.POST, prefix=prefix, focus=True)
    return _accepted(request, code, user, codes.verify_code) or offered(user, prefix=prefix, code=code)


def _noted(request: HttpRequest, user: User, outcome: codes.Outcome | passkeys.Outcome) -> Device | None:
    """Log how a second factor fared; return the device that gave it, if it was accepted."""
    factor = type(outcome.device).__name__ if outcome.device else ""
    network = whereabouts.network_of(request)
    log.info("second_factor", user=user.pk, outcome=outcome.kind.name.lower(), factor=factor, network=network)
    return outcome.device


def _accepted(
    request: HttpRequest, form: TypedCodeForm, user: User, verify: Callable[..., codes.Outcome]
) -> Device | None:
    """Return the device that accepted the form's code; None when there is none, with the reason on the form."""
    if not form.is_valid():
        return None
    outcome = verify(user=user, code=form.cleaned_data[form.code_name])
    if outcome.device is None:
        form.refuse(outcome)
    return _noted(request, user, outcome)
