"""Two words at the same moment. SQLite has no row locks, so this needs PostgreSQL."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from portal.access import clock
from portal.accounts.domain import enrolment
from portal.accounts.models import AuthenticatorDevice, EnrolmentGrant, User
from portal.community.domain import recovery
from portal.community.models import Recovery
from portal.journal.errors import JournalError
from portal.journal.models import Entry
from portal.outbox.models import Mail
from portal.privacy.domain import people
from tests.factories import viewer
from tests.portal.accounts.telephone import code_of
from tests.portal.community.lost import asked, confirmed, contact_point, mails, member, office, released

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(*work: Callable[[], object]) -> Counter[str]:
    """Do everything in threads that begin together; returns how many were done and how many refused."""
    gate = threading.Barrier(len(work))
    found: Counter[str] = Counter()

    def run(task: Callable[[], object]) -> None:
        gate.wait()
        try:
            task()
            found["done"] += 1
        except (JournalError, enrolment.EnrolmentRefused):
            found["refused"] += 1
        except Exception as error:  # noqa: BLE001 - a thread's error would go unseen: it is the test's to count
            found[repr(error)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(task,)) for task in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


def fresh() -> Recovery:
    """Return the only request as another process reads it."""
    return Recovery.objects.get()


def live_grants() -> int:
    """Return how many links open something."""
    return EnrolmentGrant.objects.filter(used_at=None, expires_at__gt=clock.now()).count()


def test_two_of_the_office_at_once_release_once() -> None:
    first, second = office(), office("Michał Szablonowy")
    confirmed(member(), contact_point())
    desk = [viewer(first), viewer(second)]
    found = at_once(*[lambda by=by: recovery.release(recovery=fresh(), by=by) for by in desk])
    assert found == {"done": 1, "refused": 1}
    assert (fresh().state, EnrolmentGrant.objects.count(), len(mails(kind="enrolment_link"))) == ("released", 1, 1)
    assert Entry.objects.filter(verb="release").count() == 1


def test_two_contact_points_at_once_confirm_once() -> None:
    desk = [viewer(contact_point()), viewer(contact_point(name="Jerzy Modelowy", role="ncp_deputy"))]
    asked(member())
    found = at_once(*[lambda by=by: recovery.confirm(recovery=fresh(), by=by, method="seen") for by in desk])
    assert found == {"done": 1, "refused": 1}
    assert len(mails(kind="recovery_confirmed")) == 1


@pytest.mark.parametrize("number", range(3))
def test_stop_while_it_is_being_released_leaves_no_link(number: int) -> None:
    staff = viewer(office())
    confirmed(member(), contact_point())
    found = at_once(
        lambda: recovery.release(recovery=fresh(), by=staff),
        lambda: recovery.stop(recovery=fresh()),
    )
    # Whoever comes first: a stopped request is not released, and a released one is stopped after all.
    assert found["done"] >= 1
    assert sum(found.values()) == found["done"] + found["refused"] == 2
    assert (fresh().state, live_grants()) == ("stopped", 0)


@pytest.mark.parametrize("number", range(3))
def test_deactivation_while_it_is_being_released_leaves_no_link(number: int) -> None:
    staff = office()
    person = member()
    confirmed(person, contact_point())
    by = viewer(staff)
    found = at_once(
        lambda: recovery.release(recovery=fresh(), by=by),
        lambda: people.close(user=User.objects.get(pk=person.user_id), by=by),
    )
    assert sum(found.values()) == found["done"] + found["refused"] == 2
    assert live_grants() == 0
    assert User.objects.get(pk=person.user_id).is_active is False
    # Released first, or refused and left as it was: never half of it.
    was_released = fresh().state == "released"
    assert found["done"] == (2 if was_released else 1)
    assert AuthenticatorDevice.objects.filter(user=person.user).exists() is not was_released


def test_four_requests_at_once_are_one() -> None:
    person, _ = member(), contact_point()
    found = at_once(*[lambda: recovery.ask(user=User.objects.get(pk=person.user_id), way="password", what="lost")] * 4)
    assert found == {"done": 4}
    assert (Recovery.objects.count(), Mail.objects.filter(kind="recovery_confirm").count()) == (1, 1)


def test_link_is_used_or_stopped_never_both() -> None:
    person = member()
    made = released(person, contact_point(), office())
    assert made.grant is not None
    letter = Mail.objects.get(kind="enrolment_link")
    token = next(line for line in letter.body.splitlines() if "/enrol/" in line).rstrip("/").rsplit("/", 1)[-1]
    grant = enrolment.open_grant(token=token)
    enrolment.begin(grant=grant)
    code = code_of(person.user)
    found = at_once(
        lambda: enrolment.confirm(grant=grant, code=code),
        lambda: recovery.stop(recovery=fresh()),
    )
    assert found == {"done": 1, "refused": 1}
    assert enrolment.is_enrolled(user=person.user) is (fresh().state == "released")


def test_release_and_wrong_codes_at_once_do_not_stand_in_each_others_way() -> None:
    from portal.accounts.domain.codes import verify_code

    staff = viewer(office())
    person = member()
    AuthenticatorDevice.objects.update(throttling_failure_count=4)
    confirmed(person, contact_point())
    found = at_once(
        lambda: recovery.release(recovery=fresh(), by=staff),
        lambda: verify_code(user=User.objects.get(pk=person.user_id), code="000000"),
    )
    assert found == {"done": 2}
    assert enrolment.is_enrolled(user=person.user) is False
