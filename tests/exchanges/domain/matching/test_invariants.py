"""What holds for every result, tried by hypothesis on problems too large to enumerate."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from exchanges.domain.matching import Applicant, Problem, Week, check, solve

from .oracle import fits, is_open

COUNTRIES = st.sampled_from(["AT", "BE", "CZ", "DK", "EE", "FI"])
LIMIT = st.none() | st.integers(1, 6)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Problems of up to 10 people and 8 weeks, with any limits, forbids and one possible lock."""
    weeks = draw(
        st.lists(
            st.tuples(COUNTRIES, st.sampled_from(["Astra", "Borea", "Clio", "Dora"]), st.integers(0, 3), st.booleans()),
            min_size=1,
            max_size=8,
        )
    )
    hosts = tuple(
        Week(f"w{number}", country, centre, capacity, rarely and capacity == 3)
        for number, (country, centre, capacity, rarely) in enumerate(weeks)
    )
    names = [week.id for week in hosts]
    people = draw(st.lists(st.tuples(COUNTRIES, st.permutations(names), st.integers(0, 8)), max_size=10))
    places = draw(st.permutations(range(len(people))))
    applicants = tuple(
        Applicant(f"a{place}", country, place, tuple(order[: max(3, length)]))
        for place, (country, order, length) in zip(places, people, strict=True)
    )
    pairs = [(row.id, wish) for row in applicants for wish in row.wishes]
    forbids = set(draw(st.lists(st.sampled_from(pairs), max_size=4))) if pairs else set()
    open_pairs = [
        (row.id, wish)
        for row in applicants
        for wish in row.wishes
        if (week := next(week for week in hosts if week.id == wish)).country != row.country
        and week.capacity > 0
        and (row.id, wish) not in forbids
    ]
    locks = draw(st.lists(st.sampled_from(open_pairs), max_size=1)) if open_pairs else []
    return Problem(
        applicants,
        hosts,
        seats=draw(LIMIT),
        country_cap=draw(LIMIT),
        centre_cap=draw(LIMIT),
        objectives=draw(st.tuples(st.booleans(), st.booleans())),
        locks=tuple(locks),
        forbids=tuple(forbids),
    )


@settings(max_examples=250, deadline=None, database=None, derandomize=True)
@given(problems())
def test_result_keeps_every_rule(problem: Problem) -> None:
    result = solve(problem)
    given_week = dict(result.assignment)
    pairs = [(problem.applicant[a], problem.week[w]) for a, w in result.assignment]

    # Rules: nobody twice, only possible pairs, all locks, and each limit.
    assert len(given_week) == len(result.assignment)
    assert [(a.id, w.id) for a, w in pairs if w.id not in a.wishes or not is_open(problem, a, w)] == []
    assert [pair for pair in problem.locks if pair not in result.assignment] == []
    assert [w.id for w in problem.weeks if sum(week == w for _, week in pairs) > w.capacity] == []
    assert [key for key, number in Counter((a.country, w.id) for a, w in pairs).items() if number > 1] == []
    for cap, used in (
        (problem.seats, [len(pairs)]),
        (problem.country_cap, Counter(a.country for a, _ in pairs).values()),
        (problem.centre_cap, Counter(w.centre for _, w in pairs).values()),
    ):
        assert [number for number in used if cap is not None and number > cap] == []

    # No wasted seat: nobody could simply take a better wish while all others stay.
    wasted = [
        (row.id, wish)
        for row in problem.applicants
        for wish in row.wishes[: row.wishes.index(given_week[row.id]) if row.id in given_week else None]
        if is_open(problem, row, problem.week[wish]) and fits(problem, given_week, row, problem.week[wish])
    ]
    assert wasted == []

    # Exactly one reason for each refused better wish, in order.
    refused = [
        (row.id, wish, rank)
        for row in sorted(problem.applicants, key=lambda row: row.position)
        for rank, wish in enumerate(
            row.wishes[: row.wishes.index(given_week[row.id]) if row.id in given_week else None]
        )
    ]
    assert [(reason.applicant, reason.week, reason.rank) for reason in result.reasons] == refused
    assert [reason for reason in result.reasons if "{" in reason.sentence or "None" in reason.sentence] == []

    assert check(problem=problem, assignment=result.assignment, certificate=result.certificate) == []


@settings(max_examples=60, deadline=None, database=None, derandomize=True)
@given(problems())
def test_problem_json_gives_the_same_result(problem: Problem) -> None:
    again = Problem.from_json(problem.to_json())

    assert again == problem
    assert solve(again) == solve(problem)
