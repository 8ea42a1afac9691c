"""A person's second factors: which there are, adding an app, their names, and taking one away."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q
from django_otp.models import Device

from portal.accounts.models import AuthenticatorDevice, BackupCodes, Passkey, User

#: Said to what was begun before an account lost all its devices and got a new start, and arrives afterwards.
STARTED_ANEW = "This account was changed by somebody else at the same moment. Nothing was done; sign in again."


@dataclass(frozen=True)
class Held:
    """What a person can give as a second factor, in short."""

    apps: bool = False
    passkeys: bool = False
    codes_left: int = 0

    def __bool__(self) -> bool:
        """Backup codes stand in for an app or a passkey; alone they are no factor."""
        return self.apps or self.passkeys


@dataclass(frozen=True)
class Factors:
    """A person's second factors, the oldest first."""

    apps: list[AuthenticatorDevice]
    passkeys: list[Passkey]
    #: The set of backup codes, if one was ever kept, and how many of it were not used yet.
    codes: BackupCodes | None
    codes_left: int

    @property
    def devices(self) -> list[Device]:
        """Apps and passkeys; the last one cannot be taken away."""
        return [*self.apps, *self.passkeys]


def held(*, user: User) -> Held:
    """Return which second factors `user` can give. One query."""
    mine = {"user": OuterRef("pk"), "confirmed": True}
    row = (
        User.objects.filter(pk=user.pk)
        .annotate(
            has_app=Exists(AuthenticatorDevice.objects.filter(**mine)),
            has_passkey=Exists(Passkey.objects.filter(**mine)),
            codes_left=Count("backupcodes__codes", filter=Q(backupcodes__codes__used_at=None)),
        )
        .values("has_app", "has_passkey", "codes_left")
        .first()
    )
    return Held(apps=row["has_app"], passkeys=row["has_passkey"], codes_left=row["codes_left"]) if row else Held()


def second_factors(*, user: User) -> Factors:
    """Return the confirmed second factors of `user`. Three queries."""
    codes = BackupCodes.objects.filter(user=user).annotate(unused=Count("codes", filter=Q(codes__used_at=None))).first()
    return Factors(
        apps=list(AuthenticatorDevice.objects.filter(user=user, confirmed=True).order_by("pk")),
        passkeys=list(Passkey.objects.filter(user=user, confirmed=True).order_by("pk")),
        codes=codes,
        codes_left=codes.unused if codes else 0,
    )
