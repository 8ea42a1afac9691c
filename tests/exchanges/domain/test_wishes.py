"""Which weeks count as wishes, in which order, and what they cost."""

import datetime as dt
from decimal import Decimal

import pytest

from exchanges.domain import applications, hosts, money, wishes
from exchanges.domain.versions import StaleVersion
from exchanges.models import Application
from portal.access.viewer import SYSTEM
from portal.journal.errors import ConditionFailed, NotAllowed
from tests.exchanges import factories as make
from tests.factories import person, viewer

pytestmark = pytest.mark.django_db


def acceptable(application: Application) -> list[tuple[str, int]]:
    """Return city and week number of each acceptable week, asked afresh."""
    weeks = wishes.acceptable_set(Application.objects.get(pk=application.pk))
    return [(week.offer.centre.city, week.number) for week in weeks]


def test_acceptable_set_without_ranks_is_every_possible_week_by_date() -> None:
    call = make.open_call(weeks=2)
    make.published_offer(call, "NL", 1, first=dt.date(2027, 4, 19))

    assert acceptable(make.draft(call)) == [("Amsterdam", 16), ("Helsinki", 17), ("Helsinki", 18)]


def test_acceptable_set_puts_ranked_weeks_first_and_appends_new_ones() -> None:
    call = make.open_call(weeks=2)
    application = make.draft(call)
    last = make.weeks_of(call)[1]
    wishes.rank(application=application, week_ids=[last.pk], by=viewer(application.applicant))
    make.published_offer(call, "NL", 1, first=dt.date(2027, 4, 19))

    assert acceptable(application) == [("Helsinki", 18), ("Amsterdam", 16), ("Helsinki", 17)]


def test_acceptable_set_leaves_out_what_is_left_out_and_puts_it_back_at_the_end() -> None:
    call = make.open_call(weeks=3)
    application = make.complete(call)
    by = viewer(application.applicant)
    first = make.weeks_of(call)[0]

    wishes.leave_out(application=application, week=first, reason="A course", by=by)
    assert acceptable(application) == [("Helsinki", 18), ("Helsinki", 19)]
    assert list(application.wishes.filter(left_out=False).values_list("rank", flat=True)) == [1, 2]

    wishes.put_back(application=application, week=first, by=by)
    assert acceptable(application) == [("Helsinki", 18), ("Helsinki", 19), ("Helsinki", 17)]


def test_acceptable_set_without_own_country_blocked_weeks_missing_language_and_days_away() -> None:
    call = make.open_call(weeks=1)
    make.published_offer(call, "LV", 1)
    make.published_offer(call, "PL", 1, {"pl": "B1"}, first=dt.date(2027, 5, 3))
    blocked = make.published_offer(call, "NL", 1, first=dt.date(2027, 5, 10))
    hosts.block_week(week=blocked.weeks.get(), by=SYSTEM)
    make.published_offer(call, "PT", 1, first=dt.date(2027, 5, 17))
    application = make.draft(call)
    by = viewer(application.applicant)
    applications.save_section(
        application=application,
        section="weeks",
        data={"unavailable": [(dt.date(2027, 5, 21), dt.date(2027, 5, 30))]},
        version=1,
        by=by,
    )

    board = wishes.board(application)

    assert [row.name for row in board.wanted] == ["Helsinki, week 17"]
    assert [(row.name, [found.sentence for found in row.obstacles]) for row in board.impossible] == [
        ("Riga, week 17", ["The week is in your own country."]),
        ("Warsaw, week 18", ["The host works in Polish at B1, and you named no Polish."]),
        ("Amsterdam, week 19", ["The week is not open."]),
        (
            "Lisbon, week 20",
            ["The week runs from 17 to 21 May 2027, and you are away from 21 to 30 May 2027."],
        ),
    ]


def test_a_language_without_a_level_opens_no_week() -> None:
    call = make.open_call(weeks=1)
    application = make.draft(call)
    applications.save_section(
        application=application,
        section="languages",
        data={"languages": {"en": ""}},
        version=1,
        by=viewer(application.applicant),
    )

    assert acceptable(application) == []


def test_rank_refuses_impossible_unknown_and_double_weeks_and_keeps_the_list() -> None:
    call = make.open_call(weeks=2)
    own = make.published_offer(call, "LV", 1).weeks.get()
    application = make.complete(call)
    by = viewer(application.applicant)
    first, second = (week.pk for week in make.weeks_of(call) if week.pk != own.pk)

    for ids, words in (
        ([first, own.pk], "Riga, week 17, is not possible. The week is in your own country."),
        ([first, 999_999], "not published"),
        ([first, first], "once"),
    ):
        with pytest.raises(ConditionFailed, match=words):
            wishes.rank(application=application, week_ids=ids, by=by)

    assert list(application.wishes.values_list("week_id", flat=True)) == [first, second]


def test_rank_by_somebody_else_or_with_an_old_version_is_refused() -> None:
    call = make.open_call(weeks=2)
    application = make.complete(call)
    ids = [week.pk for week in make.weeks_of(call)]

    with pytest.raises(NotAllowed):
        wishes.rank(application=application, week_ids=ids, by=viewer(make.office()))
    with pytest.raises(StaleVersion):
        wishes.rank(application=application, week_ids=ids, by=viewer(application.applicant), version=1)


def test_leave_out_with_a_long_reason_is_refused_not_cut() -> None:
    call = make.open_call(weeks=1)
    application = make.draft(call)

    with pytest.raises(ConditionFailed, match="at most 300 characters; these are 301"):
        wishes.leave_out(
            application=application,
            week=make.weeks_of(call)[0],
            reason="x" * 301,
            by=viewer(application.applicant),
        )


@pytest.mark.parametrize(
    ("km", "amount"),
    [(9, "0"), (10, "28.00"), (99, "28.00"), (100, "211.00"), (499, "211.00"), (500, "309.00"), (2500, "395.00")],
)
def test_travel_amount_by_band(km, amount) -> None:
    assert money.travel_amount(rates=make.rates(), km=km) == Decimal(amount)


def test_distance_of_riga_and_helsinki_is_the_great_circle() -> None:
    # 361.1 km by the spherical law of cosines, which is another formula for the same circle.
    assert money.distance((56.95, 24.11), (60.17, 24.94)) == 361
    assert money.distance((60.17, 24.94), (60.17, 24.94)) == 0


def test_estimate_is_travel_and_five_days_in_decimal() -> None:
    call = make.open_call(weeks=1)
    applicant = person("Ilze Paraugs", "LV")

    found = money.estimate(rates=call.rates, person=applicant, week=make.weeks_of(call)[0])

    assert found is not None
    assert (found.distance, found.travel, found.daily, found.total) == (
        361,
        Decimal("211.00"),
        Decimal("163.00"),
        Decimal("1026.00"),
    )
    assert money.estimate(rates=None, person=applicant, week=make.weeks_of(call)[0]) is None
    assert money.daily_amount(rates=call.rates, country="ES") == Decimal("150.00")
