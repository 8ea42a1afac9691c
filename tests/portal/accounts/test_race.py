"""Two requests with the same code at the same moment. SQLite has no row locks, so this needs PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from portal.access.viewer import SYSTEM, viewer_for
from portal.accounts.domain import backup_codes, devices, enrolment
from portal.accounts.domain.codes import Kind, verify_code
from portal.accounts.models import AuthenticatorDevice, BackupCodes, Purpose, User
from tests.portal.accounts.telephone import code_of

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def _at_once(count: int, work) -> list:
    """Run `work` in `count` threads that begin together; returns what each returned or raised."""
    gate, found = threading.Barrier(count), []

    def run() -> None:
        gate.wait()
        try:
            found.append(work())
        except enrolment.EnrolmentRefused as refusal:
            found.append(refusal.reason)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return found


def test_verify_code_by_four_requests_at_once_accepts_one() -> None:
    user = User.objects.create_user("race@example.org")
    AuthenticatorDevice.objects.create(user=user, name="Telephone")
    code = code_of(user)
    kinds = _at_once(4, lambda: verify_code(user=User.objects.get(pk=user.pk), code=code).kind)
    assert sorted(kind.name for kind in kinds) == ["OK", "USED", "USED", "USED"]
    assert Kind.OK in kinds


def test_confirm_by_two_requests_at_once_binds_one_device() -> None:
    user = User.objects.create_user("race@example.org")
    issued = enrolment.issue_grant(user=user, purpose=Purpose.INVITATION, by=SYSTEM)
    grant = enrolment.open_grant(token=issued.url.rstrip("/").rsplit("/", 1)[-1])
    enrolment.begin(grant=grant)
    code = code_of(user)
    found = _at_once(2, lambda: enrolment.confirm(grant=grant, code=code).kind.name)
    assert sorted(found) == ["OK", "used"]
    assert AuthenticatorDevice.objects.filter(user=user, confirmed=True).count() == 1


def test_verify_backup_code_by_four_requests_at_once_accepts_one() -> None:
    user = User.objects.create_user("race@example.org")
    AuthenticatorDevice.objects.create(user=user, name="A", confirmed=True)
    codes = backup_codes.new_codes()
    backup_codes.keep(user=user, codes=codes)
    kinds = _at_once(4, lambda: backup_codes.verify_backup_code(user=User.objects.get(pk=user.pk), code=codes[3]).kind)
    assert sorted(kind.name for kind in kinds) == ["OK", "USED", "USED", "USED"]
    assert BackupCodes.objects.get(user=user).left == 9


def test_wrong_backup_codes_at_once_are_counted_one_by_one() -> None:
    user = User.objects.create_user("race@example.org")
    AuthenticatorDevice.objects.create(user=user, name="A", confirmed=True)
    backup_codes.keep(user=user, codes=backup_codes.new_codes())
    wrong = "0000 0000 0000 0000 0000"
    kinds = _at_once(4, lambda: backup_codes.verify_backup_code(user=user, code=wrong).kind)
    assert sorted(kind.name for kind in kinds) == ["THROTTLED", "THROTTLED", "THROTTLED", "WRONG"]


def test_remove_of_both_devices_at_once_keeps_one() -> None:
    user = User.objects.create_user("race@example.org")
    pks = [AuthenticatorDevice.objects.create(user=user, name=name).pk for name in ("A", "B")]
    viewer = viewer_for(user=user, verified=True)

    def remove() -> str:
        try:
            devices.remove(user=user, kind="app", pk=pks.pop(), keep_session=None, by=viewer)
        except devices.DeviceRefused as refusal:
            return refusal.reason
        return "removed"

    assert sorted(_at_once(2, remove)) == ["last", "removed"]
    assert AuthenticatorDevice.objects.filter(user=user).count() == 1
