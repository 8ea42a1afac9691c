"""One small story for each reason why a better wish was refused."""

import pytest

from exchanges.domain.matching import SENTENCES, Applicant, Problem, ReasonCode, Week, solve

LISBON = Week("lisbon", "PT", "Lisbon", 1)
PORTO = Week("porto", "PT", "Porto", 1)
PORTO_LATER = Week("porto-later", "PT", "Porto", 1)


def person(name: str, country: str, position: int, *wishes: str) -> Applicant:
    return Applicant(name, country, position, wishes)


def told(problem: Problem) -> list[tuple[str, str, str]]:
    return [(reason.applicant, reason.week, reason.sentence) for reason in solve(problem).reasons]


def test_reason_week_taken_by_higher_merit() -> None:
    problem = Problem((person("ann", "AT", 0, "lisbon"), person("bea", "BE", 1, "lisbon")), (LISBON,))

    assert told(problem) == [("bea", "lisbon", "People ranked above you fill the week (places: 1).")]


def test_reason_centre_taken_by_higher_merit() -> None:
    people = (person("ann", "AT", 0, "porto"), person("bea", "BE", 1, "porto-later"))

    assert told(Problem(people, (PORTO, PORTO_LATER), centre_cap=1)) == [
        ("bea", "porto-later", "People ranked above you fill all that the centre takes (places: 1).")
    ]


def test_reason_seats_taken_by_higher_merit() -> None:
    people = (person("ann", "AT", 0, "porto"), person("bea", "BE", 1, "lisbon"))

    assert told(Problem(people, (LISBON, PORTO), seats=1)) == [
        ("bea", "lisbon", "People ranked above you took all funded seats (seats: 1).")
    ]


def test_reason_country_cap_filled_by_colleagues() -> None:
    people = (person("ann", "AT", 0, "porto"), person("ada", "AT", 1, "lisbon"))

    assert told(Problem(people, (LISBON, PORTO), country_cap=1)) == [
        ("ada", "lisbon", "Colleagues ranked above you fill your country's share (places: 1).")
    ]


def test_reason_colleague_goes_to_the_same_week() -> None:
    people = (person("ann", "AT", 0, "lisbon"), person("ada", "AT", 1, "lisbon"))

    assert told(Problem(people, (Week("lisbon", "PT", "Lisbon", 2),))) == [
        ("ada", "lisbon", "A higher-ranked colleague from your country goes there.")
    ]


def test_reason_one_country_fewer() -> None:
    # Ada serves Ann's country from Porto, and Bea's country has nothing but Lisbon.
    people = (person("ann", "AT", 0, "lisbon"), person("ada", "AT", 1, "porto"), person("bea", "BE", 2, "lisbon"))

    assert told(Problem(people, (LISBON, PORTO))) == [
        ("ann", "lisbon", "With you there, one sending country fewer would have a placement.")
    ]


def test_reason_one_placement_fewer() -> None:
    # All are colleagues, so countries decide nothing; Ada can only go to Lisbon.
    people = (person("ann", "AT", 0, "lisbon", "porto"), person("ada", "AT", 1, "lisbon"))

    assert told(Problem(people, (LISBON, PORTO))) == [
        ("ann", "lisbon", "With you there, one person fewer would be placed in all.")
    ]


def test_reason_would_displace_someone_above() -> None:
    # Bea in Lisbon still leaves three placements, but then Cis needs Porto and Ann has to move.
    people = (
        person("ann", "AT", 0, "porto", "lisbon", "faro"),
        person("bea", "BE", 1, "lisbon", "faro"),
        person("cis", "CZ", 2, "porto", "lisbon"),
    )
    weeks = (LISBON, PORTO, Week("faro", "PT", "Faro", 1))

    assert told(Problem(people, weeks)) == [
        ("bea", "lisbon", "With you there, someone ranked above you would get a later wish or no week."),
        ("cis", "porto", "People ranked above you fill the week (places: 1)."),
    ]


def test_reason_fixed_before_the_run() -> None:
    people = (
        person("ann", "AT", 0, "lisbon", "wien", "spare", "closed", "porto"),
        person("bea", "BE", 1, "porto", "lisbon"),
    )
    weeks = (
        LISBON,
        PORTO,
        Week("wien", "AT", "Wien", 1),
        Week("spare", "PT", "Faro", 1),
        Week("closed", "PT", "Faro", 2, blocked=True),
    )
    problem = Problem(people, weeks, locks=(("bea", "lisbon"),), forbids=(("ann", "spare"),))

    assert told(problem) == [
        ("ann", "lisbon", "Placements fixed before the run leave no room for it."),
        ("ann", "wien", "The week is in your own country."),
        ("ann", "spare", "The pair was ruled out before the run, with a written reason on record."),
        ("ann", "closed", "The week takes no new guests."),
        ("bea", "porto", "Your own week was fixed before the run."),
    ]


def test_reason_limit_given_only_where_a_limit_decides() -> None:
    with_limit = {code for code, sentence in SENTENCES.items() if "{limit}" in sentence}

    assert with_limit == {
        ReasonCode.MERIT_WEEK,
        ReasonCode.MERIT_CENTRE,
        ReasonCode.MERIT_SEATS,
        ReasonCode.COUNTRY_CAP,
    }


@pytest.mark.parametrize("code", list(ReasonCode))
def test_reason_has_one_sentence(code: ReasonCode) -> None:
    assert SENTENCES[code].partition(".")[1:] == (".", "")
