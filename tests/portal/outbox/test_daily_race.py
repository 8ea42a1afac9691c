"""Two workers that write the daily mail at the same moment. SQLite has no row locks, so this needs PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from portal.access import clock
from portal.outbox import daily, post
from portal.outbox.models import Choice, Mail, MailPreference, MailState
from tests import factories
from tests.portal.outbox.test_daily import SEVEN, TUESDAY

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_two_workers_at_once_one_writes_the_daily_mail() -> None:
    person = factories.person(email="anna@example.org")
    MailPreference.objects.create(user=person.user, group="applications", choice=Choice.DAILY)
    with clock.at(TUESDAY):
        for number in range(3):
            post.post_text(
                to="anna@example.org",
                user_id=person.user_id,
                subject=f"Item {number}",
                body="x",
                kind="exchanges_receipt",
            )
    gate, written = threading.Barrier(2), []

    def work() -> None:
        gate.wait()
        try:
            with clock.at(SEVEN):
                written.append(daily.send_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(written) == [0, 1]
    assert Mail.objects.filter(kind="daily_mail").count() == 1
    assert Mail.objects.filter(state=MailState.BUNDLED).count() == 3
