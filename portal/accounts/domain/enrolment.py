"""Binding the first device to an account: a grant, a link, a seed, a code."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.urls import reverse

from portal.access import clock
from portal.access.viewer import Viewer, viewer_for
from portal.accounts.domain import passkeys
from portal.accounts.domain.codes import Outcome, verify_code
from portal.accounts.domain.factors import held
from portal.accounts.domain.letters import tell_owner
from portal.accounts.models import AuthenticatorDevice, EnrolmentGrant, Passkey, User
from portal.journal import door
from portal.outbox.post import link, post

#: What a first device is called until its owner renames it.
DEVICE_NAME = "Authenticator app"


class EnrolmentRefused(Exception):
    """A grant that opens nothing. `reason` is "unknown", "expired", "used", "elsewhere", "enrolled" or "inactive"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class IssuedGrant:
    """A fresh grant with its link: the only moment at which the link is known."""

    grant: EnrolmentGrant
    url: str


def is_enrolled(*, user: User) -> bool:
    """Return whether the user has a confirmed authenticator app or passkey; backup codes alone are no factor."""
    return bool(held(user=user))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue_grant(*, user: User, purpose: str, by: Viewer) -> IssuedGrant:
    """Give `user` a day to bind a first device; an older unused grant ends. Returns the grant and its full link.

    The caller hands the link over; `invite` also mails it. Raises `EnrolmentRefused` for an account that has a second
    factor ("enrolled") or is closed ("inactive").
    """
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        if not user.is_active:
            raise EnrolmentRefused("inactive")
        if is_enrolled(user=user):
            raise EnrolmentRefused("enrolled")
        EnrolmentGrant.objects.filter(user=user, used_at=None, expires_at__gt=clock.now()).update(
            expires_at=clock.now()
        )
        grant = EnrolmentGrant.objects.create(user=user, token_hash=_digest(token), purpose=purpose)
        door.record(thing=user, verb="enrolment_granted", by=by, data={"purpose": str(purpose)})
    return IssuedGrant(grant, link(reverse("accounts_enrol", args=[token])))


def invite(*, user: User, purpose: str, by: Viewer) -> IssuedGrant:
    """Issue a grant and mail its link to the account's address."""
    with transaction.atomic():
        issued = issue_grant(user=user, purpose=purpose, by=by)
        post(
            to=user.email,
            template="enrolment_link",
            context={"url": issued.url, "grant": issued.grant},
            user_id=user.pk,
        )
    return issued


def find_grant(*, token: str) -> EnrolmentGrant:
    """Return the live grant behind a link without using anything up. Raises `EnrolmentRefused`."""
    grant = EnrolmentGrant.objects.select_related("user").filter(token_hash=_digest(token)).first()
    if grant is None:
        raise EnrolmentRefused("unknown")
    return _checked(grant)


def _locked(grant: EnrolmentGrant) -> EnrolmentGrant:
    """Return the grant, fresh, with account and grant locked: the account first, so that of two grants one binds."""
    user = User.objects.select_for_update().get(pk=grant.user_id)
    row = EnrolmentGrant.objects.select_for_update(of=("self",)).select_related("device").get(pk=grant.pk)
    row.user = user
    return row


def _checked(grant: EnrolmentGrant, opening: str | None = None) -> EnrolmentGrant:
    """Return the grant if it opens something, for this `opening` where one is given."""
    if grant.used_at is not None:
        raise EnrolmentRefused("used")
    if grant.expired:
        raise EnrolmentRefused("expired")
    if not grant.user.is_active:
        raise EnrolmentRefused("inactive")
    if is_enrolled(user=grant.user):
        raise EnrolmentRefused("enrolled")
    if opening is not None and not secrets.compare_digest(grant.opening, opening):
        raise EnrolmentRefused("elsewhere")
    return grant


@transaction.atomic
def open_grant(*, token: str) -> EnrolmentGrant:
    """Open a link in one browser: earlier openings end, and so does a seed that was shown under them.

    The returned grant's `opening` is what the browser's session must remember. The link came by mail, so the address
    counts as verified. Raises `EnrolmentRefused`.
    """
    grant = _checked(_locked(find_grant(token=token)))
    AuthenticatorDevice.objects.filter(user=grant.user, confirmed=False).delete()
    grant.opening, grant.device = secrets.token_hex(16), None
    grant.save(update_fields=["opening", "device"])
    EmailAddress.objects.update_or_create(
        user=grant.user, email=grant.user.email, defaults={"verified": True, "primary": True}
    )
    door.record(thing=grant.user, verb="enrolment_opened", by=viewer_for(user=grant.user, verified=False))
    return grant


def opened_grant(*, pk: int, opening: str) -> EnrolmentGrant:
    """Return the grant that a session opened, if it still opens something. Raises `EnrolmentRefused`."""
    grant = EnrolmentGrant.objects.select_related("user").filter(pk=pk).first()
    if grant is None:
        raise EnrolmentRefused("unknown")
    return _checked(grant, opening)


@transaction.atomic
def choose_password(*, grant: EnrolmentGrant, password: str) -> User:
    """Set the first password of an account that has none. Raises `ValidationError` for a weak one.

    An account that has a password keeps it: the link alone does not replace it (`EnrolmentRefused` "enrolled"). A grant
    that was stopped meanwhile sets none.
    """
    user: User = _checked(_locked(grant), grant.opening).user
    if user.has_usable_password():
        raise EnrolmentRefused("enrolled")
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    door.record(thing=user, verb="password_chosen", by=viewer_for(user=user, verified=False))
    return user


@transaction.atomic
def begin(*, grant: EnrolmentGrant) -> AuthenticatorDevice:
    """Return the unconfirmed device whose seed is shown; the same one when the page is loaded again."""
    row = _checked(_locked(grant), grant.opening)
    if row.device is None:
        row.device = AuthenticatorDevice.objects.create(user=row.user, name=DEVICE_NAME, confirmed=False)
        row.save(update_fields=["device"])
    row.device.user = row.user
    return row.device


def confirm(*, grant: EnrolmentGrant, code: str) -> Outcome:
    """Bind the shown device by its first code and use the grant up, in one transaction; journalled and mailed.

    A code that is not right changes nothing but the pause. Raises `EnrolmentRefused` when the grant ended meanwhile.
    """
    with transaction.atomic():
        row = _checked(_locked(grant), grant.opening)
        if row.device is None:
            raise EnrolmentRefused("elsewhere")
        outcome = verify_code(user=row.user, code=code, device=row.device)
        if outcome.device is None:
            return outcome
        outcome.device.confirmed = True
        outcome.device.save(update_fields=["confirmed"])
        _use_up(row, outcome.device)
    return outcome


def confirm_passkey(*, grant: EnrolmentGrant, binding: str, answer: str, name: str) -> passkeys.Outcome:
    """Bind a passkey as the first second factor and use the grant up, in one transaction; journalled and mailed.

    `binding`, `answer` and `name` as in `passkeys.register`. A seed that was shown meanwhile ends. Raises
    `EnrolmentRefused` when the grant ended.
    """
    received = passkeys.receive(user=grant.user, binding=binding, answer=answer)
    if isinstance(received, passkeys.Outcome):
        return received
    with transaction.atomic():
        row = _checked(_locked(grant), grant.opening)
        outcome = received.bind(name=name)
        if outcome.device is not None:
            AuthenticatorDevice.objects.filter(user=row.user, confirmed=False).delete()
            row.device = None
            _use_up(row, outcome.device)
    return outcome


def _use_up(row: EnrolmentGrant, device: AuthenticatorDevice | Passkey) -> None:
    """End the grant that bound `device`, and tell its owner."""
    row.used_at = clock.now()
    row.save(update_fields=["used_at", "device"])
    door.record(
        thing=row.user,
        verb="second_factor_added",
        by=viewer_for(user=row.user, verified=True),
        data={"device": device.name, "purpose": row.purpose},
    )
    tell_owner(user=row.user, template="second_factor_added", context={"device": device, "at": row.used_at})


def forget_unfinished() -> int:
    """Remove seeds that were shown and never confirmed, once their grant is over; returns how many."""
    live = EnrolmentGrant.objects.filter(used_at=None, expires_at__gt=clock.now(), device__isnull=False)
    stale = AuthenticatorDevice.objects.filter(confirmed=False).exclude(pk__in=live.values("device_id"))
    return stale.delete()[1].get("accounts.AuthenticatorDevice", 0)
