"""Whether a week is possible for an applicant, and the sentence when it is not."""

from datetime import date

import pytest

from exchanges.domain.matching import (
    ApplicantFacts,
    Cefr,
    Obstacle,
    ObstacleCode,
    Skill,
    Unavailability,
    WeekFacts,
    obstacles,
)

MONDAY = date(2027, 5, 3)
ENGLISH_B2 = Skill("en", "English", Cefr.B2)
POLISH_B1 = Skill("pl", "Polish", Cefr.B1)


def skills(*named: tuple[str, str, Cefr]) -> tuple[Skill, ...]:
    return tuple(Skill(*each) for each in named)


def test_obstacles_none_when_everything_fits() -> None:
    applicant = ApplicantFacts("LV", skills(("en", "English", Cefr.C1)), clearance_met=True)
    week = WeekFacts("PL", MONDAY, (ENGLISH_B2,), clearance_asked=True)

    assert obstacles(applicant=applicant, week=week) == ()


def test_obstacles_own_country() -> None:
    assert obstacles(applicant=ApplicantFacts("PL"), week=WeekFacts("PL", MONDAY)) == (
        Obstacle(ObstacleCode.OWN_COUNTRY, "The week is in your own country."),
    )


def test_obstacles_week_not_open() -> None:
    assert obstacles(applicant=ApplicantFacts("LV"), week=WeekFacts("PL", MONDAY, is_open=False)) == (
        Obstacle(ObstacleCode.NOT_OPEN, "The week is not open."),
    )


def test_obstacles_clearance_not_confirmed() -> None:
    assert obstacles(applicant=ApplicantFacts("LV"), week=WeekFacts("PL", MONDAY, clearance_asked=True)) == (
        Obstacle(
            ObstacleCode.CLEARANCE,
            "The host asks for a clearance, and nobody confirmed that yours meets the host's level.",
        ),
    )


@pytest.mark.parametrize(
    ("spoken", "asked", "sentence"),
    [
        ((), (POLISH_B1,), "The host works in Polish at B1, and you named no Polish."),
        (
            skills(("pl", "Polish", Cefr.A2)),
            (POLISH_B1,),
            "The host works in Polish at B1, and you named Polish at A2.",
        ),
        (
            skills(("pl", "Polish", Cefr.A2), ("de", "German", Cefr.NATIVE)),
            (ENGLISH_B2, POLISH_B1),
            "The host works in English at B2 or Polish at B1, and you named Polish at A2 and no English.",
        ),
        (
            skills(("pl", "Polish", Cefr.C2)),
            (Skill("pl", "Polish", Cefr.NATIVE),),
            "The host works in Polish at native level, and you named Polish at C2.",
        ),
    ],
)
def test_obstacles_language_too_low(spoken: tuple[Skill, ...], asked: tuple[Skill, ...], sentence: str) -> None:
    assert obstacles(applicant=ApplicantFacts("LV", spoken), week=WeekFacts("PL", MONDAY, asked)) == (
        Obstacle(ObstacleCode.LANGUAGE, sentence),
    )


@pytest.mark.parametrize(
    ("spoken", "asked"),
    [
        (skills(("pl", "Polish", Cefr.B1)), (POLISH_B1,)),
        (skills(("pl", "Polish", Cefr.NATIVE)), (POLISH_B1,)),
        # One of several working languages is enough, and the better of two entries counts.
        (skills(("pl", "Polish", Cefr.B1)), (ENGLISH_B2, POLISH_B1)),
        (skills(("pl", "Polish", Cefr.B2), ("pl", "Polish", Cefr.A1)), (POLISH_B1,)),
        ((), ()),
    ],
)
def test_obstacles_language_high_enough(spoken: tuple[Skill, ...], asked: tuple[Skill, ...]) -> None:
    assert obstacles(applicant=ApplicantFacts("LV", spoken), week=WeekFacts("PL", MONDAY, asked)) == ()


@pytest.mark.parametrize(
    ("first", "last", "away"),
    [
        (date(2027, 5, 7), date(2027, 5, 7), "on 7 May 2027"),
        (date(2027, 4, 30), date(2027, 5, 3), "from 30 April to 3 May 2027"),
        (date(2027, 5, 5), date(2027, 5, 6), "from 5 to 6 May 2027"),
        (date(2026, 12, 24), date(2027, 6, 1), "from 24 December 2026 to 1 June 2027"),
    ],
)
def test_obstacles_unavailable_in_that_week(first: date, last: date, away: str) -> None:
    applicant = ApplicantFacts("LV", unavailable=(Unavailability(first, last),))

    assert obstacles(applicant=applicant, week=WeekFacts("PL", MONDAY)) == (
        Obstacle(ObstacleCode.UNAVAILABLE, f"The week runs from 3 to 7 May 2027, and you are away {away}."),
    )


def test_obstacles_away_until_sunday_and_from_saturday() -> None:
    away = (Unavailability(date(2027, 4, 1), date(2027, 5, 2)), Unavailability(date(2027, 5, 8), date(2027, 5, 9)))

    assert obstacles(applicant=ApplicantFacts("LV", unavailable=away), week=WeekFacts("PL", MONDAY)) == ()


def test_obstacles_all_told_in_order() -> None:
    applicant = ApplicantFacts("PL", unavailable=(Unavailability(MONDAY, MONDAY),))
    week = WeekFacts("PL", MONDAY, (POLISH_B1,), is_open=False, clearance_asked=True)

    assert [str(obstacle.code) for obstacle in obstacles(applicant=applicant, week=week)] == [
        "own_country",
        "not_open",
        "language",
        "unavailable",
        "clearance",
    ]


def test_cefr_levels_in_order() -> None:
    assert [level.label for level in sorted(Cefr)] == ["A1", "A2", "B1", "B2", "C1", "C2", "native level"]


def test_week_facts_other_day_than_monday_refused() -> None:
    with pytest.raises(ValueError, match="A host week starts on a Monday; 2027-05-04 is none"):
        WeekFacts("PL", date(2027, 5, 4))


def test_unavailability_backwards_refused() -> None:
    with pytest.raises(ValueError, match="The stretch ends on 2027-05-01, before it starts on 2027-05-02"):
        Unavailability(date(2027, 5, 2), date(2027, 5, 1))
