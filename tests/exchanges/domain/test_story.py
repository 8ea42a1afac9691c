"""Sentences and figures of completed weeks."""

import pytest

from exchanges.domain.queries_public import Flow, pairs
from exchanges.domain.story import country_lines, outcome, picture, summed_up
from tests.factories import country

NAMES = {
    "NL": ("Netherlands", "the Netherlands"),
    "FI": ("Finland", "Finland"),
    "LV": ("Latvia", "Latvia"),
    "PL": ("Poland", "Poland"),
}


def test_flows_of_several_calls_are_added_up_in_the_order_of_their_countries() -> None:
    found = [Flow(1, False, "PL", "NL", 1), Flow(2, True, "FI", "NL", 2), Flow(2, True, "PL", "NL", 3)]
    assert pairs(found) == [("FI", "NL", 2), ("PL", "NL", 4)]


def test_each_country_has_a_sentence_with_its_weeks() -> None:
    lines = country_lines([("FI", "NL", 1), ("NL", "LV", 2), ("NL", "PL", 1)], NAMES)
    assert [(line.name, line.text) for line in lines] == [
        ("Finland", "sent one shift leader to the Netherlands."),
        ("Latvia", "hosted two shift leaders from the Netherlands."),
        (
            "Netherlands",
            "sent three shift leaders to Latvia (2) and Poland, and hosted one shift leader from Finland.",
        ),
        ("Poland", "hosted one shift leader from the Netherlands."),
    ]


@pytest.mark.django_db
def test_picture_has_map_table_sentences_and_badge() -> None:
    for code in ("LV", "FI"):
        country(code)
    made = picture([Flow(1, False, "LV", "FI", 1), Flow(2, True, "LV", "FI", 1)])
    assert made is not None
    assert made["chart"].rows == (("Latvia", "Finland", "2"),)
    assert [node.code for node in made["chart"].nodes] == ["FI", "LV"]
    assert made["caption"].startswith("2 completed weeks, from the sending country to the host.")
    assert (len(made["lines"]), made["sample"]) == (2, True)
    assert picture([]) is None


def test_figures_are_counted_and_nothing_unreadable_is_told() -> None:
    found = [Flow(1, False, "LV", "FI", 2), Flow(1, False, "PL", "FI", 1)]
    assert [(row["value"], row["label"]) for row in outcome(found, lessons=0)] == [
        (3, "completed weeks"),
        (2, "countries whose shift leaders went abroad"),
        (1, "country that hosted them"),
    ]
    assert outcome(found, lessons=1)[-1] == {"value": 1, "label": "lesson in the library, to read now"}
    assert outcome([], lessons=4) == []
    assert summed_up(found, lessons=2) == "3 weeks, 2 sending countries, 2 lessons"
    assert summed_up(found[:1], lessons=0) == "2 weeks, 1 sending country"
    assert summed_up([], lessons=0) == ""
