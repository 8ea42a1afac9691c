"""The weights that fold three objectives into one integer, and the way back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from .problem import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """A total weight taken apart. `merit` holds, in merit order, the length of the list minus the rank; 0 = no week.

    `countries` and `placements` are 0 when their objective is switched off. Two outcomes compare
    in the order of the objectives.
    """

    locks: int
    countries: int
    placements: int
    merit: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Weights:
    """Integer weights of one run.

    `base` is L + 1 with L the longest list, `size` the number n of applicants. With place k in merit
    (0 = best) and rank r (0 = first wish) a wish weighs W2 + (L - r) * base^(n - 1 - k), so no number of
    later people outweighs one earlier person; W2 = base^n outweighs all wishes together; the first
    placement of a country weighs W1 = (n + 1) * W2 and outweighs all placements; a lock weighs
    (n + 1) * W1 and outweighs everything. At n = 30 these are far beyond a double's 53 bits.
    Source: design, exchanges, Matching.
    """

    base: int
    size: int
    lock: int
    country: int
    placement: int

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Return the weights of `problem`; an objective that is off weighs 0."""
        base, size = problem.longest_list + 1, len(problem.applicants)
        placement = base**size
        country = (size + 1) * placement
        by_country, by_placement = problem.objectives
        return cls(
            base=base,
            size=size,
            lock=(size + 1) * country,
            country=country if by_country else 0,
            placement=placement if by_placement else 0,
        )

    def wish(self, *, place: int, rank: int) -> int:
        """Return the weight of giving wish `rank` to the applicant at `place` in merit order."""
        later: int = self.base ** (self.size - 1 - place)
        return self.placement + (self.base - 1 - rank) * later

    def take_apart(self, total: int) -> Outcome:
        """Return what a total weight of an assignment says: the inverse of adding weights up."""
        locks, rest = divmod(total, self.lock)
        countries, rest = divmod(rest, self.country) if self.country else (0, rest)
        placements, rest = divmod(rest, self.placement) if self.placement else (0, rest)
        digits: list[int] = []
        for _ in range(self.size):
            rest, digit = divmod(rest, self.base)
            digits.append(digit)
        return Outcome(locks=locks, countries=countries, placements=placements, merit=tuple(reversed(digits)))


def total_weight(*, weights: Weights, problem: Problem, assignment: Sequence[tuple[str, str]]) -> int:
    """Return the weight of `assignment`: locks, countries served, placements and merit in one integer."""
    place = {row.id: index for index, row in enumerate(problem.by_merit)}
    served = {problem.applicant[applicant].country for applicant, _ in assignment}
    wishes = (
        weights.wish(place=place[applicant], rank=problem.applicant[applicant].wishes.index(week))
        for applicant, week in assignment
    )
    return len(problem.locks) * weights.lock + len(served) * weights.country + sum(wishes)
