import datetime as dt
import math

import pytest

from portal.web.charts import Place, bands, centre_map, flow_map, member_map, pipeline, project, week_strip
from portal.web.charts.centres import LABEL
from portal.web.charts.europe import CAPITALS, inside, place
from portal.web.views.style_samples import EXCHANGES, MATCH, MEMBERS

#: Capitals as they stand on the land path of the design's mock.
ON_LAND = {
    "AT": (274.5, 283.9), "BE": (170.7, 249.4), "BG": (347.3, 347.7), "CY": (470.0, 419.3), "DK": (237.4, 186.6),
    "ES": (79.8, 377.0), "FI": (315.6, 117.0), "IE": (90.0, 204.3), "LV": (319.5, 161.0), "MT": (266.8, 447.4),
    "PL": (307.0, 226.6), "PT": (21.3, 387.1), "RO": (369.6, 320.3), "SE": (272.8, 136.1),
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(ON_LAND))
def test_project_fits_the_land_path(code):
    assert math.dist(place(code), ON_LAND[code]) < 0.9


def test_project_puts_its_centre_at_the_origin():
    assert project(52.0, 10.0) == (218.0, 236.1)


def test_every_capital_lies_in_the_window():
    assert [code for code in CAPITALS if not inside(*place(code))] == []


def test_member_map_areas_follow_the_counts():
    radii = {bubble.code: float(bubble.radius) for bubble in member_map({"NL": 8, "PL": 2}).bubbles}
    assert round(radii["NL"] ** 2 / radii["PL"] ** 2, 1) == 4.0


def test_member_map_circles_never_cover_each_other():
    bubbles = [(float(b.x), float(b.y), float(b.radius)) for b in member_map(dict.fromkeys(CAPITALS, 6)).bubbles]
    gaps = [math.dist(a[:2], b[:2]) - a[2] - b[2] for number, a in enumerate(bubbles) for b in bubbles[:number]]
    assert min(gaps) > -0.5


def test_member_map_lists_every_country_the_largest_first():
    chart = member_map({"LV": 3, "NL": 5, "IS": 1, "FR": 0})
    assert chart.rows == (("Netherlands", "5"), ("Latvia", "3"), ("IS", "1"))
    assert [bubble.code for bubble in chart.bubbles] == ["NL", "LV"]
    assert chart.total == 9


def test_member_map_takes_names_from_the_caller():
    assert member_map({"NL": 1}, {"NL": "Nederland"}).rows == (("Nederland", "1"),)


def test_member_map_of_nobody_is_empty_land():
    chart = member_map({})
    assert (chart.bubbles, chart.rows, chart.total) == ((), (), 0)
    assert len(chart.spots) == len(CAPITALS)


def test_member_map_of_the_sample_counts_everybody():
    assert member_map(MEMBERS).total == sum(MEMBERS.values())


def test_flow_map_adds_up_equal_pairs():
    chart = flow_map([("LV", "NL", 1), ("LV", "NL", 2)])
    assert chart.rows == (("Latvia", "Netherlands", "3"),)
    assert [(curve.origin, curve.target, curve.count) for curve in chart.curves] == [("LV", "NL", 3)]


def test_flow_map_curve_starts_at_the_sender_and_its_tip_ends_at_the_host():
    curve = flow_map([("LV", "NL", 1)]).curves[0]
    start = tuple(float(part) for part in curve.path[1:].split("Q")[0].split())
    nose = tuple(float(part) for part in curve.tip[1:].split("L")[0].split())
    assert math.dist(start, place("LV")) < 0.1
    assert 6.8 < math.dist(nose, place("NL")) < 7.2


def test_flow_map_says_what_a_country_sends_and_hosts():
    sentences = {node.code: node.sentence for node in flow_map(EXCHANGES).nodes}
    assert sentences["NL"] == "Netherlands: to Poland; from Greece and Latvia"


def test_flow_map_leads_every_country_to_a_row_that_names_it():
    chart = flow_map(EXCHANGES)
    rows = {row.anchor: row for row in chart.rows}
    assert len(rows) == len(chart.rows)
    assert [node.code for node in chart.nodes if CAPITALS[node.code].name not in rows[node.row]] == []


def test_flow_map_leads_a_country_to_where_it_sends_before_where_it_hosts():
    chart = flow_map([("LV", "NL", 1), ("NL", "PL", 1)])
    assert {node.code: node.row for node in chart.nodes} == {"LV": "fl-0", "NL": "fl-1", "PL": "fl-1"}


def test_flow_map_keeps_countries_off_the_map_in_the_table():
    chart = flow_map([("IS", "NL", 1)])
    assert chart.rows == (("IS", "Netherlands", "1"),)
    assert chart.curves == ()


def test_flow_map_curves_stay_in_the_window():
    for curve in flow_map(EXCHANGES).curves:
        numbers = [float(part) for part in curve.path[1:].replace("Q", " ").split()]
        assert all(-60 < x < 580 for x in numbers[0::2])


def test_bands_keep_one_scale_for_all():
    chart = bands([("Latvia", "Finland", 1), ("Poland", "Spain", 3)])
    heights = {side.name: float(side.height) for side in (*chart.senders, *chart.hosts)}
    assert heights == {"Latvia": 15, "Finland": 15, "Poland": 45, "Spain": 45}


def test_bands_draw_the_hot_band_last():
    assert [band.hot for band in bands(MATCH, hot=("Latvia", "Netherlands")).bands] == [False] * 15 + [True]


def test_bands_count_both_sides_alike():
    chart = bands(MATCH)
    assert sum(side.count for side in chart.senders) == sum(side.count for side in chart.hosts) == chart.total == 18


def test_bands_get_thinner_when_there_are_many():
    chart = bands([(f"From {n}", f"To {n % 3}", 10) for n in range(12)])
    assert chart.height < 720
    assert {side.height for side in chart.senders} == {"30.2"}


def test_bands_of_nothing_are_empty():
    chart = bands([])
    assert (chart.bands, chart.rows, chart.total) == ((), (), 0)


def test_pipeline_scale_is_the_largest_count():
    chart = pipeline([(41, "Submitted", ""), (18, "Matched", "9 on the waiting list")])
    assert chart.scale == 41
    assert chart.stages[1].note == "9 on the waiting list"


def test_pipeline_of_nobody_has_a_scale():
    assert pipeline([(0, "Submitted", "")]).scale == 1


def test_week_strip_stands_on_mondays():
    strip = week_strip([], first=dt.date(2027, 4, 1), weeks=4)
    assert [(week.monday, week.number) for week in strip.weeks] == [
        (dt.date(2027, 3, 29), 13),
        (dt.date(2027, 4, 5), 14),
        (dt.date(2027, 4, 12), 15),
        (dt.date(2027, 4, 19), 16),
    ]


def test_week_strip_stacks_final_placements_beneath_open_ones():
    day = dt.date(2027, 4, 7)
    strip = week_strip([(day, False), (day, True)], first=dt.date(2027, 3, 29), weeks=10)
    assert [(unit.part, float(unit.y)) for unit in strip.units] == [(False, 48.0), (True, 29.5)]
    assert strip.rows == (("Week 14, from 5 April 2027", "2"),)


def test_week_strip_tells_placements_outside_in_the_table():
    strip = week_strip([(dt.date(2026, 4, 7), True)], first=dt.date(2027, 3, 29), weeks=10)
    assert strip.units == ()
    assert (strip.total, len(strip.rows)) == (1, 1)


@pytest.mark.parametrize(("today", "shown"), [(dt.date(2027, 4, 7), True), (dt.date(2028, 1, 1), False), (None, False)])
def test_week_strip_marks_today_inside_only(today, shown):
    assert bool(week_strip([], first=dt.date(2027, 3, 29), weeks=10, today=today).today_x) is shown


def test_centre_map_draws_a_dot_for_each_centre_and_a_ring_where_there_is_none():
    chart = centre_map([("PL", [Place("Poznań", 52.41, 16.93), Place("Warsaw", 52.23, 21.01)]), ("MT", ())])
    assert {land.code: len(land.dots) for land in chart.lands} == {"MT": 0, "PL": 2}
    assert chart.rows == (("Malta", "no centre named yet"), ("Poland", "Poznań and Warsaw"))
    assert [(land.code, land.row, land.sentence) for land in chart.lands] == [
        ("MT", "ce-mt", "Malta: no centre named yet"),
        ("PL", "ce-pl", "Poland: Poznań and Warsaw"),
    ]


@pytest.mark.parametrize("code", ["CY", "MT"])
def test_centre_map_shows_the_islands_within_the_window(code):
    (land,) = centre_map([(code, ())]).lands
    assert inside(float(land.capital.x), float(land.capital.y), margin=4)
    assert inside(float(land.label_x), float(land.label_y))


def test_centre_map_keeps_countries_off_the_map_in_the_table():
    chart = centre_map([("IS", [Place("Reykjavík", 64.15, -21.94)])])
    assert (chart.lands, chart.rows) == ((), (("IS", "Reykjavík"),))


def test_centre_map_keeps_the_codes_of_neighbours_apart():
    lands = centre_map([("EE", [Place("Tallinn", 59.44, 24.75)]), ("FI", [Place("Helsinki", 60.17, 24.94)])]).lands
    side = {"start": LABEL, "end": -LABEL, "mid": 0}
    (left, top), (right, bottom) = [(float(it.label_x) + side[it.anchor], float(it.label_y)) for it in lands]
    assert abs(left - right) >= 2 * LABEL or abs(top - bottom) >= 12
