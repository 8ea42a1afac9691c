import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.clock_face import LABEL_GAP, Step, face, shorten
from portal.web.views.style_samples import CROWDED, MANHUNT

ROLES = ("Shift leader", "Dispatcher", "Call taker", "SPOC", "Analyst", "Press")


def steps_of(*minutes, role="Shift leader"):
    return [Step(minute, 5, role, f"Do {minute}") for minute in minutes]


def turn_of(dot):
    x, y = float(dot.x) - 240, 240 - float(dot.y)
    return math.atan2(x, y) / (2 * math.pi) % 1


def test_face_puts_a_dot_at_its_minute():
    dots = face(steps_of(0, 15, 30, 45), "Drill").dots
    assert [(dot.x, dot.y) for dot in dots] == [("240", "72"), ("408", "240"), ("240", "408"), ("72", "240")]


def test_face_has_one_ring_for_each_role_with_the_shift_leader_outside():
    rings = face(MANHUNT, "Manhunt").rings
    assert [(ring.role, ring.radius) for ring in rings] == [
        ("Shift leader", "168"),
        ("Call taker", "140"),
        ("Dispatcher", "112"),
        ("SPOC", "84"),
    ]


def test_face_takes_the_order_of_roles_that_is_given():
    rings = face(MANHUNT, "Manhunt", roles=ROLES[:4]).rings
    assert [ring.role for ring in rings] == ["Shift leader", "Dispatcher", "Call taker", "SPOC"]


def test_face_of_six_roles_keeps_the_rings_inside_and_apart():
    radii = [float(ring.radius) for ring in face(CROWDED, "Flood").rings]
    assert len(radii) == 6
    assert radii == sorted(radii, reverse=True)
    assert min(radii) >= 60
    assert {round(a - b, 1) for a, b in pairwise(radii)} == {20.8}


def test_face_numbers_steps_in_the_order_given():
    assert [dot.number for dot in face(CROWDED, "Flood").dots] == list(range(1, 26))


@pytest.mark.parametrize("steps", [MANHUNT, CROWDED, steps_of(5, 5), steps_of(0, 60), steps_of(*[30] * 25)])
def test_face_dots_never_cover_each_other(steps):
    clock = face(steps, "Drill")
    radius = float(clock.dot_radius)
    points = [(float(dot.x), float(dot.y)) for dot in clock.dots]
    nearest = min(math.dist(a, b) for n, a in enumerate(points) for b in points[:n])
    # Neighbouring rings stand one dot apart, less a rounding; dots of one ring keep a hair more than that.
    assert nearest >= 2 * radius - 1.2


def test_face_puts_the_last_minute_left_of_the_first():
    first, last = face(steps_of(0, 60), "Drill").dots
    assert (first.x, last.x) == ("253.5", "226.5")


def test_face_marks_critical_steps_only():
    clock = face([Step(0, 5, "SPOC", "Alert", critical=True), Step(9, 5, "SPOC", "Ask")], "Drill")
    assert [dot.critical for dot in clock.dots] == [True, False]
    assert [arc.critical for arc in clock.arcs] == [True, False]
    assert clock.has_critical is True


def test_face_draws_a_quarter_as_one_arc():
    assert face([Step(0, 15, "SPOC", "Alert")], "Drill").arcs[0].path == "M240 72A168 168 0 0 1 408 240"


def test_face_draws_a_whole_hour_as_two_arcs():
    path = face([Step(0, 60, "SPOC", "Alert")], "Drill").arcs[0].path
    assert path == "M240 72A168 168 0 0 1 240 408A168 168 0 0 1 240 72"


def test_face_cuts_an_arc_at_the_hour():
    assert face([Step(45, 90, "SPOC", "Alert")], "Drill").arcs[0].path == "M72 240A168 168 0 0 1 240 72"


@pytest.mark.parametrize("step", [Step(60, 10, "SPOC", "Hand over"), Step(5, 0, "SPOC", "Look")])
def test_face_draws_no_arc_for_no_time(step):
    assert face([step], "Drill").arcs == ()


@pytest.mark.parametrize(
    "step", [Step(61, 1, "SPOC", "Late"), Step(-1, 1, "SPOC", "Early"), Step(5, -1, "SPOC", "Odd")]
)
def test_face_refuses_a_step_outside_the_hour(step):
    with pytest.raises(ValueError, match="begins between"):
        face([step], "Drill")


def test_face_describes_itself_in_words():
    assert face(MANHUNT, "Manhunt").description == (
        "A clock face of sixty minutes with one ring for each of four roles. Eleven numbered steps stand at their "
        "minute; six of them are critical. The same steps follow as a list."
    )


def test_face_of_one_step_describes_itself_in_the_singular():
    assert face(steps_of(5), "Drill").description == (
        "A clock face of sixty minutes with one ring. One numbered step stands at its minute; none of them is "
        "critical. The same steps follow as a list."
    )


def test_face_labels_stand_right_before_the_half_hour_and_left_after_it():
    labels = face(steps_of(10, 29, 30, 50), "Drill").labels
    assert [(label.text, label.at_end) for label in labels] == [
        ("1. Do 10", False),
        ("2. Do 29", False),
        ("4. Do 50", True),
        ("3. Do 30", True),
    ]


def test_face_labels_of_a_side_never_touch():
    right = [float(label.y) for label in face(MANHUNT, "Manhunt").labels if not label.at_end]
    assert all(b - a >= LABEL_GAP - 0.2 for a, b in pairwise(right))


def test_face_labels_of_a_crowded_side_lose_their_second_line():
    details = {label.at_end: bool(label.detail) for label in face(CROWDED, "Flood").labels}
    assert details == {False: False, True: True}


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Manhunt", ["Manhunt"]),
        ("Natural hazard", ["Natural", "hazard"]),
        ("Donaudampfschifffahrtsgesellschaft", []),
    ],
)
def test_face_title_is_broken_to_fit_or_left_out(title, lines):
    assert [line.text for line in face(CROWDED, title).title_lines] == lines


@pytest.mark.parametrize(
    ("text", "short"), [("Alert", "Alert"), ("Alert the neighbouring centres at once", "Alert the neighbouring…")]
)
def test_shorten_cuts_at_a_word(text, short):
    assert shorten(text, 25) == short


@given(
    st.lists(
        st.builds(
            Step, st.integers(0, 60), st.integers(0, 60), st.sampled_from(ROLES), st.text(min_size=1, max_size=60)
        ),
        min_size=2,
        max_size=25,
    )
)
def test_face_copes_with_any_procedure(steps):
    clock = face(steps, "Any")
    assert len(clock.dots) == len(steps)
    assert len(clock.labels) == len(steps)
    # Nothing leaves the dial, and nothing runs into the title.
    distances = [math.dist((float(dot.x), float(dot.y)), (240, 240)) for dot in clock.dots]
    assert max(distances) <= 168.2
    assert min(distances) >= 62
    assert all(22 <= float(label.y) <= 576 for label in clock.labels)


def test_face_keeps_the_order_of_crowded_dots_on_a_ring():
    turns = [turn_of(dot) for dot in face(steps_of(10, 10, 11, 12, 12), "Drill").dots]
    assert turns == sorted(turns)
