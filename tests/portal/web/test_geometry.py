from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.geometry import fmt, on_circle, spread, spread_round


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (1.25, "1.2"), (-0.04, "0"), (-3.26, "-3.3"), (100, "100")])
def test_fmt_prints_one_decimal_at_most(value, text):
    assert fmt(value) == text


@pytest.mark.parametrize(
    ("turn", "point"), [(0, ("100", "50")), (0.25, ("150", "100")), (0.5, ("100", "150")), (1, ("100", "50"))]
)
def test_on_circle_runs_clockwise_from_twelve(turn, point):
    assert tuple(fmt(part) for part in on_circle(100, 100, 50, turn)) == point


def test_spread_leaves_wide_targets_alone():
    assert spread([10, 50, 90], 20) == [10, 50, 90]


def test_spread_moves_equal_targets_apart_evenly():
    assert spread([50, 50, 50], 20) == [30, 50, 70]


def test_spread_shrinks_the_gap_when_bounds_are_too_narrow():
    assert spread([0, 0, 0], 60, low=0, high=100) == [0, 50, 100]


def test_spread_of_nothing_is_nothing():
    assert spread([], 10) == []


@given(st.lists(st.floats(0, 600), min_size=1, max_size=25))
def test_spread_keeps_order_gap_and_bounds(targets):
    placed = spread(sorted(targets), 20, low=0, high=600)
    assert placed == sorted(placed)
    assert min(placed) >= -1e-6
    assert max(placed) <= 600 + 1e-6
    assert all(b - a >= 20 - 1e-6 for a, b in pairwise(placed))


@given(st.lists(st.integers(0, 60), min_size=2, max_size=25))
def test_spread_round_keeps_every_neighbour_apart(minutes):
    gap = 0.03
    placed = sorted(spread_round([minute / 60 for minute in minutes], gap))
    around = [*placed, placed[0] + 1]
    assert all(b - a >= gap - 1e-6 for a, b in pairwise(around))


def test_spread_round_puts_the_last_minute_before_the_first():
    last, first = spread_round([1.0, 0.0], 0.1)
    assert (round(last, 3), round(first, 3)) == (0.95, 0.05)
