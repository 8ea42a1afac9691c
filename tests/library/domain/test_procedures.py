"""Procedures: the clock from the steps, the rule of the hour, and what it costs."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from library.domain.procedures import clock_of, home_clock
from library.models import SOPFactor, SOPPage, SOPStep
from portal.access.pages import set_page_rule
from portal.access.viewer import ANONYMOUS
from tests import content

pytestmark = pytest.mark.django_db


def _sop(minutes: list[int], *, slug: str = "procedure", number: int = 1, **fields: Any) -> SOPPage:
    sop = SOPPage(
        title=slug.capitalize(),
        slug=slug,
        identifier=f"NOC-2021-{number:03d}",
        abstract="What to do.",
        dated_on=dt.date(2026, 1, 1),
        clock_title="Manhunt",
        **fields,
    )
    roles = ["SPOC", "Shift leader", "Harbour master"]
    sop.steps = [
        SOPStep(
            sort_order=order,
            minute=minute,
            role=roles[order % 3],
            short=f"Step {minute}",
            action=f"Do {minute}",
            channel="Radio",
        )
        for order, minute in enumerate(minutes)
    ]
    content.library().add_child(instance=sop)
    return sop


def test_clock_has_the_steps_by_minute_and_the_shift_leader_outside() -> None:
    dial = clock_of(sop=_sop([30, 5, 60]))
    assert [step.minute for step in dial.steps] == [5, 30, 60]
    assert [ring.role for ring in dial.rings] == ["Shift leader", "SPOC", "Harbour master"]
    assert dial.steps[0].text == "Channel: Radio."


def test_step_beyond_the_hour_is_refused() -> None:
    with pytest.raises(ValidationError):
        SOPStep(page=_sop([1]), minute=61, role="SPOC", short="Late", action="Late").full_clean()


@pytest.mark.parametrize(
    "numbers", [("", ""), ("3", "Step 3"), ("1, 11", "Steps 1 and 11"), ("1,2,3", "Steps 1, 2 and 3")]
)
def test_factor_names_its_steps(numbers: tuple[str, str]) -> None:
    assert SOPFactor(step_numbers=numbers[0]).reference == numbers[1]


def test_home_page_shows_the_chosen_procedure_that_the_visitor_may_see() -> None:
    hidden = _sop([1, 2], slug="hidden", number=1, on_home_page=True)
    set_page_rule(page=hidden, tlp="TLP:GREEN", audience="members")
    assert home_clock(viewer=ANONYMOUS) is None
    _sop([1], slug="first", number=2)
    _sop([1, 2, 3], slug="second", number=3, on_home_page=True)
    shown = home_clock(viewer=ANONYMOUS)
    assert shown is not None
    assert (shown["title"], shown["url"]) == ("Manhunt in three steps", "/library/second/")


@pytest.mark.parametrize("count", [1, 3])
def test_procedure_costs_the_same_with_any_number_of_steps(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    _sop(list(range(count)))
    client.get("/library/")
    with django_assert_num_queries(10):
        html = client.get("/library/procedure/").content.decode()
    assert html.count("<h3>Do ") == count


def test_procedure_without_a_title_in_the_clock_still_stands(client: Client) -> None:
    _sop([0, 0, 0, 60, 60], slug="crowded")
    html = client.get("/library/crowded/").content.decode()
    assert "Five steps, three roles." in html
