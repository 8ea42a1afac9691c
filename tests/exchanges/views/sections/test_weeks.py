"""Host weeks in the order an applicant wants them, and days away."""

import re

import pytest

from exchanges.domain import wishes
from exchanges.models import Application
from tests.exchanges import factories as make
from tests.exchanges.views.sections.helpers import fresh, url
from tests.exchanges.views.test_public import text
from tests.factories import viewer

pytestmark = pytest.mark.django_db


def order(application: Application) -> list[int]:
    return list(fresh(application).wishes.filter(rank__isnull=False).values_list("week_id", flat=True))


def test_weeks_are_moved_left_out_and_put_back_by_buttons(application, mine) -> None:
    first, second, third = (week.pk for week in make.weeks_of(application.call))
    page = url(application, "weeks")
    shown = {"order": [first, second, third], "away-TOTAL_FORMS": "0"}

    response = mine.post(page, {**shown, "version": 1, "down": first})
    assert response.headers["Location"] == f"{page}#week-{first}"
    assert order(application) == [second, first, third]

    version = fresh(application).version
    mine.post(page, {**shown, "order": [second, first, third], "version": version, "up": third})
    assert order(application) == [second, third, first]

    mine.post(page, {**shown, "order": [second, third, first], "version": fresh(application).version, "out": third})
    assert order(application) == [second, first]
    assert "Say why you leave out Helsinki, week 19" in text(mine.get(page))

    data = {**shown, "order": [second, first], f"reason-{third}": "A course"}
    response = mine.post(page, {**data, "version": fresh(application).version})
    assert fresh(application).wishes.get(left_out=True).reason == "A course"
    assert response.headers["Location"] == url(application, "manager")

    mine.post(page, {**data, "version": fresh(application).version, "back": third})
    assert [week.pk for week in wishes.acceptable_set(fresh(application))] == [second, first, third]


def test_page_carries_the_order_and_an_address_for_each_week(application, mine) -> None:
    first, second, third = (week.pk for week in make.weeks_of(application.call))
    wishes.leave_out(
        application=application,
        week=make.weeks_of(application.call)[1],
        reason="A course",
        by=viewer(application.applicant),
    )
    html = mine.get(url(application, "weeks")).content.decode()
    assert re.findall(r'<input type="hidden" name="order" value="(\d+)">', html) == [str(first), str(third)]
    assert re.findall(r'id="week-(\d+)"', html) == [str(first), str(third), str(second)]
    assert re.findall(r'name="(out|back)" value="(\d+)"', html) == [
        ("out", str(first)),
        ("out", str(third)),
        ("back", str(second)),
    ]
    assert f'name="reason-{second}" value="A course"' in html
    assert "Your contact point reads the reason." in html
    assert "Move Helsinki, week 17 down" in html


def test_the_first_week_moved_up_stays_first(application, mine) -> None:
    ids = [week.pk for week in make.weeks_of(application.call)]
    mine.post(url(application, "weeks"), {"order": ids, "version": 1, "up": ids[0], "away-TOTAL_FORMS": "0"})
    assert order(application) == ids


def test_saving_confirms_the_order_that_is_shown(application, mine) -> None:
    ids = [week.pk for week in make.weeks_of(application.call)]
    mine.post(url(application, "weeks"), {"order": ids[::-1], "version": 1, "away-TOTAL_FORMS": "0"})
    assert order(application) == ids[::-1]


def test_days_away_take_a_week_out_of_the_list_with_its_reason(application, mine) -> None:
    ids = [week.pk for week in make.weeks_of(application.call)]
    data = {
        "order": ids,
        "version": 1,
        "away-TOTAL_FORMS": "1",
        "away-0-first": "2027-04-28",
        "away-0-last": "2027-04-28",
    }

    mine.post(url(application, "weeks"), data)

    assert order(application) == ids[1:]
    page = text(mine.get(url(application, "weeks")))
    assert "Not possible: the week runs from 26 to 30 April 2027, and you are away on 28 April 2027." in page
    # Estimate: 361 km one way and five days in Finland.
    assert "Estimate €1,026: travel €211 for 361 km and back, five days at €163" in page


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2027-05-09", "2027-05-03", "The last day lies before the first"),
        ("2027-05-03", "", "Give the last day too"),
        ("", "2027-05-03", "Give the first day too"),
        ("soon", "2027-05-03", "Give the first day as a date, for example 2027-05-03"),
    ],
)
def test_wrong_days_are_told_and_stay_on_the_page(application, mine, first, last, words) -> None:
    data = {"version": 1, "away-TOTAL_FORMS": "1", "away-0-first": first, "away-0-last": last}

    response = mine.post(url(application, "weeks"), data)

    assert response.status_code == 400
    assert words in text(response)
    assert fresh(application).unavailable.count() == 0


@pytest.mark.parametrize("verb", ["up", "out", "back"])
def test_moving_an_unknown_week_is_404(application, mine, verb) -> None:
    assert mine.post(url(application, "weeks"), {"version": 1, verb: "999999"}).status_code == 404


def test_a_long_reason_is_refused_and_kept_on_the_page(application, mine) -> None:
    week = make.weeks_of(application.call)[0]
    wishes.leave_out(application=application, week=week, reason="", by=viewer(application.applicant))
    response = mine.post(
        url(application, "weeks"), {"version": 2, f"reason-{week.pk}": "x" * 301, "away-TOTAL_FORMS": "0"}
    )
    assert response.status_code == 400
    assert "x" * 301 in text(response)
    assert fresh(application).wishes.get(left_out=True).reason == ""
