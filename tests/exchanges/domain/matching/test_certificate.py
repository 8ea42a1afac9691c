"""A certificate proves its own result and nothing else."""

import random

import pytest

from exchanges.domain.matching import (
    Applicant,
    Certificate,
    CertificateError,
    Problem,
    Result,
    Week,
    check,
    result_hash,
    solve,
)

from .oracle import random_problem

SEEDS = [seed for seed in range(150) if solve(random_problem(random.Random(seed))).assignment]

PEOPLE = (Applicant("ann", "AT", 0, ("w1", "w2")), Applicant("bea", "BE", 1, ("w1", "w2")))
WEEKS = (Week("w1", "PT", "Lisbon", 1), Week("w2", "PT", "Porto", 1))


def small() -> tuple[Problem, Result]:
    problem = Problem(PEOPLE, WEEKS)
    return problem, solve(problem)


def forged(problem: Problem, assignment: list[tuple[str, str]], duals: dict[str, int]) -> Certificate:
    """Return a certificate whose hash and seal fit, so that only the proof itself can give it away."""
    return Certificate.of(result_hash=result_hash(problem=problem, assignment=assignment), duals=duals)


@pytest.mark.parametrize("seed", SEEDS)
def test_check_refuses_every_other_assignment(seed: int) -> None:
    problem = random_problem(random.Random(seed))
    result = solve(problem)
    true = dict(result.assignment)
    duals = dict(result.certificate.duals)
    others = [[pair for pair in result.assignment if pair != dropped] for dropped in result.assignment]
    for row in problem.applicants:
        others += [list({**true, row.id: wish}.items()) for wish in row.wishes if true.get(row.id) != wish]
    others += [
        list({**true, a: true[b], b: true[a]}.items()) for a in true for b in true if a < b and true[a] != true[b]
    ]

    for other in others:
        assert check(problem=problem, assignment=other, certificate=result.certificate) != []
        assert check(problem=problem, assignment=other, certificate=forged(problem, other, duals)) != []


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_check_refuses_every_altered_dual(seed: int) -> None:
    problem = random_problem(random.Random(seed))
    result = solve(problem)
    seal, run_hash = result.certificate.seal, result.certificate.result_hash
    duals = dict(result.certificate.duals)
    used = {"source", "seats", "sink"} | {f"applicant|{a}" for a, _ in result.assignment}
    used |= {f"week|{w}" for _, w in result.assignment}
    # More than all weights together, so it overturns the sign of any reduced cost.
    far = 4 * max(abs(value) for value in duals.values()) + 10**40

    for name, value in duals.items():
        altered = {**duals, name: value + 1}
        unsealed = Certificate(result_hash=run_hash, duals=tuple(sorted(altered.items())), seal=seal)
        assert check(problem=problem, assignment=result.assignment, certificate=unsealed) != []
    for name in used:
        for shift in (far, -far):
            resealed = Certificate.of(result_hash=run_hash, duals={**duals, name: duals[name] + shift})
            assert check(problem=problem, assignment=result.assignment, certificate=resealed) != []
    for shift in (1, -1):
        resealed = Certificate.of(result_hash=run_hash, duals={**duals, "sink": duals["sink"] + shift})
        assert check(problem=problem, assignment=result.assignment, certificate=resealed) != []


def test_check_swapped_pair_would_be_improved() -> None:
    problem, result = small()
    swapped = [("ann", "w2"), ("bea", "w1")]
    faults = check(
        problem=problem, assignment=swapped, certificate=forged(problem, swapped, dict(result.certificate.duals))
    )

    assert result.assignment == (("ann", "w1"), ("bea", "w2"))
    assert {fault.partition(" would ")[2] for fault in faults} == {"improve the result."}


def test_check_duals_written_by_hand() -> None:
    # Alone with one place, every limit on the way is used up, so zeros prove it; not so for staying at home.
    problem = Problem((Applicant("ann", "AT", 0, ("w1",)),), WEEKS[:1])
    nodes = ("source", "seats", "country|AT", "applicant|ann", "guests|AT|w1", "week|w1", "centre|Lisbon", "sink")
    zeros = dict.fromkeys(nodes, 0)

    assert check(problem=problem, assignment=[("ann", "w1")], certificate=forged(problem, [("ann", "w1")], zeros)) == []
    assert check(problem=problem, assignment=[], certificate=forged(problem, [], zeros)) == [
        "One more from seats to country|AT would improve the result.",
        "One more from applicant|ann to guests|AT|w1 would improve the result.",
    ]


def test_check_old_certificate_for_other_assignment() -> None:
    problem, result = small()
    faults = check(problem=problem, assignment=[("ann", "w1")], certificate=result.certificate)

    assert faults[0] == "The certificate belongs to another problem or assignment."


def test_check_broken_limit_named_in_words() -> None:
    problem, result = small()
    both = [("ann", "w1"), ("bea", "w1")]
    faults = check(problem=problem, assignment=both, certificate=forged(problem, both, dict(result.certificate.duals)))

    assert faults[:2] == [
        "2 guest(s) in week w1, where the limit is 1.",
        "1 more arrive at week|w1 than the other way.",
    ]


def test_check_pair_placed_twice() -> None:
    problem, result = small()
    twice = [("ann", "w1"), ("ann", "w1"), ("bea", "w2")]
    faults = check(
        problem=problem, assignment=twice, certificate=forged(problem, twice, dict(result.certificate.duals))
    )

    assert faults[0] == "2 week(s) for applicant ann, where the limit is 1."


def test_check_impossible_pair_and_unknown_applicant() -> None:
    problem, result = small()
    pairs = [("ann", "nowhere"), ("zoe", "w1")]
    faults = check(
        problem=problem, assignment=pairs, certificate=forged(problem, pairs, dict(result.certificate.duals))
    )

    assert faults == ["Applicant ann cannot go to week nowhere.", "Applicant zoe cannot go to week w1."]


def test_check_missing_lock() -> None:
    problem = Problem(PEOPLE, WEEKS, locks=(("bea", "w1"),))
    result = solve(problem)
    without = [("ann", "w1")]
    faults = check(
        problem=problem, assignment=without, certificate=forged(problem, without, dict(result.certificate.duals))
    )

    assert result.assignment == (("ann", "w2"), ("bea", "w1"))
    assert faults[0] == "The locked pair (bea, w1) is missing."


@pytest.mark.parametrize("change", ["left out", "invented", "renamed", "twice"])
def test_check_wrong_set_of_nodes(change: str) -> None:
    problem, result = small()
    rows = {
        "left out": result.certificate.duals[1:],
        "invented": (*result.certificate.duals, ("week|w9", 0)),
        "renamed": (*result.certificate.duals[1:], ("week|w9", 0)),
        "twice": (*result.certificate.duals, result.certificate.duals[0]),
    }[change]
    certificate = Certificate(result.certificate.result_hash, rows, result.certificate.seal)
    faults = check(problem=problem, assignment=result.assignment, certificate=certificate)

    assert faults == [
        "The certificate's seal does not fit its content.",
        "The certificate does not have exactly one dual for each node.",
    ]


def test_certificate_json_round_trip() -> None:
    problem, result = small()
    again = Certificate.from_json(result.certificate.to_json())

    assert again == result.certificate
    assert check(problem=problem, assignment=result.assignment, certificate=again) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"duals": {"source": 1}}', '{"duals": {}, "other": 1}'])
def test_certificate_json_refused(text: str) -> None:
    with pytest.raises(CertificateError, match="The text is not a certificate"):
        Certificate.from_json(text)
