import datetime as dt

import pytest

from portal.web.charts import Message, Term, hour, matrix, ranges, terms
from portal.web.views.style_samples import RUN, TERMS

TODAY = dt.date(2026, 11, 21)


def marks_of(message):
    return hour([("Riga", [message])]).wide.lanes[0].marks[0]


def test_hour_draws_every_stage_that_stands_apart():
    mark = marks_of(Message("Usual", 15, 20, 30, 40))
    assert (mark.ring, mark.half, mark.disc, mark.minute) == ("382.7", "512", "641.3", 40)
    assert mark.arc == "M318 75H641.3"


def test_hour_leaves_marks_that_would_touch_to_the_table():
    chart = hour([("Riga", [Message("Messenger", 15, 15.1, 16, 16.5, trial=True)])])
    mark = chart.wide.lanes[0].marks[0]
    assert (mark.ring, mark.half, mark.minute) == ("", "", 16)
    assert chart.rows == (("Riga", "Messenger", "T+15:00", "T+15:06", "T+16:00", "T+16:30"),)


def test_hour_draws_no_disc_for_a_message_that_was_not_acknowledged():
    mark = marks_of(Message("Usual", 16, 20, 28))
    assert (mark.disc, mark.half) == ("", "486.1")


def test_hour_tells_what_was_not_reached():
    assert hour([("Riga", [Message("Usual", 16)])]).rows == (("Riga", "Usual", "T+16:00", "–", "–", "–"),)


def test_hour_has_a_lane_for_each_centre_in_both_drawings():
    chart = hour(RUN)
    assert [lane.name for lane in chart.wide.lanes] == ["Driebergen", "Poznań", "Helsinki"]
    assert [lane.name for lane in chart.narrow.lanes] == ["Driebergen", "Poznań", "Helsinki"]
    assert (chart.wide.width, chart.narrow.width) == (920, 400)


def test_matrix_puts_each_value_on_the_scale():
    chart = matrix("Manhunt", ("LV", "NL", "PL"), {("LV", "NL"): 4, ("LV", "PL"): 8, ("NL", "LV"): 8.1}, steps=(4, 8))
    assert [(square.text, square.step) for square in chart.squares] == [
        ("4.0", "a"),
        ("8.0", "b"),
        ("8.1", ""),
        ("–", "o"),
        ("–", "o"),
        ("–", "o"),
    ]


def test_matrix_leaves_the_diagonal_blank():
    assert len(matrix("Manhunt", ("LV", "NL"), {}, steps=(1, 2)).blanks) == 2


@pytest.mark.parametrize(("high", "last"), [(9.0, "10 min"), (10.0, "10 min"), (34.3, "40 min")])
def test_ranges_axis_ends_at_the_next_full_ten(high, last):
    assert ranges([("Manhunt", [(True, 1, 2, high)])]).axis[-1][1] == last


def test_ranges_keep_the_figure_inside_the_drawing():
    (group,) = ranges([("Manhunt", [(True, 1, 5, 10), (False, 1, 5, 9)])]).groups
    assert [float(span.label_x) < 540 for span in group.spans] == [True, True]


def test_ranges_of_nothing_have_an_axis():
    assert [text for _, text, _ in ranges([]).axis] == ["0", "10 min"]


def test_terms_stand_in_the_order_in_which_they_end():
    chart = terms(TERMS, today=TODAY)
    assert [(bar.name, bar.role, bar.since, bar.until) for bar in chart.first[:2]] == [
        ("Anna Viedoma", "Reviewer", "1 September 2024", "30 September 2026"),
        ("Līga Izdomāta", "Reviewer", "1 February 2026", "31 January 2027"),
    ]
    assert (len(chart.first), chart.others) == (6, ())


def test_terms_that_end_soon_are_open_and_say_so():
    bars = terms(TERMS, today=TODAY).first
    assert [(bar.soon, bar.note) for bar in bars[:4]] == [
        (True, "ended"),
        (True, "ends soon"),
        (True, "ends soon"),
        (False, ""),
    ]


@pytest.mark.parametrize(
    ("people", "first", "others"), [(0, 0, 0), (12, 12, 0), (13, 13, 0), (14, 12, 2), (25, 12, 13)]
)
def test_terms_beyond_twelve_are_folded_unless_it_is_one(people, first, others):
    many = [Term(f"Person {n:02d}", "Member", dt.date(2026, 1, 1), dt.date(2027, 6, 1)) for n in range(people)]
    chart = terms(many, today=TODAY)
    assert (len(chart.first), len(chart.others)) == (first, others)
    assert [bar.name for bar in chart.first + chart.others] == [term.name for term in many]


def test_terms_bar_stays_inside_the_drawing():
    long = Term("Anna", "Deputy", dt.date(2000, 1, 1), dt.date(2040, 1, 1))
    (bar,) = terms([long], today=TODAY).first
    assert (bar.x, bar.width) == ("0", "300")


def test_terms_long_past_are_left_out():
    chart = terms([Term("Anna", "Deputy", dt.date(2020, 1, 1), dt.date(2021, 1, 1))], today=TODAY)
    assert (chart.first, chart.others) == ((), ())


def test_terms_axis_names_the_years():
    assert [year for _, year in terms(TERMS, today=TODAY).axis if year] == ["2026", "2027", "2028"]
