"""Results say the date as far as it is known."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from library.models import DatePrecision
from portal.search import state
from portal.search.rebuild import rebuild
from tests import content

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_index(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Keep the index in a folder that nobody else uses."""
    settings.SEARCH_INDEX_ROOT = tmp_path / "index"
    state.forget()
    yield
    state.forget()


def test_record_of_a_month_does_not_pretend_to_know_the_day(client: Client) -> None:
    content.document("Somewhere in February", dated_on=dt.date(2024, 2, 1), date_precision=DatePrecision.MONTH)
    rebuild()
    html = client.get("/search/?q=somewhere").content.decode()
    assert "<span>February 2024</span>" in html
    assert "1 February 2024" not in html


def test_meeting_of_two_days_names_both(client: Client) -> None:
    content.meeting("Somewhere in London")
    rebuild()
    assert "<span>11–12 October 2023</span>" in client.get("/search/?q=somewhere").content.decode()
