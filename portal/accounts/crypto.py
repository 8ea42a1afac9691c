"""Encrypted columns: Fernet over `settings.FIELD_KEYS`, the first key for writing, all of them for reading."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(RuntimeError):
    """A stored value that none of the present keys opens: a key was taken away, or the value was changed."""


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


def seal(plain: bytes) -> str:
    """Return `plain` encrypted and authenticated under the newest key, as text for a column."""
    return _keys().encrypt(plain).decode()


def is_newest(sealed: str) -> bool:
    """Return whether the newest key alone opens a sealed value."""
    try:
        Fernet(settings.FIELD_KEYS[0]).decrypt(sealed.encode())
    except InvalidToken:
        return False
    return True


def seal_anew(sealed: str) -> str:
    """Return a sealed value under the newest key. Raises `SealBroken` when no key opens it."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealBroken("no key in FIELD_KEYS opens this value") from error


def unseal(sealed: str) -> bytes:
    """Return what was sealed. Raises `SealBroken` when no key opens it."""
    try:
        return _keys().decrypt(sealed.encode())
    except InvalidToken as error:
        raise SealBroken("no key in FIELD_KEYS opens this value") from error
