"""The match run itself: problem in; assignment, counts, proof, reasons and hash out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .certificate import Certificate
from .flow import Residual
from .network import build_network
from .problem import Pair, Problem, canonical_assignment, result_hash
from .reasons import Reason, explain


@dataclass(frozen=True, slots=True)
class Counts:
    """What a result amounts to.

    `applicants` and `placed` count persons, `countries` the sending countries among the applicants,
    `countries_served` those with a placement. `by_rank[r]` counts the persons who got their wish r
    (0 = first), as long as the longest list.
    """

    applicants: int
    placed: int
    countries: int
    countries_served: int
    by_rank: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The unique optimum of a problem: a proposal, until a committee signs it.

    `assignment` holds (applicant, week) pairs by applicant id; `certificate` the integer duals that prove it;
    `reasons` one entry for each refused better wish, by merit order and rank; `hash` the SHA-256 over problem and
    assignment, `problem_hash` that over the problem alone (hexadecimal digits).
    """

    assignment: tuple[Pair, ...]
    counts: Counts
    certificate: Certificate
    reasons: tuple[Reason, ...]
    hash: str
    problem_hash: str


def solve(problem: Problem) -> Result:
    """Return the merit-lex optimum of `problem`.

    Objectives, in order: (1) most sending countries with a placement; (2) most placements; (3) in
    merit order each applicant the best wish still possible. The optimum is unique, so the result depends
    neither on the order of rows nor on the engine. Errors: none for a valid problem; nobody to place is an
    empty assignment. Source: design, exchanges, Matching.
    """
    network = build_network(problem)
    residual = Residual(network)
    residual.best_flow()
    flow = residual.flow()
    assignment = canonical_assignment(pair for pair, index in network.wish_arc.items() if flow[index])
    run_hash = result_hash(problem=problem, assignment=assignment)
    duals = dict(zip(network.nodes, residual.potential, strict=True))
    return Result(
        assignment=assignment,
        counts=count(problem=problem, assignment=assignment),
        certificate=Certificate.of(result_hash=run_hash, duals=duals),
        reasons=explain(problem=problem, assignment=assignment, residual=residual),
        hash=run_hash,
        problem_hash=problem.hash(),
    )


def count(*, problem: Problem, assignment: Sequence[Pair]) -> Counts:
    """Return the counts of `assignment` in `problem`. Errors: KeyError or ValueError for a pair that is no wish."""
    ranks = Counter(problem.applicant[applicant].wishes.index(week) for applicant, week in assignment)
    return Counts(
        applicants=len(problem.applicants),
        placed=len(assignment),
        countries=len({row.country for row in problem.applicants}),
        countries_served=len({problem.applicant[applicant].country for applicant, _ in assignment}),
        by_rank=tuple(ranks[rank] for rank in range(problem.longest_list)),
    )
