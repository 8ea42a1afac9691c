"""Signing in, and nothing else: accounts, second factors, and the permission to bind one."""

from portal.accounts.models.devices import AuthenticatorDevice
from portal.accounts.models.grants import EnrolmentGrant, Purpose
from portal.accounts.models.user import User, UserManager

__all__ = ["AuthenticatorDevice", "EnrolmentGrant", "Purpose", "User", "UserManager"]
