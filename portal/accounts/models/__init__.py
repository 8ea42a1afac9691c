"""Signing in, and nothing else: accounts, second factors, and the permission to bind one."""

from portal.accounts.models.addresses import AddressChange
from portal.accounts.models.backup import BackupCode, BackupCodes
from portal.accounts.models.devices import AuthenticatorDevice
from portal.accounts.models.grants import EnrolmentGrant, Purpose
from portal.accounts.models.passkeys import Ceremony, Passkey, PasskeyChallenge
from portal.accounts.models.sessions import EndedSession, KeptForm, KnownDevice, Session
from portal.accounts.models.user import User, UserManager

__all__ = [
    "AddressChange",
    "AuthenticatorDevice",
    "BackupCode",
    "BackupCodes",
    "Ceremony",
    "EndedSession",
    "EnrolmentGrant",
    "KeptForm",
    "KnownDevice",
    "Passkey",
    "PasskeyChallenge",
    "Purpose",
    "Session",
    "User",
    "UserManager",
]
