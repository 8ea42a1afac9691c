"""Why an applicant did not get a better wish: exactly one reason for each."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from .flow import Residual
from .problem import Applicant, Pair, Problem, Week
from .weights import Weights, total_weight


class ReasonCode(StrEnum):
    """Why a better wish was refused. The sentence for each stands in `SENTENCES`."""

    LOCKED_ELSEWHERE = "locked_elsewhere"
    OWN_COUNTRY = "own_country"
    FORBIDDEN = "forbidden"
    NOT_OPEN = "not_open"
    SAME_COUNTRY_WEEK = "same_country_week"
    MERIT_WEEK = "merit_week"
    MERIT_CENTRE = "merit_centre"
    COUNTRY_CAP = "country_cap"
    MERIT_SEATS = "merit_seats"
    LOCKED_BEFORE = "locked_before"
    ONE_FEWER_COUNTRY = "one_fewer_country"
    ONE_FEWER_PLACEMENT = "one_fewer_placement"
    DISPLACES_COLLEAGUE = "displaces_colleague"


SENTENCES: Mapping[ReasonCode, str] = {
    ReasonCode.LOCKED_ELSEWHERE: "Your own week was fixed before the run.",
    ReasonCode.OWN_COUNTRY: "The week is in your own country.",
    ReasonCode.FORBIDDEN: "The pair was ruled out before the run, with a written reason on record.",
    ReasonCode.NOT_OPEN: "The week takes no new guests.",
    ReasonCode.SAME_COUNTRY_WEEK: "A higher-ranked colleague from your country goes there.",
    ReasonCode.MERIT_WEEK: "People ranked above you fill the week (places: {limit}).",
    ReasonCode.MERIT_CENTRE: "People ranked above you fill all that the centre takes (places: {limit}).",
    ReasonCode.COUNTRY_CAP: "Colleagues ranked above you fill your country's share (places: {limit}).",
    ReasonCode.MERIT_SEATS: "People ranked above you took all funded seats (seats: {limit}).",
    ReasonCode.LOCKED_BEFORE: "Placements fixed before the run leave no room for it.",
    ReasonCode.ONE_FEWER_COUNTRY: "With you there, one sending country fewer would have a placement.",
    ReasonCode.ONE_FEWER_PLACEMENT: "With you there, one person fewer would be placed in all.",
    ReasonCode.DISPLACES_COLLEAGUE: "With you there, someone ranked above you would get a later wish or no week.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why `applicant` did not get `week`, the wish at `rank` (0 = first).

    `limit` is the number that was used up, where a limit is the reason, else None. No other person is named.
    """

    applicant: str
    week: str
    rank: int
    code: ReasonCode
    limit: int | None = None

    @property
    def sentence(self) -> str:
        """The reason in plain English, spoken to the applicant."""
        return SENTENCES[self.code].format(limit=self.limit)


def explain(*, problem: Problem, assignment: Iterable[Pair], residual: Residual) -> tuple[Reason, ...]:
    """Return one reason for each refused better wish, by merit order and rank.

    A wish is refused when the applicant was not placed or got a later wish. In: an optimal assignment and
    the residual network with its potentials. The tests, in order, the first that holds decides:

    1. The pair was never open: the applicant is locked elsewhere (`locked_elsewhere`), the week is in the own
       country (`own_country`), the pair is forbidden (`forbidden`), the week is blocked or has no place (`not_open`).
    2. The people above, with the weeks they got, already use up a limit, the narrowest first:
       `same_country_week`, `merit_week`, `merit_centre`, `country_cap`, `merit_seats`.
    3. They do so only together with locked people further down: `locked_before`.
    4. Nobody above stands in the way directly. The pair is then fixed and the best result with it
       is compared with the actual one; as the actual one is the optimum, the first difference is a loss:
       a country (`one_fewer_country`), a placement (`one_fewer_placement`), or the wish of someone above
       (`displaces_colleague`).

    Test 4 needs no second run: fixing a pair changes the total by the cheapest cycle through its arc, and the
    total weight tells countries, placements and each wish apart. Source: design, exchanges, Matching.
    """
    given = dict(assignment)
    weights = Weights.of(problem)
    total = total_weight(weights=weights, problem=problem, assignment=list(given.items()))
    actual = weights.take_apart(total)
    above = _Taken(problem, ())
    locked_below = dict(problem.locks)
    reasons: list[Reason] = []
    for row in problem.by_merit:
        locked_below.pop(row.id, None)
        with_locks = _Taken(problem, chain(above.pairs, locked_below.items()))
        refused = row.wishes[: row.wishes.index(given[row.id])] if row.id in given else row.wishes
        found: dict[str, Reason] = {}
        for rank, week_id in enumerate(refused):
            code, limit = _plain_reason(problem, row, problem.week[week_id], above, with_locks)
            if code is not None:
                found[week_id] = Reason(row.id, week_id, rank, code, limit)
        left = [week_id for week_id in refused if week_id not in found]
        for week_id, loss in _losses(residual, row.id, left).items():
            outcome = weights.take_apart(total - loss)
            if outcome.countries < actual.countries:
                code = ReasonCode.ONE_FEWER_COUNTRY
            elif outcome.placements < actual.placements:
                code = ReasonCode.ONE_FEWER_PLACEMENT
            else:
                code = ReasonCode.DISPLACES_COLLEAGUE
            found[week_id] = Reason(row.id, week_id, refused.index(week_id), code)
        reasons += (found[week_id] for week_id in refused)
        if row.id in given:
            above.add(row.id, given[row.id])
    return tuple(reasons)


class _Taken:
    """What a set of placements uses up."""

    def __init__(self, problem: Problem, pairs: Iterable[Pair]) -> None:
        self.problem = problem
        self.pairs: list[Pair] = []
        self.used: Counter[tuple[str, ...]] = Counter()
        for applicant, week in pairs:
            self.add(applicant, week)

    def add(self, applicant_id: str, week_id: str) -> None:
        country, week = self.problem.applicant[applicant_id].country, self.problem.week[week_id]
        self.pairs.append((applicant_id, week_id))
        for key in (("guests", country, week_id), ("week", week_id), ("centre", week.centre)):
            self.used[key] += 1
        self.used["country", country] += 1

    def full_limit(self, row: Applicant, week: Week) -> tuple[ReasonCode, int] | None:
        """Return the narrowest limit that leaves `row` no place in `week`, and its number; None = there is room."""
        problem, used = self.problem, self.used
        limits = (
            (ReasonCode.SAME_COUNTRY_WEEK, used["guests", row.country, week.id], 1),
            (ReasonCode.MERIT_WEEK, used["week", week.id], week.capacity),
            (ReasonCode.MERIT_CENTRE, used["centre", week.centre], problem.centre_cap),
            (ReasonCode.COUNTRY_CAP, used["country", row.country], problem.country_cap),
            (ReasonCode.MERIT_SEATS, len(self.pairs), problem.seats),
        )
        return next(((code, limit) for code, number, limit in limits if limit is not None and number >= limit), None)


def _plain_reason(
    problem: Problem, row: Applicant, week: Week, above: _Taken, with_locks: _Taken
) -> tuple[ReasonCode | None, int | None]:
    """Return the reason that tests 1 to 3 find, with its limit, or (None, None)."""
    if row.id in problem.locked_week:
        return ReasonCode.LOCKED_ELSEWHERE, None
    if week.country == row.country:
        return ReasonCode.OWN_COUNTRY, None
    if (row.id, week.id) in problem.forbids:
        return ReasonCode.FORBIDDEN, None
    if week.blocked or week.capacity == 0:
        return ReasonCode.NOT_OPEN, None
    if full := above.full_limit(row, week):
        return full
    if with_locks.full_limit(row, week):
        return ReasonCode.LOCKED_BEFORE, None
    return None, None


def _losses(residual: Residual, applicant_id: str, weeks: Iterable[str]) -> dict[str, int]:
    """Return by how much the total falls when the applicant is fixed to each of `weeks`."""
    arcs = residual.network.arcs
    arc_of = {week: residual.network.wish_arc[applicant_id, week] for week in weeks}
    if not arc_of:
        return {}
    target = arcs[next(iter(arc_of.values()))].tail
    back = residual.distances_to(target=target, wanted={arcs[index].head for index in arc_of.values()})
    return {week: back[arcs[index].head] - arcs[index].weight for week, index in arc_of.items()}
