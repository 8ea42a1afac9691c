"""The optimum, against the enumeration of all assignments, and what must hold between problems."""

import itertools
import random

import pytest

from exchanges.domain.matching import Applicant, Problem, Week, check, solve

from .oracle import enumerate_all, expected_reasons, fits, is_open, random_problem, with_changes

SWITCHES = [(first, second) for first in (True, False) for second in (True, False)]


@pytest.mark.parametrize("seed", range(440))
def test_optimum_equals_enumeration(seed: int) -> None:
    # Most runs have both objectives on; each other combination gets its share.
    objectives = SWITCHES[seed % 11] if seed % 11 < 4 else (True, True)
    problem = random_problem(random.Random(seed), objectives=objectives)
    truth = enumerate_all(problem)

    result = solve(problem)

    assert [dict(result.assignment)] == list(truth.optima)
    assert check(problem=problem, assignment=result.assignment, certificate=result.certificate) == []
    assert [(r.applicant, r.week, str(r.code)) for r in result.reasons] == expected_reasons(problem, truth)


def test_enumeration_meets_every_reason() -> None:
    met = {str(reason.code) for seed in range(440) for reason in solve(random_problem(random.Random(seed))).reasons}
    assert met == {
        "country_cap",
        "displaces_colleague",
        "forbidden",
        "locked_before",
        "locked_elsewhere",
        "merit_centre",
        "merit_seats",
        "merit_week",
        "not_open",
        "one_fewer_country",
        "one_fewer_placement",
        "own_country",
        "same_country_week",
    }


@pytest.mark.parametrize("seed", range(40))
def test_result_same_for_any_order_of_rows(seed: int) -> None:
    rng = random.Random(seed)
    problem = random_problem(rng, people=9, weeks=8)
    shuffled = {
        name: tuple(rng.sample(rows, len(rows)))
        for name in ("applicants", "weeks", "locks", "forbids")
        if (rows := getattr(problem, name)) is not None
    }

    again = with_changes(problem, **shuffled)

    assert again == problem
    assert solve(again) == solve(problem)


@pytest.mark.parametrize("seed", range(40))
def test_result_follows_new_names(seed: int) -> None:
    rng = random.Random(seed)
    problem = random_problem(rng, people=8, weeks=7)
    ids = [row.id for row in problem.applicants] + [week.id for week in problem.weeks]
    new = dict(zip(ids, (f"n{number}" for number in rng.sample(range(100), len(ids))), strict=True))
    renamed = with_changes(
        problem,
        applicants=tuple(
            Applicant(new[row.id], row.country[::-1], row.position * 3 + 1, tuple(new[w] for w in row.wishes))
            for row in problem.applicants
        ),
        weeks=tuple(
            Week(new[week.id], week.country[::-1], week.centre[::-1], week.capacity, week.blocked)
            for week in problem.weeks
        ),
        locks=tuple((new[a], new[w]) for a, w in problem.locks),
        forbids=tuple((new[a], new[w]) for a, w in problem.forbids),
    )

    expected = {(new[a], new[w]) for a, w in solve(problem).assignment}

    assert set(solve(renamed).assignment) == expected


@pytest.mark.parametrize("seed", range(60))
def test_objectives_off_equal_serial_dictatorship(seed: int) -> None:
    problem = with_changes(random_problem(random.Random(seed), people=8, weeks=7, objectives=(False, False)), locks=())
    given: dict[str, str] = {}
    for row in sorted(problem.applicants, key=lambda row: row.position):
        for wish in row.wishes:
            week = problem.week[wish]
            if is_open(problem, row, week) and fits(problem, given, row, week):
                given[row.id] = wish
                break

    assert dict(solve(problem).assignment) == given


@pytest.mark.parametrize("seed", range(60))
def test_extra_seat_never_lowers_countries_and_placements(seed: int) -> None:
    problem = random_problem(random.Random(seed), people=8, weeks=7)
    counts = solve(problem).counts
    before = (counts.countries_served, counts.placed)
    wider = [
        with_changes(problem, **{name: getattr(problem, name) + 1})
        for name in ("seats", "country_cap", "centre_cap")
        if getattr(problem, name) is not None
    ]
    for week in problem.weeks:
        bigger = Week(week.id, week.country, week.centre, week.capacity + 1, week.blocked)
        wider.append(with_changes(problem, weeks=tuple(bigger if w == week else w for w in problem.weeks)))

    for problem_with_more in wider:
        after = solve(problem_with_more).counts
        assert max(before, (after.countries_served, after.placed)) == (after.countries_served, after.placed)


@pytest.mark.parametrize("seed", range(30))
def test_reordering_own_list_never_pays(seed: int) -> None:
    problem = with_changes(random_problem(random.Random(seed), people=4), locks=())
    honest = dict(solve(problem).assignment)
    for row in problem.applicants:
        true_rank = {week: rank for rank, week in enumerate(row.wishes)}
        no_week = len(row.wishes)
        for order in itertools.permutations(row.wishes):
            told = Applicant(row.id, row.country, row.position, order)
            changed = with_changes(problem, applicants=tuple(told if a == row else a for a in problem.applicants))
            got = dict(solve(changed).assignment).get(row.id, "")
            best = min(true_rank.get(got, no_week), true_rank.get(honest.get(row.id, ""), no_week))
            assert true_rank.get(honest.get(row.id, ""), no_week) == best


def test_optimum_serves_second_country_before_first_persons_wish() -> None:
    people = (
        Applicant("ann", "AT", 0, ("w1", "w2")),
        Applicant("bea", "AT", 1, ("w1", "w2")),
        Applicant("cis", "CZ", 2, ("w1",)),
    )
    weeks = (Week("w1", "PT", "Lisbon", 1), Week("w2", "PT", "Porto", 1))
    result = solve(Problem(people, weeks))

    assert result.assignment == (("ann", "w2"), ("cis", "w1"))
    assert result.counts.by_rank == (1, 1)
    assert (result.counts.applicants, result.counts.placed) == (3, 2)
    assert (result.counts.countries, result.counts.countries_served) == (2, 2)
    assert [(r.applicant, r.week, str(r.code)) for r in result.reasons] == [
        ("ann", "w1", "one_fewer_country"),
        ("bea", "w1", "one_fewer_country"),
        ("bea", "w2", "same_country_week"),
    ]


def test_optimum_nobody_to_place() -> None:
    problem = Problem((), (Week("w1", "PT", "Lisbon", 1),))
    result = solve(problem)

    assert (result.assignment, result.reasons) == ((), ())
    assert check(problem=problem, assignment=(), certificate=result.certificate) == []


def test_rematch_frozen_after_withdrawal_moves_no_holder() -> None:
    rng = random.Random(8)
    problem = with_changes(random_problem(rng, people=9, weeks=8), locks=(), forbids=(), seats=4)
    first = solve(problem).assignment
    gone = first[0][0]
    kept = tuple(pair for pair in first if pair[0] != gone)
    frozen = with_changes(problem, applicants=tuple(row for row in problem.applicants if row.id != gone), locks=kept)

    second = solve(frozen)

    assert set(kept) - set(second.assignment) == set()
    assert check(problem=frozen, assignment=second.assignment, certificate=second.certificate) == []
