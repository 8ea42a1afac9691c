"""Letters that are forgotten."""

from __future__ import annotations

import datetime as dt

import pytest

from portal.access import clock
from portal.jobs import queue
from portal.outbox.models import Mail, MailState
from portal.outbox.post import NOWHERE, post_text
from portal.outbox.retention import forget, forget_old, letters_to
from tests import factories

pytestmark = pytest.mark.django_db

LATER = dt.timedelta(days=1)


def write(to: str = "jan@example.org", **fields: object) -> Mail:
    mail = post_text(to=to, subject="A subject", body="Words", **{"kind": "kind", **fields})  # type: ignore[arg-type]
    assert mail is not None
    return mail


def test_letters_are_found_by_account_and_by_address_whatever_its_capitals() -> None:
    user = factories.person(email="jan@example.org").user
    own = [write("Jan@Example.org"), write("old@example.org", user_id=user.pk)]
    write("eva@example.org")
    assert set(letters_to(user_id=user.pk, addresses=["jan@EXAMPLE.org"])) == set(own)


def test_a_forgotten_letter_that_waits_is_not_sent(mailoutbox: list) -> None:
    write()
    write(key="reminder")
    assert forget(Mail.objects.all()) == 2
    queue.work_all()
    assert mailoutbox == []
    (left,) = Mail.objects.all()
    assert (left.key, left.to_address, left.subject, left.body) == ("reminder", "", "", "")


def test_what_waits_is_not_old() -> None:
    for state in (MailState.WAITING, MailState.HELD, MailState.SENT, MailState.FAILED, MailState.UNWANTED):
        Mail.objects.filter(pk=write().pk).update(state=state)
    assert forget_old(before=clock.now() - LATER) == 0
    assert forget_old(before=clock.now() + LATER) == 3
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.WAITING, MailState.HELD}


def test_only_the_kinds_asked_for_go() -> None:
    for kind in ("last", "other"):
        Mail.objects.filter(pk=write(kind=kind).pk).update(state=MailState.SENT)
    assert forget_old(before=clock.now() + LATER, kinds=["last"]) == 1
    assert list(Mail.objects.values_list("kind", flat=True)) == ["other"]


def test_an_emptied_letter_is_not_forgotten_again() -> None:
    Mail.objects.filter(pk=write(key="reminder").pk).update(state=MailState.SENT)
    assert [forget_old(before=clock.now() + LATER) for _ in range(2)] == [1, 0]


def test_nobody_writes_to_somebody_who_is_forgotten() -> None:
    assert post_text(to=f"former-member-7f3a@{NOWHERE}", subject="A subject", body="Words", kind="kind") is None
    assert Mail.objects.count() == 0


def test_letters_of_another_account_stay_its_own_though_the_mailbox_changed_hands() -> None:
    first, second = factories.person().user, factories.person().user
    letter = write("duty@example.org", user_id=first.pk)
    assert list(letters_to(user_id=second.pk, addresses=["duty@example.org"])) == []
    assert list(letters_to(user_id=first.pk, addresses=[])) == [letter]
