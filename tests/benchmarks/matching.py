"""Times the matching at the size of a large call: `python -m tests.benchmarks.matching`.

Prints milliseconds (median of several runs) and what each part costs relative to the flow alone.
"""

import random
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter

from exchanges.domain.matching import Applicant, Problem, Result, Week, check, solve
from exchanges.domain.matching.flow import Residual
from exchanges.domain.matching.network import build_network
from exchanges.domain.matching.weights import Weights

RUNS = 7


def full_problem(*, applicants: int, weeks: int, countries: int, seats: int, seed: int = 0) -> Problem:
    """Return a problem in which everybody lists every week outside the own country, popular weeks more often first."""
    rng = random.Random(seed)
    codes = [f"C{number:02}" for number in range(countries)]
    hosts = [
        Week(f"w{number:03}", codes[number % countries], f"centre{number // 2:03}", rng.choice((1, 1, 2)))
        for number in range(weeks)
    ]
    popularity = {week.id: rng.random() for week in hosts}
    people = []
    for position in range(applicants):
        country = rng.choice(codes)
        wishes = [week.id for week in hosts if week.country != country]
        wishes.sort(key=lambda week: popularity[week] + rng.random())
        people.append(Applicant(f"a{position:03}", country, position, tuple(wishes)))
    return Problem(tuple(people), tuple(hosts), seats=seats, country_cap=3, centre_cap=2)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of `work` in milliseconds."""
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times) * 1000


def flow(problem: Problem) -> None:
    """Build the network and find the best flow, without reasons, hash and counts."""
    Residual(build_network(problem)).best_flow()


def proven(problem: Problem, result: Result) -> bool:
    """Say whether the certificate proves the result."""
    return check(problem=problem, assignment=result.assignment, certificate=result.certificate) == []


def main() -> None:
    """Print the figures."""
    for people, weeks, seats in ((10, 12, 8), (30, 40, 25), (30, 40, 30), (60, 80, 50)):
        problem = full_problem(applicants=people, weeks=weeks, countries=20, seats=seats)
        result = solve(problem)
        flow_alone = milliseconds(partial(flow, problem))
        whole = milliseconds(partial(solve, problem))
        proof = milliseconds(partial(proven, problem, result))
        print(
            f"{people} x {weeks}, {seats} seats: {result.counts.placed} placed, "
            f"{result.counts.countries_served} of {result.counts.countries} countries, "
            f"{len(result.reasons)} reasons, {'proven' if proven(problem, result) else 'NOT PROVEN'}, "
            f"weights of {Weights.of(problem).country.bit_length()} bits"
        )
        for label, time in (("flow", flow_alone), ("solve with reasons", whole), ("certificate check", proof)):
            print(f"  {label:<20} {time:8.1f} ms  {time / flow_alone:5.2f} x flow")


if __name__ == "__main__":
    main()
