"""Measures: medians with ranges, never a mean; the rule of four scenarios; the pictures."""

import datetime as dt

import pytest

from events.pilots.domain.measures import Measure, by_scenario, compare, measure, scenario_rule
from events.pilots.domain.pictures import matrix, ranges
from events.pilots.models import PilotRun
from library.models import Scenario
from portal.community.models import Centre, Country

NL = Centre(pk=1, city="Driebergen", country=Country(code="NL"))
FI = Centre(pk=2, city="Helsinki", country=Country(code="FI"))
SCENARIOS = [Scenario(pk=number, name=f"Scenario {number}", order=9 - number) for number in range(1, 6)]


def _run(scenario: int, minutes: float, usual: float | None = None, *, back: bool = False) -> PilotRun:
    return PilotRun(
        date=dt.date(2026, 3, 1),
        from_centre=FI if back else NL,
        to_centre=NL if back else FI,
        scenario=SCENARIOS[scenario - 1],
        delivered=0.1,
        acknowledged=minutes,
        baseline_acknowledged=usual,
    )


def test_measure_is_the_median_with_range_and_count() -> None:
    assert measure([3, 1, 100]) == Measure(3.0, 1.0, 100.0, 3)
    assert measure([2, 4]) == Measure(3.0, 2.0, 4.0, 2)
    assert measure([]) is None


def test_measure_prints_one_decimal() -> None:
    found = measure([3.04, 11.0])
    assert found is not None
    assert (found.text, found.range_text) == ("7.0", "3.0 to 11.0")


def test_comparison_leaves_out_what_the_usual_channel_did_not_measure() -> None:
    found = compare("All", [_run(1, 2.0, 10.0), _run(1, 4.0, None)])
    assert found is not None
    assert (found.solution.count, found.baseline) == (2, Measure(10.0, 10.0, 10.0, 1))
    assert compare("All", []) is None


@pytest.mark.parametrize(
    ("scenarios", "text", "met"),
    [
        ([], "0 of 4, not yet complete", False),
        ([1, 1, 2, 3], "3 of 4, not yet complete", False),
        ([1, 2, 3, 4], "4 of 4, the rule is met", True),
        ([1, 2, 3, 4, 5], "5 of 4, the rule is met", True),
    ],
)
def test_pilot_is_complete_with_four_different_scenarios(scenarios: list[int], text: str, met: bool) -> None:
    rule = scenario_rule([_run(number, 1.0) for number in scenarios])
    assert (rule.text, rule.met) == (text, met)


def test_scenarios_stand_in_the_order_of_the_vocabulary() -> None:
    assert [key for key, _ in by_scenario([_run(1, 1.0), _run(3, 1.0), _run(1, 2.0)])] == [3, 1]


def test_matrix_has_a_square_for_each_pair_on_three_steps() -> None:
    picture = matrix("Manhunt", [_run(1, 3.9), _run(1, 4.1), _run(1, 6.5, back=True)], [NL, FI])
    assert [(square.text, square.look) for square in picture.squares] == [("4.0", "a"), ("6.5", "")]
    assert [name.text for name in picture.columns] == ["NL", "FI"]
    assert len(picture.diagonal) == 2


def test_matrix_shows_a_pair_that_was_not_tried_as_empty() -> None:
    picture = matrix("Manhunt", [_run(1, 5.0)], [NL, FI])
    assert [(square.text, square.look) for square in picture.squares] == [("5.0", "b"), ("", "o")]


def test_two_centres_of_one_country_are_told_apart() -> None:
    poznan = Centre(pk=3, city="Poznań", country=Country(code="PL"))
    warsaw = Centre(pk=4, city="Warsaw", country=Country(code="PL"))
    picture = matrix("Manhunt", [], [NL, poznan, warsaw])
    assert [name.text for name in picture.columns] == ["NL", "Poz", "War"]


def test_ranges_stand_on_one_scale_of_whole_tens() -> None:
    comparison = compare("Manhunt", [_run(1, 2.0, 10.0), _run(1, 4.0, 34.0)])
    assert comparison is not None
    picture = ranges([comparison])
    assert picture is not None
    assert [label for label, _, _ in picture.axis] == ["0", "10", "20", "30", "40 min"]
    lines = picture.groups[0].lines
    assert [(line.text, line.solution) for line in lines] == [("3.0", True), ("22.0", False)]
    assert lines[0].path == "M31.2 52H58.4"
    assert ranges([]) is None
