"""What a match run starts from: applicants in merit order, host weeks, and the limits between them."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from itertools import chain
from typing import Any, Self

from .canonical import canonical_json, digest

FORMAT = "merit-lex/1"

Pair = tuple[str, str]
"""An applicant's id and a week's id."""


class ProblemError(ValueError):
    """The input of a match run contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """One person in the run.

    `position` is the place in merit, 0 the best, unique; gaps are allowed, so a re-match after a
    withdrawal keeps the positions of the first run. `wishes` are week ids in order of preference: the
    ranked ones first, then the remaining eligible weeks, appended by the caller (the acceptable set).
    """

    id: str
    country: str
    position: int
    wishes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """One host week. `capacity` counts guests; a `blocked` week takes nobody but those locked into it."""

    id: str
    country: str
    centre: str
    capacity: int
    blocked: bool = False


@dataclass(frozen=True)
class Problem:
    """A complete, contradiction-free and canonical input of the matching.

    In: `applicants` and `weeks` in any order; `seats` is the number of funded seats, `country_cap` the
    most placements of one sending country, `centre_cap` the most guests of one centre over all its
    weeks (None = no bound); `objectives` switches (1) most sending countries and (2) most placements on
    or off; `locks` are pairs placed before the run, `forbids` pairs ruled out before the run. The
    written reason of a lock or forbid stays with the caller: retention erases it, and the hash of the
    run has to survive that.

    Applicants, weeks, locks and forbids are sorted on construction, so two problems that differ
    only in the order of their rows are equal and have one hash.

    Errors: ProblemError for double ids or positions, an unknown week, a limit below its minimum, an id
    that is empty or holds "|", a lock outside the applicant's wishes, in the own country, forbidden, or
    locks that break a limit together. Source: design, exchanges, Matching.
    """

    applicants: tuple[Applicant, ...]
    weeks: tuple[Week, ...]
    seats: int | None = None
    country_cap: int | None = None
    centre_cap: int | None = None
    objectives: tuple[bool, bool] = (True, True)
    locks: tuple[Pair, ...] = ()
    forbids: tuple[Pair, ...] = ()

    def __post_init__(self) -> None:
        _check_rows(self.applicants, self.weeks)
        for name in ("applicants", "weeks"):
            object.__setattr__(self, name, tuple(sorted(getattr(self, name), key=lambda row: row.id)))
        for name in ("locks", "forbids"):
            object.__setattr__(self, name, tuple(sorted((a, w) for a, w in getattr(self, name))))
        for name in ("seats", "country_cap", "centre_cap"):
            if getattr(self, name) is not None:
                _at_least(1, getattr(self, name), name)
        if [type(switch) for switch in self.objectives] != [bool, bool]:
            raise ProblemError("objectives must be two booleans.")
        object.__setattr__(self, "objectives", tuple(self.objectives))
        _check_pairs(self)

    @cached_property
    def applicant(self) -> dict[str, Applicant]:
        """Applicants by id."""
        return {row.id: row for row in self.applicants}

    @cached_property
    def week(self) -> dict[str, Week]:
        """Weeks by id."""
        return {row.id: row for row in self.weeks}

    @cached_property
    def by_merit(self) -> tuple[Applicant, ...]:
        """Applicants, the best merit first."""
        return tuple(sorted(self.applicants, key=lambda row: row.position))

    @cached_property
    def locked_week(self) -> dict[str, str]:
        """The week of each applicant who was placed before the run."""
        return dict(self.locks)

    @cached_property
    def longest_list(self) -> int:
        """The length of the longest list of wishes."""
        return max((len(row.wishes) for row in self.applicants), default=0)

    def open_wishes(self, applicant: Applicant) -> list[tuple[int, Week]]:
        """Return the (rank, week) pairs that the run may give to `applicant`; rank 0 is the first wish.

        Own-country, blocked and forbidden weeks are left out, and the ranks of the others stay; a locked
        applicant has the locked week only.
        """
        locked, forbidden = self.locked_week.get(applicant.id), set(self.forbids)
        ranked = ((rank, self.week[week_id]) for rank, week_id in enumerate(applicant.wishes))
        if locked is not None:
            return [(rank, week) for rank, week in ranked if week.id == locked]
        return [
            (rank, week)
            for rank, week in ranked
            if week.country != applicant.country and not week.blocked and (applicant.id, week.id) not in forbidden
        ]

    def to_json(self) -> str:
        """Return the canonical JSON of the problem: sorted keys, rows by id, no spaces."""
        return canonical_json({"format": FORMAT, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the problem that `to_json` wrote. Errors: ProblemError for any other text."""
        try:
            data: dict[str, Any] = json.loads(text)
            if data.pop("format") != FORMAT or data.keys() != {field.name for field in fields(cls)}:
                raise ProblemError(f"The text is not a problem in the format {FORMAT}.")
            applicants = (Applicant(**{**row, "wishes": tuple(row["wishes"])}) for row in data.pop("applicants"))
            weeks = (Week(**row) for row in data.pop("weeks"))
            return cls(applicants=tuple(applicants), weeks=tuple(weeks), **data)
        except ProblemError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ProblemError(f"The text is not a problem in the format {FORMAT}: {error}") from error

    def hash(self) -> str:
        """Return the SHA-256 of the canonical JSON as 64 hexadecimal digits."""
        return digest({"format": FORMAT, **asdict(self)})


def canonical_assignment(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Return (applicant, week) pairs in the one order that goes into the hash: by applicant, then week."""
    return tuple(sorted((applicant, week) for applicant, week in pairs))


def result_hash(*, problem: Problem, assignment: Iterable[Pair]) -> str:
    """Return the SHA-256 over the canonical JSON of problem and assignment, as 64 hexadecimal digits.

    It depends on nothing else, so each engine that finds the optimum gets the same hash.
    Source: design, exchanges, Matching.
    """
    return digest({"format": FORMAT, "problem": asdict(problem), "assignment": canonical_assignment(assignment)})


def limit_breaches(*, problem: Problem, assignment: Iterable[Pair]) -> list[str]:
    """Return one sentence for each limit that `assignment` breaks, counted on the plain rows; empty = none.

    In: pairs of known applicants and weeks. Checked: one week per applicant, funded seats, cap per sending
    country, one guest per sending country and week, capacity of the week, cap per centre.
    """
    pairs = [(problem.applicant[a], problem.week[w]) for a, w in assignment]
    rules: tuple[tuple[str, Counter[str], dict[str, int] | int | None], ...] = (
        ("week(s) for applicant", Counter(a.id for a, _ in pairs), 1),
        ("funded seat(s) for", Counter("the run" for _ in pairs), problem.seats),
        ("placement(s) from", Counter(a.country for a, _ in pairs), problem.country_cap),
        ("guest(s) of one country in", Counter(f"{w.id} from {a.country}" for a, w in pairs), 1),
        ("guest(s) in week", Counter(w.id for _, w in pairs), {w.id: w.capacity for w in problem.weeks}),
        ("guest(s) in centre", Counter(w.centre for _, w in pairs), problem.centre_cap),
    )
    breaches = []
    for label, counted, limit in rules:
        for key, number in sorted(counted.items()):
            bound = limit[key] if isinstance(limit, dict) else limit
            if bound is not None and number > bound:
                breaches.append(f"{number} {label} {key}, where the limit is {bound}.")
    return breaches


def _check_rows(applicants: Iterable[Applicant], weeks: Iterable[Week]) -> None:
    known = [week.id for week in weeks]
    _distinct("week", known)
    _distinct("applicant", [row.id for row in applicants])
    _distinct("position", [row.position for row in applicants])
    names = chain.from_iterable((row.id, row.country) for row in applicants)
    places = chain.from_iterable((week.id, week.country, week.centre) for week in weeks)
    for name in chain(names, places):
        # "|" separates the parts of a node's name in the certificate.
        if not isinstance(name, str) or not name or "|" in name:
            raise ProblemError(f'An id, country or centre must be a text without "|", not {name!r}.')
    for week in weeks:
        _at_least(0, week.capacity, f"The capacity of week {week.id}")
        if not isinstance(week.blocked, bool):
            raise ProblemError(f"Week {week.id} must be blocked or not, not {week.blocked!r}.")
    for row in applicants:
        _at_least(0, row.position, f"The position of applicant {row.id}")
        _distinct(f"wish of applicant {row.id}", row.wishes)
        if unknown := sorted(set(row.wishes) - set(known)):
            raise ProblemError(f"Applicant {row.id} wishes for unknown weeks: {', '.join(unknown)}.")


def _check_pairs(problem: Problem) -> None:
    for applicant, week in (*problem.locks, *problem.forbids):
        if applicant not in problem.applicant or week not in problem.week:
            raise ProblemError(f"The fixed pair ({applicant}, {week}) names an unknown applicant or week.")
    for applicant, week in problem.locks:
        row = problem.applicant[applicant]
        if week not in row.wishes or problem.week[week].country == row.country or (applicant, week) in problem.forbids:
            raise ProblemError(
                f"Applicant {applicant} cannot be locked into week {week}: "
                "it is no wish, in the own country, or forbidden."
            )
    if breaches := limit_breaches(problem=problem, assignment=problem.locks):
        raise ProblemError(f"The locks break a limit together: {' '.join(breaches)}")


def _distinct(what: str, values: Iterable[object]) -> None:
    if twice := sorted(str(value) for value, number in Counter(values).items() if number > 1):
        raise ProblemError(f"Each {what} must come once; more than once: {', '.join(twice)}.")


def _at_least(minimum: int, value: object, what: str) -> None:
    # A bool is an int in Python, but True is no capacity.
    if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
        raise ProblemError(f"{what} must be a whole number from {minimum}, not {value!r}.")
