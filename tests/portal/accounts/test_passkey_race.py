"""The same passkey in two requests at the same moment. SQLite has no row locks, so this needs PostgreSQL."""

from __future__ import annotations

import pytest

from portal.access.viewer import SYSTEM, viewer_for
from portal.accounts.domain import enrolment, factors, passkeys, resets
from portal.accounts.models import AuthenticatorDevice, EnrolmentGrant, Passkey, Purpose, User
from tests.portal.accounts.at_once import at_once
from tests.portal.accounts.authenticator import Authenticator
from tests.portal.accounts.telephone import code_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

HERE = "a" * 32


def register(user: User, answer: str) -> str:
    """Register a passkey by its answer; returns how it fared."""
    by = viewer_for(user=user, verified=True)
    return passkeys.register(user=user, binding=HERE, answer=answer, name="", by=by).kind.name


def owner(email: str = "race@example.org") -> User:
    """Return a new account with an authenticator app."""
    user = newcomer(email)
    AuthenticatorDevice.objects.create(user=user, name="Telephone")
    return user


def newcomer(email: str = "race@example.org") -> User:
    """Return a new account without a second factor."""
    return User.objects.create_user(email)


def bound(user: User) -> Authenticator:
    """Return a device whose key is registered."""
    device = Authenticator()
    assert register(user, device.make(passkeys.begin_registration(user=user, binding=HERE))) == "OK"
    return device


def opened(user: User) -> EnrolmentGrant:
    """Return a grant whose link was opened."""
    issued = enrolment.issue_grant(user=user, purpose=Purpose.INVITATION, by=SYSTEM)
    return enrolment.open_grant(token=issued.url.rstrip("/").rsplit("/", 1)[-1])


def test_verify_by_four_requests_at_once_accepts_one() -> None:
    user = owner()
    answer = bound(user).use(passkeys.begin(user=user, binding=HERE))
    found = at_once([lambda: passkeys.verify(user=user, binding=HERE, answer=answer).kind.name] * 4)
    assert sorted(found) == ["OK", "STALE", "STALE", "STALE"]


def test_verify_of_two_copies_of_one_key_at_once_accepts_one() -> None:
    """Both sign a challenge of their own with the same count of uses: the counter tells the copy."""
    user = owner()
    device = bound(user)
    answers = []
    for _ in range(2):
        device.counter = 4
        answers.append(device.use(passkeys.begin(user=user, binding=HERE)))
    works = [lambda a=answer: passkeys.verify(user=user, binding=HERE, answer=a).kind.name for answer in answers]
    assert sorted(at_once(works)) == ["OK", "REFUSED"]
    assert Passkey.objects.get().sign_count == 5


def test_register_by_four_requests_at_once_keeps_one() -> None:
    user = owner()
    answer = Authenticator().make(passkeys.begin_registration(user=user, binding=HERE))
    assert sorted(at_once([lambda: register(user, answer)] * 4)) == ["OK", "STALE", "STALE", "STALE"]
    assert Passkey.objects.count() == 1


def test_register_of_one_key_by_two_accounts_at_once_gives_it_to_one() -> None:
    device, users = Authenticator(), [owner("one@example.org"), owner("two@example.org")]
    answers = [device.make(passkeys.begin_registration(user=user, binding=HERE)) for user in users]
    works = [lambda u=user, a=answer: register(u, a) for user, answer in zip(users, answers, strict=True)]
    assert sorted(at_once(works)) == ["OK", "TAKEN"]
    assert Passkey.objects.count() == 1


def test_enrolment_by_two_requests_at_once_binds_one_passkey() -> None:
    user = newcomer()
    grant = opened(user)
    answer = Authenticator().make(passkeys.begin_registration(user=user, binding=HERE))
    confirm = lambda: enrolment.confirm_passkey(grant=grant, binding=HERE, answer=answer, name="").kind.name  # noqa: E731
    assert sorted(at_once([confirm] * 2)) == ["OK", "STALE"]
    assert Passkey.objects.count() == 1


def test_enrolment_with_app_and_passkey_at_once_binds_one_of_them() -> None:
    user = newcomer()
    grant = opened(user)
    enrolment.begin(grant=grant)
    code = code_of(user)
    answer = Authenticator().make(passkeys.begin_registration(user=user, binding=HERE))
    found = at_once(
        [
            lambda: enrolment.confirm(grant=grant, code=code),
            lambda: enrolment.confirm_passkey(grant=grant, binding=HERE, answer=answer, name=""),
        ]
    )
    refused = [each for each in found if isinstance(each, enrolment.EnrolmentRefused)]
    assert [each.reason for each in refused] == ["used"]
    assert len(factors.second_factors(user=user).devices) == 1


def test_register_while_a_lost_device_is_released_leaves_no_passkey() -> None:
    user = owner()
    answer = Authenticator().make(passkeys.begin_registration(user=user, binding=HERE))
    found = at_once([lambda: register(user, answer), lambda: resets.start_anew(user=user, by=SYSTEM)])
    assert len(found) == 2
    assert not [each for each in found if isinstance(each, Exception)]
    assert Passkey.objects.count() == 0
