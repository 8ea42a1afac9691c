"""May this applicant go to this week at all? Decided before the run, and told in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


class Cefr(IntEnum):
    """A level of the Common European Framework of Reference for Languages, with native speakers above C2."""

    A1 = 1
    A2 = 2
    B1 = 3
    B2 = 4
    C1 = 5
    C2 = 6
    NATIVE = 7

    @property
    def label(self) -> str:
        """The level as people write it."""
        return "native level" if self is Cefr.NATIVE else self.name


@dataclass(frozen=True, slots=True)
class Skill:
    """A language at a level. `code` is ISO 639 and compared, `name` is English and shown."""

    code: str
    name: str
    level: Cefr


@dataclass(frozen=True, slots=True)
class Unavailability:
    """A stretch of days, first and last included. Errors: ValueError when it ends before it starts."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"The stretch ends on {self.last}, before it starts on {self.first}.")


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """What the rules ask about an applicant: sending country, languages, days away, clearance confirmed or not."""

    country: str
    languages: tuple[Skill, ...] = ()
    unavailable: tuple[Unavailability, ...] = ()
    clearance_met: bool = False


@dataclass(frozen=True, slots=True)
class WeekFacts:
    """What the rules ask about a host week.

    `languages` are the host's working languages with the level each asks for: one of them is enough, none
    listed asks for none. `monday` is the first day; the week ends on Friday. `is_open` is false for a blocked
    or cancelled week. Errors: ValueError when `monday` is another day.
    """

    country: str
    monday: date
    languages: tuple[Skill, ...] = ()
    is_open: bool = True
    clearance_asked: bool = False

    def __post_init__(self) -> None:
        if self.monday.weekday() != 0:
            raise ValueError(f"A host week starts on a Monday; {self.monday} is none.")

    @property
    def friday(self) -> date:
        """The last day of the week."""
        return self.monday + timedelta(days=4)


class ObstacleCode(StrEnum):
    """Why a week is not possible for an applicant."""

    OWN_COUNTRY = "own_country"
    NOT_OPEN = "not_open"
    LANGUAGE = "language"
    UNAVAILABLE = "unavailable"
    CLEARANCE = "clearance"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason why a week is not possible: a code, and a sentence spoken to the applicant."""

    code: ObstacleCode
    sentence: str


def obstacles(*, applicant: ApplicantFacts, week: WeekFacts) -> tuple[Obstacle, ...]:
    """Return every reason why `applicant` cannot go to `week`, the most final one first; empty = possible.

    Rules: not the own country; the week is open; the level in at least one of the host's working
    languages; no day away from Monday to Friday; a clearance confirmed where the host asks for one.
    Source: design, exchanges, Matching (constraints).
    """
    found = []
    if applicant.country == week.country:
        found.append(Obstacle(ObstacleCode.OWN_COUNTRY, "The week is in your own country."))
    if not week.is_open:
        found.append(Obstacle(ObstacleCode.NOT_OPEN, "The week is not open."))
    if sentence := _language_gap(applicant.languages, week.languages):
        found.append(Obstacle(ObstacleCode.LANGUAGE, sentence))
    if clash := next((away for away in applicant.unavailable if _overlaps(away, week)), None):
        away = _days(clash.first, clash.last)
        sentence = f"The week runs {_days(week.monday, week.friday)}, and you are away {away}."
        found.append(Obstacle(ObstacleCode.UNAVAILABLE, sentence))
    if week.clearance_asked and not applicant.clearance_met:
        sentence = "The host asks for a clearance, and nobody confirmed that yours meets the host's level."
        found.append(Obstacle(ObstacleCode.CLEARANCE, sentence))
    return tuple(found)


def _language_gap(spoken: Iterable[Skill], asked: tuple[Skill, ...]) -> str:
    """Return the sentence about missing languages, or an empty text when one language is enough."""
    best: dict[str, Skill] = {}
    for skill in spoken:
        if skill.code not in best or best[skill.code].level < skill.level:
            best[skill.code] = skill
    if not asked or any(want.code in best and best[want.code].level >= want.level for want in asked):
        return ""
    works = " or ".join(f"{want.name} at {want.level.label}" for want in asked)
    named = [f"{want.name} at {best[want.code].level.label}" for want in asked if want.code in best]
    missing = [f"no {want.name}" for want in asked if want.code not in best]
    return f"The host works in {works}, and you named {' and '.join(named + missing)}."


def _overlaps(away: Unavailability, week: WeekFacts) -> bool:
    return away.first <= week.friday and away.last >= week.monday


def _days(first: date, last: date) -> str:
    """Return "on 3 May 2027" or "from 3 to 7 May 2027", each part only where it differs."""
    end = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return f"on {end}"
    start = str(first.day)
    if (first.year, first.month) != (last.year, last.month):
        start += f" {_MONTHS[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"from {start} to {end}"
