"""One way to write an address, and the keyed hash that stands for it."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

#: RFC 5321, 4.5.3.1: a path has at most 256 characters with its angle brackets.
LONGEST = 254
REFUSED = _("Write the address as name@example.org")


def tidy(typed: str) -> str:
    """Return an address as it is kept: the local part as typed, the domain in lower case and in ASCII (IDNA).

    Raises `ValidationError` for what is no address, is too long, or has a quoted local part or control characters:
    both are lawful in RFC 5321 and used by nobody but those who try to break a mail's head.
    """
    text = typed.strip()
    # Before the domain is put into ASCII: that takes seconds for a megabyte of it. It gets no shorter by it.
    if len(text) > LONGEST:
        raise ValidationError(say("An address has at most %d characters") % LONGEST, code="max_length")
    local, _, domain = text.rpartition("@")
    if not text.isprintable() or '"' in local or not domain:
        raise ValidationError(REFUSED, code="invalid")
    try:
        address = f"{local}@{domain.lower().encode('idna').decode('ascii')}"
    except UnicodeError as error:
        raise ValidationError(REFUSED, code="invalid") from error
    if len(address) > LONGEST:
        raise ValidationError(say("An address has at most %d characters") % LONGEST, code="max_length")
    try:
        validate_email(address)
    except ValidationError as error:
        raise ValidationError(REFUSED, code="invalid") from error
    return address


def digest(address: str) -> str:
    """Return the keyed hash of a tidied address, 128 bits as hex; capitals do not count.

    Keyed, so that a list of hashes tells nobody which address stands on it by trying addresses; with the oldest of the
    keys for links, because blocked mailboxes are known by their hash alone.
    """
    key = settings.LINK_KEYS[-1]
    named = salted_hmac("portal.updates.address", address.casefold(), secret=key, algorithm="sha256")
    return named.hexdigest()[:32]
