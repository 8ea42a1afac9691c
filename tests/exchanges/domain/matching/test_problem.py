"""The input of a run: what is refused, how it is written, and its hash."""

from typing import Any

import pytest

from exchanges.domain.matching import Applicant, Problem, ProblemError, Week, result_hash, solve

ANN = Applicant("ann", "AT", 0, ("w1", "w2"))
BEA = Applicant("bea", "BE", 1, ("w2",))
W1 = Week("w1", "PT", "Lisbon", 1)
W2 = Week("w2", "AT", "Wien", 2, blocked=True)

NO: Any = "no"

LITERAL = (
    '{"applicants":[{"country":"AT","id":"ann","position":0,"wishes":["w1","w2"]},'
    '{"country":"BE","id":"bea","position":1,"wishes":["w2"]}],'
    '"centre_cap":null,"country_cap":2,"forbids":[["bea","w1"]],"format":"merit-lex/1","locks":[["ann","w1"]],'
    '"objectives":[true,false],"seats":7,'
    '"weeks":[{"blocked":false,"capacity":1,"centre":"Lisbon","country":"PT","id":"w1"},'
    '{"blocked":true,"capacity":2,"centre":"Wien","country":"AT","id":"w2"}]}'
)


def literal_problem() -> Problem:
    return Problem(
        (BEA, ANN),
        (W2, W1),
        seats=7,
        country_cap=2,
        objectives=(True, False),
        locks=(("ann", "w1"),),
        forbids=(("bea", "w1"),),
    )


def test_problem_json_is_canonical() -> None:
    assert literal_problem().to_json() == LITERAL
    assert Problem.from_json(LITERAL) == literal_problem()


def test_problem_hash_literal() -> None:
    # Whoever stored this hash must find it again after any later change of the code.
    assert literal_problem().hash() == "e66f134976f6ce025b86f00039601aae9ee9ca4f1f4590c3b0b86be3e0e1dc3e"
    assert solve(literal_problem()).problem_hash == literal_problem().hash()


def test_result_hash_literal() -> None:
    result = solve(literal_problem())

    assert result.assignment == (("ann", "w1"),)
    assert result.hash == "8500a54747e2c8a74d029298b2690cf1b37ae0c4efaf568aca971dde604712f3"
    assert result_hash(problem=literal_problem(), assignment=[("ann", "w1")]) == result.hash


def test_result_hash_same_for_any_order_of_pairs() -> None:
    pairs = [("bea", "w2"), ("ann", "w1")]

    assert result_hash(problem=literal_problem(), assignment=pairs) == result_hash(
        problem=literal_problem(), assignment=pairs[::-1]
    )


@pytest.mark.parametrize(
    ("applicants", "weeks", "limits", "message"),
    [
        ((ANN, ANN), (W1, W2), {}, "Each applicant must come once; more than once: ann."),
        ((ANN,), (W1, W1, W2), {}, "Each week must come once; more than once: w1."),
        (
            (ANN, Applicant("bea", "BE", 0, ())),
            (W1, W2),
            {},
            "Each position must come once; more than once: 0.",
        ),
        (
            (Applicant("ann", "AT", 0, ("w1", "w1")),),
            (W1,),
            {},
            "Each wish of applicant ann must come once; more than once: w1.",
        ),
        ((ANN,), (W1,), {}, "Applicant ann wishes for unknown weeks: w2."),
        (
            (Applicant("ann", "AT", -1, ()),),
            (),
            {},
            "The position of applicant ann must be a whole number from 0, not -1.",
        ),
        (
            (),
            (Week("w1", "PT", "Lisbon", -1),),
            {},
            "The capacity of week w1 must be a whole number from 0, not -1.",
        ),
        (
            (),
            (Week("w1", "PT", "Lisbon", True),),
            {},
            "The capacity of week w1 must be a whole number from 0, not True.",
        ),
        ((), (Week("w1", "PT", "Lisbon", 1, blocked=NO),), {}, "Week w1 must be blocked or not, not 'no'."),
        (
            (),
            (Week("w|1", "PT", "Lisbon", 1),),
            {},
            "An id, country or centre must be a text without \"|\", not 'w|1'.",
        ),
        ((Applicant("", "AT", 0, ()),), (), {}, "An id, country or centre must be a text without \"|\", not ''."),
        ((), (), {"seats": 0}, "seats must be a whole number from 1, not 0."),
        ((), (), {"country_cap": 0}, "country_cap must be a whole number from 1, not 0."),
        ((), (), {"centre_cap": 1.5}, "centre_cap must be a whole number from 1, not 1.5."),
        ((), (), {"objectives": (True,)}, "objectives must be two booleans."),
        (
            (ANN,),
            (W1, W2),
            {"locks": (("zoe", "w1"),)},
            "The fixed pair (zoe, w1) names an unknown applicant or week.",
        ),
        (
            (ANN,),
            (W1, W2),
            {"forbids": (("ann", "w9"),)},
            "The fixed pair (ann, w9) names an unknown applicant or week.",
        ),
        (
            (ANN,),
            (W1, W2),
            {"locks": (("ann", "w2"),)},
            "Applicant ann cannot be locked into week w2: it is no wish, in the own country, or forbidden.",
        ),
        (
            (BEA,),
            (W1, W2),
            {"locks": (("bea", "w1"),)},
            "Applicant bea cannot be locked into week w1: it is no wish, in the own country, or forbidden.",
        ),
        (
            (ANN,),
            (W1, W2),
            {"locks": (("ann", "w1"),), "forbids": (("ann", "w1"),)},
            "Applicant ann cannot be locked into week w1: it is no wish, in the own country, or forbidden.",
        ),
        (
            (ANN, Applicant("bea", "BE", 1, ("w1",))),
            (W1, W2),
            {"locks": (("ann", "w1"), ("bea", "w1"))},
            "The locks break a limit together: 2 guest(s) in week w1, where the limit is 1.",
        ),
        (
            (ANN, BEA),
            (W1, W2),
            {"locks": (("ann", "w1"), ("bea", "w2")), "seats": 1},
            "The locks break a limit together: 2 funded seat(s) for the run, where the limit is 1.",
        ),
    ],
)
def test_problem_contradiction_refused(
    applicants: tuple[Applicant, ...], weeks: tuple[Week, ...], limits: dict[str, Any], message: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        Problem(applicants, weeks, **limits)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format":"merit-lex/2"}',
        LITERAL.replace("merit-lex/1", "merit-lex/0"),
        LITERAL.replace('"seats":7,', ""),
        LITERAL.replace('"seats":7', '"seats":7,"colour":1'),
        LITERAL.replace('"position":0', '"place":0'),
    ],
)
def test_problem_json_refused(text: str) -> None:
    with pytest.raises(ProblemError, match="The text is not a problem in the format merit-lex/1"):
        Problem.from_json(text)


def test_problem_json_with_contradiction_says_which() -> None:
    with pytest.raises(ProblemError) as caught:
        Problem.from_json(LITERAL.replace('"position":1', '"position":0'))

    assert str(caught.value) == "Each position must come once; more than once: 0."


def test_lock_into_blocked_week_is_kept() -> None:
    # A blocked week takes no new guests, but whoever holds a place there keeps it.
    problem = Problem((ANN, BEA), (W1, W2), locks=(("bea", "w2"),))

    assert solve(problem).assignment == (("ann", "w1"), ("bea", "w2"))
