"""Making, keeping and checking backup codes."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence

import django_otp
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy

from portal.access import clock
from portal.access.viewer import viewer_for
from portal.accounts.domain.codes import TELL_OWNER_AT, Kind, Outcome, tell_of_wrong_codes
from portal.accounts.domain.factors import STARTED_ANEW, held
from portal.accounts.domain.letters import tell_owner
from portal.accounts.models import BackupCode, BackupCodes, User
from portal.accounts.models.backup import ALPHABET, NAME_LENGTH, SECRET_LENGTH, SET_SIZE
from portal.journal import door
from portal.journal.errors import NotAllowed

#: From this many on, the mail about a used code says that new ones should be made.
FEW = 3
#: What is called the device of this kind in lists and in the journal.
NAME = "Backup codes"
MALFORMED_TITLE = gettext_lazy("A backup code has twenty letters and digits")
_LENGTH = NAME_LENGTH + SECRET_LENGTH
_MISREAD = str.maketrans("oil", "011")


class BackupOutcome(Outcome):
    """What became of a backup code, in words for it."""

    @property
    def title(self) -> str:
        """What happened, in a few words."""
        if self.kind is Kind.MALFORMED:
            return str(MALFORMED_TITLE)
        return super().title

    @property
    def advice(self) -> str:
        """What to do next, in a sentence or two."""
        if self.kind is Kind.WRONG:
            return gettext(
                "Look at your newest list: when you made new codes, the older ones ended. "
                "Capital letters, spaces and hyphens do not matter."
            )
        if self.kind is Kind.USED:
            return gettext(
                "Each backup code works once. Cross it out and take another one from your list. "
                "If it was not you who used it, tell your contact point."
            )
        if self.kind is Kind.THROTTLED:
            words = gettext("Wait %(pause)s, then type the backup code again. Until then none is looked at.")
            return words % {"pause": self.pause}
        if self.kind is Kind.MALFORMED:
            return gettext(
                "Type all five groups of one line of your list, for example “4f7k 9w2m q8rx 5tze h3pd”. "
                "Six digits from an app belong into the other field."
            )
        return ""


def tidy(code: str) -> str | None:
    """Return the twenty characters that were meant, in small letters and without spaces, or None."""
    plain = re.sub(r"[\s\-\u2010-\u2015]", "", unicodedata.normalize("NFKC", code)).lower().translate(_MISREAD)
    return plain if len(plain) == _LENGTH and set(plain) <= set(ALPHABET) else None


def new_codes() -> list[str]:
    """Return ten fresh codes, in groups of four as they are printed. Nothing is stored; `keep` makes them valid."""
    names: set[str] = set()
    while len(names) < SET_SIZE:
        names.add(_random(NAME_LENGTH))
    return [_grouped(name + _random(SECRET_LENGTH)) for name in sorted(names)]


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def _grouped(token: str) -> str:
    return " ".join(token[at : at + 4] for at in range(0, len(token), 4))


def keep(*, user: User, codes: Sequence[str]) -> BackupCodes:
    """Make codes valid that their owner has printed or stored; older ones end. Journalled and mailed.

    Raises `ValueError` for codes that `new_codes` does not make, and `NotAllowed` for an account without a device:
    what a lost one began must not outlive the new start.
    """
    tokens = [token for code in codes if (token := tidy(code))]
    if len(tokens) != SET_SIZE or len({token[:NAME_LENGTH] for token in tokens}) != SET_SIZE:
        raise ValueError("not a set of backup codes")
    # Ten hashes take half a second; nothing is locked meanwhile.
    rows = [BackupCode(name=token[:NAME_LENGTH], secret_hash=make_password(token[NAME_LENGTH:])) for token in tokens]
    with transaction.atomic():
        owner = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not (owner.is_active and held(user=owner)):
            raise NotAllowed(STARTED_ANEW)
        device, _ = BackupCodes.objects.select_for_update().get_or_create(user=owner, defaults={"name": NAME})
        device.codes.all().delete()
        for row in rows:
            row.device = device
        BackupCode.objects.bulk_create(rows)
        device.made_at = clock.now()
        device.throttle_reset(commit=False)
        device.save()
        door.record(thing=owner, verb="backup_codes_made", by=viewer_for(user=owner, verified=True))
        tell_owner(user=owner, template="backup_codes_made", context={"at": device.made_at})
    return device


def verify_backup_code(*, user: User, code: str) -> Outcome:
    """Check a backup code and spend it when it is right; the owner is told, and how many are left.

    The set's row is locked from looking to spending, so of two requests with the same code one is refused.
    """
    token = tidy(code)
    if token is None:
        return BackupOutcome(Kind.MALFORMED)
    with transaction.atomic():
        device = BackupCodes.objects.select_for_update().filter(user=user).first()
        if device is None:
            return BackupOutcome(Kind.WRONG)
        if until := device.blocked_until():
            return BackupOutcome(Kind.THROTTLED, until=until)
        if accepted := django_otp.verify_token(user, device.persistent_id, token):
            left = accepted.left
            door.record(
                thing=user,
                verb="backup_code_used",
                by=viewer_for(user=user, verified=True),
                data={"left": left},
            )
            context = {"left": left, "few": left <= FEW, "at": clock.now()}
            tell_owner(user=user, template="backup_code_used", context=context)
            return BackupOutcome(Kind.OK, device=accepted)
        if device.find(token) is not None:
            return BackupOutcome(Kind.USED)
        # The row was read before the failure was added.
        if device.throttling_failure_count + 1 == TELL_OWNER_AT:
            tell_of_wrong_codes(user=user)
    return BackupOutcome(Kind.WRONG)
