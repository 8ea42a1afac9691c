"""Backup codes: ten on paper, for the night on which the telephone is lost."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.db import models
from django_otp.models import Device, TimestampMixin

from portal.access import clock
from portal.accounts.models.devices import PausingMixin

#: How many codes a set has.
SET_SIZE = 10
#: Characters of a code's name, which stands in clear and says which row to look at, and of its secret. The secret's 16
#: characters out of 32 have 80 bits (design: access).
NAME_LENGTH, SECRET_LENGTH = 4, 16
#: Digits and small letters without i, l, o and u, which are misread (Crockford's Base32).
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class BackupCodes(TimestampMixin, PausingMixin, Device):
    """One person's set of backup codes, one row for each person who ever kept some.

    A new set takes the old one's place under the same row, so that a session which was opened with a code stays
    verified. Check codes through `domain.backup_codes.verify_backup_code`, which holds the row's lock.
    """

    #: When the present set was confirmed as kept.
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = "backup codes"
        constraints = [models.UniqueConstraint(fields=["user"], name="accounts_one_set_of_backup_codes")]

    def find(self, token: str) -> BackupCode | None:
        """Return the row of a code, used or not, or None. One hash is computed at most: the code names its row."""
        row = self.codes.filter(name=token[:NAME_LENGTH]).first()
        return row if row is not None and check_password(token[NAME_LENGTH:], row.secret_hash) else None

    def verify_token(self, token: str) -> bool:
        """Accept a code once. Called by `django_otp.verify_token` with the row locked; a wrong one makes a pause."""
        if not self.verify_is_allowed()[0]:
            return False
        row = self.find(token)
        if row is None:
            self.throttle_increment()
            return False
        if row.used_at is not None:
            return False
        row.used_at = clock.now()
        row.save(update_fields=["used_at"])
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True

    @property
    def left(self) -> int:
        """How many codes were not used yet."""
        return self.codes.filter(used_at=None).count()


class BackupCode(models.Model):
    """One code: its name in clear, its secret under Argon2."""

    device = models.ForeignKey(BackupCodes, on_delete=models.CASCADE, related_name="codes")
    name = models.CharField(max_length=NAME_LENGTH)
    secret_hash = models.CharField(max_length=255)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "name"], name="accounts_backup_code_names")]

    def __str__(self) -> str:
        return f"{self.name} …"
