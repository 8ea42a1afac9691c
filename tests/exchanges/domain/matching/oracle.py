"""Random small problems, and the slow but obvious way to solve them: try every assignment.

Nothing here uses the network, the weights or the solver.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exchanges.domain.matching import Applicant, Problem, Week

COUNTRIES = ("AT", "BE", "CZ")
NO_BOUND = 10**6
Key = tuple[int, int, tuple[int, ...]]


def random_problem(
    rng: random.Random, *, people: int = 5, weeks: int = 4, objectives: tuple[bool, bool] = (True, True)
) -> Problem:
    """Return a problem of at most `people` x `weeks` in which every kind of limit, lock and forbid may occur."""
    hosts = tuple(
        Week(
            f"w{number}",
            rng.choice((*COUNTRIES, "DK", "EE")),
            rng.choice(("Astra", "Borea", "Clio")),
            rng.choice((0, 1, 1, 1, 2, 2, 3)),
            rng.random() < 0.08,
        )
        for number in range(rng.choice((weeks, weeks, rng.randint(1, weeks))))
    )
    names = [week.id for week in hosts]
    # Mostly full, because in small rooms nobody gets in another's way.
    positions = rng.sample(range(3 * people), rng.choice((people, people, people - 1, rng.randint(1, people))))
    applicants = tuple(
        Applicant(f"a{number}", rng.choice(COUNTRIES), position, _wishes(rng, names))
        for number, position in enumerate(positions)
    )
    problem = Problem(
        applicants,
        hosts,
        seats=rng.choice((None, None, 1, 2, 3, 4)),
        country_cap=rng.choice((None, None, 1, 2)),
        centre_cap=rng.choice((None, None, 1, 2)),
        objectives=objectives,
        forbids=tuple((row.id, week) for row in applicants for week in names if rng.random() < 0.05),
    )
    # A lock from a possible assignment cannot contradict the limits.
    possible = next(assignments(problem, shuffle=rng))
    return with_changes(problem, locks=tuple(pair for pair in possible.items() if rng.random() < 0.12))


def _wishes(rng: random.Random, names: list[str]) -> tuple[str, ...]:
    return tuple(rng.sample(names, rng.choice((len(names), len(names), rng.randint(0, len(names))))))


def with_changes(problem: Problem, **changes: Any) -> Problem:
    """Return `problem` with some fields replaced."""
    fields = {name: getattr(problem, name) for name in Problem.__dataclass_fields__}
    return Problem(**{**fields, **changes})


def fits(problem: Problem, given: Mapping[str, str], applicant: Applicant, week: Week) -> bool:
    """Say whether `applicant` can go to `week` beside those in `given` without breaking a limit."""
    others = [(problem.applicant[a], problem.week[w]) for a, w in given.items() if a != applicant.id]
    return (
        len(others) < (problem.seats or NO_BOUND)
        and sum(w == week for _, w in others) < week.capacity
        and not any(w == week and a.country == applicant.country for a, w in others)
        and sum(a.country == applicant.country for a, _ in others) < (problem.country_cap or NO_BOUND)
        and sum(w.centre == week.centre for _, w in others) < (problem.centre_cap or NO_BOUND)
    )


def is_open(problem: Problem, applicant: Applicant, week: Week) -> bool:
    """Say whether the pair is possible at all, whoever else goes where."""
    locked = dict(problem.locks).get(applicant.id)
    if locked is not None:
        return locked == week.id
    return not week.blocked and week.country != applicant.country and (applicant.id, week.id) not in problem.forbids


def assignments(problem: Problem, shuffle: random.Random | None = None) -> Iterator[dict[str, str]]:
    """Yield every assignment that keeps all rules; with `shuffle`, in a random order."""
    people = list(problem.applicants)
    locked = dict(problem.locks)

    def extend(index: int, given: dict[str, str]) -> Iterator[dict[str, str]]:
        if index == len(people):
            yield dict(given)
            return
        row = people[index]
        choices: list[str | None] = [*row.wishes] if row.id in locked else [*row.wishes, None]
        if shuffle:
            shuffle.shuffle(choices)
        for choice in choices:
            if choice is None:
                yield from extend(index + 1, given)
            elif is_open(problem, row, problem.week[choice]) and fits(problem, given, row, problem.week[choice]):
                yield from extend(index + 1, {**given, row.id: choice})

    return extend(0, {})


def key(problem: Problem, given: Mapping[str, str]) -> Key:
    """Return (countries, placements, merit vector), the bigger the better; 0 for an objective that is off."""
    by_country, by_placement = problem.objectives
    people = sorted(problem.applicants, key=lambda row: row.position)
    return (
        len({row.country for row in people if row.id in given}) if by_country else 0,
        len(given) if by_placement else 0,
        # No week is worse than any wish, and a later wish is worse than an earlier one.
        tuple(-row.wishes.index(given[row.id]) if row.id in given else -99 for row in people),
    )


@dataclass(frozen=True)
class Truth:
    """What trying everything found: the best key, all assignments that reach it, the best key with each pair fixed."""

    best: Key
    optima: tuple[dict[str, str], ...]
    with_pair: dict[tuple[str, str], Key]


def enumerate_all(problem: Problem) -> Truth:
    """Return the truth about a small problem."""
    best: Key | None = None
    optima: list[dict[str, str]] = []
    with_pair: dict[tuple[str, str], Key] = {}
    for given in assignments(problem):
        found = key(problem, given)
        if best is None or found > best:
            best, optima = found, []
        if found == best:
            optima.append(given)
        for pair in given.items():
            with_pair[pair] = max(with_pair.get(pair, found), found)
    assert best is not None
    return Truth(best, tuple(optima), with_pair)


def expected_reasons(problem: Problem, truth: Truth) -> list[tuple[str, str, str]]:
    """Return (applicant, week, code) for each refused better wish, straight from the rule's definition."""
    given = truth.optima[0]
    reasons = []
    people = sorted(problem.applicants, key=lambda row: row.position)
    for place, row in enumerate(people):
        above = {other.id: given[other.id] for other in people[:place] if other.id in given}
        locked = {a: w for a, w in problem.locks if a != row.id}
        for wish in row.wishes:
            if given.get(row.id) == wish:
                break
            week = problem.week[wish]
            if row.id in dict(problem.locks):
                code = "locked_elsewhere"
            elif week.country == row.country:
                code = "own_country"
            elif (row.id, wish) in problem.forbids:
                code = "forbidden"
            elif week.blocked or week.capacity == 0:
                code = "not_open"
            elif not fits(problem, above, row, week):
                code = _full(problem, above, row, week)
            elif not fits(problem, {**above, **locked}, row, week):
                code = "locked_before"
            elif truth.with_pair[row.id, wish][0] < truth.best[0]:
                code = "one_fewer_country"
            elif truth.with_pair[row.id, wish][1] < truth.best[1]:
                code = "one_fewer_placement"
            else:
                code = "displaces_colleague"
            reasons.append((row.id, wish, code))
    return reasons


def _full(problem: Problem, above: Mapping[str, str], row: Applicant, week: Week) -> str:
    if any(w == week.id and problem.applicant[a].country == row.country for a, w in above.items()):
        return "same_country_week"
    if sum(w == week.id for w in above.values()) == week.capacity:
        return "merit_week"
    if sum(problem.week[w].centre == week.centre for w in above.values()) == problem.centre_cap:
        return "merit_centre"
    if sum(problem.applicant[a].country == row.country for a in above) == problem.country_cap:
        return "country_cap"
    assert len(above) == problem.seats
    return "merit_seats"
