"""Two at once: numbers are given one after another, and a double click is one submission."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from exchanges.domain import applications
from exchanges.models import Application
from portal.access import clock
from portal.access.viewer import Viewer
from portal.journal.errors import JournalError
from tests.exchanges import factories as make
from tests.factories import person, viewer

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def at_once(rows: list[tuple[Application, Viewer]]) -> list[str]:
    """Submit all rows in the same moment; returns "sent" or the name of the refusal for each."""
    barrier = Barrier(len(rows))

    def send(row: tuple[Application, Viewer]) -> str:
        barrier.wait()
        try:
            # The frozen clock belongs to the thread that froze it.
            with clock.at(make.NOW):
                applications.submit(application=row[0], by=row[1])
        except JournalError as error:
            return type(error).__name__
        finally:
            connection.close()
        return "sent"

    with ThreadPoolExecutor(len(rows)) as pool:
        return sorted(pool.map(send, rows))


def test_two_people_at_once_get_two_numbers() -> None:
    call = make.open_call()
    rows = [make.complete(call, person(f"Applicant {number}", "LV")) for number in range(4)]

    assert at_once([(row, viewer(row.applicant)) for row in rows]) == ["sent"] * 4
    assert sorted(Application.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_two_clicks_at_once_are_one_submission() -> None:
    application = make.complete(make.open_call())
    by = viewer(application.applicant)

    assert at_once([(application, by), (application, by)]) == ["IllegalTransition", "sent"]
