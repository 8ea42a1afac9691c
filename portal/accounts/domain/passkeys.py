"""Passkeys: registering them, and checking what they sign.

Both go the same way: `begin…` hands out options with a fresh challenge, the browser has them answered, and the answer
comes back as the browser's `PublicKeyCredential` in JSON. A challenge is spent before its answer is looked at, so of
two requests with the same answer one is refused. Wrong codes of an app make no passkey wait: nothing here is throttled
by them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django_otp_webauthn.exceptions import CredentialNotFound, CredentialUserMismatch, OTPWebAuthnApiError
from webauthn.helpers import base64url_to_bytes, parse_attestation_object, parse_authenticator_data
from webauthn.helpers.exceptions import WebAuthnException

from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer
from portal.accounts.domain.factors import held
from portal.accounts.domain.letters import tell_owner
from portal.accounts.domain.passkey_helper import PasskeyHelper
from portal.accounts.models import Ceremony, Passkey, PasskeyChallenge, User
from portal.journal import door

#: What a passkey is called whose owner gave it no name.
PASSKEY_NAME = "Passkey"
LONGEST_NAME: int = Passkey._meta.get_field("name").max_length
#: Characters of an answer; the largest that devices send, an attestation with certificates, has a quarter of this.
LONGEST_ANSWER = 32_768
#: Challenges that one browser may have open, one for each tab; older ones end.
MOST_OPEN = 8
_CHALLENGE = re.compile(r"[\w-]{1,96}", re.ASCII)
#: What a browser's answer may hold (WebAuthn Level 3, 5.1) and we look at; the account is known without a user handle.
_PARTS = ("id", "rawId", "type", "authenticatorAttachment")
_RESPONSE = ("clientDataJSON", "attestationObject", "authenticatorData", "signature")
#: What the libraries raise for answers that are wrong; of base64 and of curves, Python's own error comes through.
_WRONG = (WebAuthnException, OTPWebAuthnApiError, ValueError)


class Kind(Enum):
    """How an answer fared: the flag over the button."""

    OK = ""
    MISSING = gettext_noop("No passkey answered")
    STALE = gettext_noop("That took too long")
    UNKNOWN = gettext_noop("That passkey does not belong to this account")
    UNLOCKED = gettext_noop("The passkey was used without a screen lock or PIN")
    TAKEN = gettext_noop("That passkey is registered already")
    REFUSED = gettext_noop("That passkey could not be checked")

    @property
    def title(self) -> Any:
        """What happened, in a few words, in the language of the page that prints it."""
        return gettext_lazy(self.value)


@dataclass(frozen=True)
class Outcome:
    """What became of an answer. `device` is the passkey that gave it, or the one just registered."""

    kind: Kind
    device: Passkey | None = None

    @property
    def ok(self) -> bool:
        """Whether the answer was accepted."""
        return self.kind is Kind.OK

    @property
    def title(self) -> str:
        """What happened, in a few words."""
        return str(self.kind.title)

    @property
    def advice(self) -> str:
        """What to do next, in a sentence or two."""
        if self.kind is Kind.MISSING:
            return gettext("Passkeys need JavaScript and a browser that knows them. Or use one of the other ways.")
        if self.kind is Kind.STALE:
            return gettext("A question to a passkey lasts five minutes and is answered once. Press the button again.")
        if self.kind is Kind.UNKNOWN:
            return gettext("It may be of another account, or it was removed. Choose another passkey or another way.")
        if self.kind is Kind.UNLOCKED:
            return gettext("We need its fingerprint, face or PIN each time. Set one up on the device, then try again.")
        if self.kind is Kind.TAKEN:
            return gettext("A passkey stands for one account only. Make a new one on the device.")
        if self.kind is Kind.REFUSED:
            return gettext("Nothing was changed. Try again; if that fails too, use another way and tell the office.")
        return ""


class NoPasskey(LookupError):
    """The account has no passkey that could be used."""


class _Unusable(Exception):
    """An answer that ends here, with the reason."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(kind.name)
        self.kind = kind


def passkeys_of(*, user: User) -> list[Passkey]:
    """Return the account's passkeys, the one used last first."""
    return sorted(
        Passkey.objects.filter(user=user, confirmed=True),
        key=lambda passkey: (passkey.last_used_at or passkey.created_at, passkey.pk),
        reverse=True,
    )


def begin_registration(*, user: User, binding: str) -> dict[str, Any]:
    """Return the options for `navigator.credentials.create()` as JSON knows them.

    `binding` names the browser's session: the answer is taken from there alone.
    """
    options, state = PasskeyHelper().register_begin(user=user)
    _open(user=user, ceremony=Ceremony.REGISTER, binding=binding, challenge=state["challenge"])
    return dict(options)


def begin(*, user: User, binding: str) -> dict[str, Any]:
    """Return the options for `navigator.credentials.get()`, with the account's passkeys in them.

    The caller knows that the person gave the password or is signed in: to nobody else are they shown. Raises
    `NoPasskey` where there is none.
    """
    options, state = PasskeyHelper().authenticate_begin(user=user, require_user_verification=True)
    if not options["allowCredentials"]:
        raise NoPasskey
    _open(user=user, ceremony=Ceremony.USE, binding=binding, challenge=state["challenge"])
    return dict(options)


def _open(*, user: User, ceremony: Ceremony, binding: str, challenge: str) -> None:
    """Keep a challenge, and let go of what nobody will answer any more."""
    rows = PasskeyChallenge.objects.filter(user=user)
    newest = rows.filter(binding=binding).order_by("-pk").values("pk")[: MOST_OPEN - 1]
    late = Q(expires_at__lte=clock.machine_now())
    # One statement, where `delete` would read the rows first for whoever listens; nobody does.
    rows.filter(late | (Q(binding=binding) & ~Q(pk__in=newest)))._raw_delete(rows.db)  # noqa: SLF001
    PasskeyChallenge.objects.create(user=user, ceremony=ceremony, binding=binding, challenge=challenge)


def forget_challenges() -> int:
    """Remove challenges that ran out; returns how many."""
    return PasskeyChallenge.objects.filter(expires_at__lte=clock.machine_now()).delete()[0]


def _read(answer: str) -> dict[str, Any]:
    """Return the parts of an answer that are checked. Raises `_Unusable` for anything but a browser's answer."""
    try:
        found = json.loads(answer[:LONGEST_ANSWER] if answer else "null")
    except (ValueError, RecursionError) as error:
        raise _Unusable(Kind.REFUSED) from error
    if found is None:
        raise _Unusable(Kind.MISSING)
    response = found.get("response") if isinstance(found, dict) else None
    if not isinstance(response, dict):
        raise _Unusable(Kind.REFUSED)
    transports = response.get("transports")
    parts = {key: found[key] for key in _PARTS if isinstance(found.get(key), str)}
    parts["response"] = {key: response[key] for key in _RESPONSE if isinstance(response.get(key), str)}
    if isinstance(transports, list):
        parts["response"]["transports"] = [each for each in transports if isinstance(each, str)][:10]
    # What a browser says about extensions is not signed; we asked for none.
    parts["clientExtensionResults"] = {}
    return parts


def _spend(*, user: User, ceremony: Ceremony, binding: str, answer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the parts of an answer and the state that it is checked against; its challenge is spent from here on.

    Raises `_Unusable` when there is no such challenge (any more) for this account, in this browser, for this purpose.
    """
    parts = _read(answer)
    try:
        signed = json.loads(base64url_to_bytes(parts["response"]["clientDataJSON"]))
        challenge = str(signed["challenge"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _Unusable(Kind.REFUSED) from error
    if not _CHALLENGE.fullmatch(challenge):
        raise _Unusable(Kind.STALE)
    # Spent before anything is checked: an answer that fails cannot be tried again either. The database lets one of two
    # requests change the row.
    spent = PasskeyChallenge.objects.filter(
        challenge=challenge,
        user=user,
        ceremony=ceremony,
        binding=binding,
        spent=False,
        expires_at__gt=clock.machine_now(),
    ).update(spent=True)
    if not spent:
        raise _Unusable(Kind.STALE)
    return parts, {"challenge": challenge, "require_user_verification": True}


def verify(*, user: User, binding: str, answer: str) -> Outcome:
    """Check the answer of one of the account's passkeys; a right one is noted as its last use.

    The passkey's row is locked meanwhile, so that its counter of uses goes up one by one. A wrong answer is journalled,
    and the owner is told once a day. Call it outside of a transaction: one that is rolled back would give the challenge
    back.
    """
    try:
        parts, state = _spend(user=user, ceremony=Ceremony.USE, binding=binding, answer=answer)
    except _Unusable as fault:
        return Outcome(fault.kind)
    try:
        with transaction.atomic():
            device = PasskeyHelper().authenticate_complete(user=user, state=state, data=parts)
        if not device.confirmed:
            raise CredentialNotFound
    except (CredentialNotFound, CredentialUserMismatch):
        return _refuse(user, Kind.UNKNOWN)
    except _WRONG:
        if _without_verification(lambda: parse_authenticator_data(_bytes(parts, "authenticatorData"))):
            return Outcome(Kind.UNLOCKED)
        return _refuse(user, Kind.REFUSED)
    device.user = user
    return Outcome(Kind.OK, device=device)


def register(*, user: User, binding: str, answer: str, name: str, by: Viewer) -> Outcome:
    """Add a passkey to an account that has a second factor already; journalled, and mailed to its owner.

    `name` may be empty. An account without any is given its first one by `enrolment.confirm_passkey` alone. Call it
    outside of a transaction.
    """
    received = receive(user=user, binding=binding, answer=answer)
    if isinstance(received, Outcome):
        return received
    with transaction.atomic():
        # A recovery takes all devices away under the same lock: what a lost one began must not outlive it.
        owner = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if not (owner.is_active and held(user=owner)):
            return Outcome(Kind.STALE)
        outcome = received.bind(name=name)
        if outcome.device is not None:
            door.record(
                thing=user,
                verb="second_factor_added",
                by=by,
                data={"device": outcome.device.name, "kind": "passkey"},
            )
            tell_owner(
                user=user,
                template="second_factor_added",
                context={"device": outcome.device, "at": clock.now()},
            )
    return outcome


@dataclass(frozen=True)
class Received:
    """The answer of a new passkey whose challenge is spent: `bind` makes it the account's."""

    user: User
    parts: dict[str, Any]
    state: dict[str, Any]

    def bind(self, *, name: str) -> Outcome:
        """Check the answer and keep the passkey under `name`, or the next free "Passkey 2". It counts at once."""
        try:
            with transaction.atomic():
                helper = PasskeyHelper(name=_free_name(self.user, name))
                device = helper.register_complete(user=self.user, state=self.state, data=self.parts)
        except IntegrityError:
            return Outcome(Kind.TAKEN)
        except _WRONG:
            made = _without_verification(lambda: parse_attestation_object(_bytes(self.parts, "attestationObject")))
            return Outcome(Kind.UNLOCKED if made else Kind.REFUSED)
        return Outcome(Kind.OK, device=device)


def receive(*, user: User, binding: str, answer: str) -> Received | Outcome:
    """Spend the challenge of a new passkey's answer; return what can be bound, or why nothing can.

    For callers that bind it together with something else, in a transaction of their own that begins after this.
    """
    try:
        parts, state = _spend(user=user, ceremony=Ceremony.REGISTER, binding=binding, answer=answer)
    except _Unusable as fault:
        return Outcome(fault.kind)
    return Received(user, parts, state)


def _free_name(user: User, name: str) -> str:
    """Return `name`, or a name that none of the user's passkeys has yet."""
    if tidied := " ".join(name.split())[:LONGEST_NAME]:
        return tidied
    taken = set(Passkey.objects.filter(user=user).values_list("name", flat=True))
    numbered = (f"{PASSKEY_NAME} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in (PASSKEY_NAME, *numbered) if name not in taken)


def _bytes(parts: dict[str, Any], key: str) -> bytes:
    return base64url_to_bytes(parts["response"].get(key, ""))


def _without_verification(parse: Callable[[], Any]) -> bool:
    """Return whether the authenticator itself says that it asked for neither PIN nor fingerprint."""
    try:
        parsed = parse()
    except (WebAuthnException, ValueError):
        return False
    return not getattr(parsed, "auth_data", parsed).flags.uv


def _refuse(user: User, kind: Kind) -> Outcome:
    """Journal an answer that should not exist: whoever sent it knows the password, so the owner is told, once a day."""
    with transaction.atomic():
        door.record(thing=user, verb="passkey_refused", by=SYSTEM, data={"reason": kind.name.lower()})
        tell_owner(
            user=user,
            template="passkey_refused",
            context={"at": clock.now()},
            key=f"passkey_refused:{user.pk}:{clock.now():%Y-%m-%d}",
        )
    return Outcome(kind)
