"""Passwords that say nothing but what everybody here knows."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

#: The portal, its field and its people, as a stranger would try them (ASVS 6.1.2); docs/security.md names the list.
WORDS = frozenset(
    "noc portal community exchange exchanges library network operational operations centre centres center police "
    "polizei policja gendarmerie control room contact point national programme office europe europol interpol csirt "
    "coordination security secure password passwort passphrase haslo welcome admin administrator login".split()
)
#: Letters and digits that must be left of a password without them.
LEAST = 8


class KnownWordsValidator(CommonPasswordValidator):
    """Refuses what is little more than words of the portal and of the account's own address, in Django's words."""

    def __init__(self) -> None:
        """Need no list of passwords."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` where fewer than `LEAST` letters and digits are left without the known words."""
        own = re.findall(r"[^\W_]{3,}", getattr(user, "email", "").casefold())
        left = password.casefold()
        for word in sorted({*WORDS, *own}, key=len, reverse=True):
            left = left.replace(word, " ")
        if sum(char.isalnum() for char in left) < LEAST:
            raise ValidationError(self.get_error_message(), code="password_too_common")
