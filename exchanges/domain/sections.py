"""The seven sections of an application: what they ask, what is still missing, and how far each has come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from exchanges.domain import wishes
from exchanges.models import Application, HostWeek


class Key(StrEnum):
    """A section, as it stands in addresses."""

    ABOUT = "about"
    CENTRE = "centre"
    LANGUAGES = "languages"
    WEEKS = "weeks"
    MANAGER = "manager"
    NEEDS = "needs"
    SEND = "send"


@dataclass(frozen=True)
class Section:
    """One section: its name, the plain fields of `Application` it writes, and those that must not stay empty.

    `needed` maps a field to the words that ask for it.
    """

    key: Key
    title: str
    fields: tuple[str, ...]
    needed: dict[str, str]


SECTIONS = (
    Section(
        Key.ABOUT,
        "About you",
        ("function", "years_leading", "phone"),
        {
            "function": "Name your function",
            "years_leading": "Say for how many years you have led shifts",
            "phone": "Give a telephone number",
        },
    ),
    Section(Key.CENTRE, "Your centre and shift", ("shift",), {"shift": "Describe your shift"}),
    Section(
        Key.LANGUAGES,
        "Languages and aim",
        ("aim", "bring_home"),
        {"aim": "Say what you want to see", "bring_home": "Say what you will bring home"},
    ),
    Section(Key.WEEKS, "Host weeks", (), {}),
    Section(
        Key.MANAGER,
        "Line manager’s consent",
        ("manager_name", "manager_email", "manager_consents"),
        {
            "manager_name": "Name your line manager",
            "manager_email": "Give your line manager’s e-mail address",
            "manager_consents": "Confirm that your line manager agrees",
        },
    ),
    Section(
        Key.NEEDS,
        "Needs and emergency contact",
        ("needs", "emergency_name", "emergency_phone"),
        {
            "emergency_name": "Name an emergency contact",
            "emergency_phone": "Give the emergency contact’s telephone number",
        },
    ),
    Section(Key.SEND, "Check and send", ("privacy_accepted",), {"privacy_accepted": "Accept the privacy notice"}),
)
BY_KEY = {section.key: section for section in SECTIONS}


@dataclass(frozen=True)
class Missing:
    """One answer that is still missing: `control` is the id that the page gives its field, `words` ask for it."""

    control: str
    words: str


@dataclass(frozen=True)
class Progress:
    """How far one section has come."""

    section: Section
    number: int
    started: bool
    missing: tuple[Missing, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing


def missing_in(
    application: Application, section: Section, *, weeks: Sequence[HostWeek] | None = None
) -> tuple[Missing, ...]:
    """Return what is still missing in one section, in the order of the page."""
    plain = tuple(
        Missing(f"id_{name}", words)
        for name, words in section.needed.items()
        if getattr(application, name) in ("", None, False)
    )
    if section.key == Key.LANGUAGES:
        return (*_missing_languages(application), *plain)
    if section.key == Key.WEEKS:
        return _missing_weeks(application, weeks)
    return plain


def progress(application: Application, *, weeks: Sequence[HostWeek] | None = None) -> list[Progress]:
    """Return all sections with their state, in their order."""
    return [
        Progress(section, number, _started(application, section), missing_in(application, section, weeks=weeks))
        for number, section in enumerate(SECTIONS, start=1)
    ]


def incomplete(application: Application) -> list[str]:
    """Return the names of the sections in which something is missing; empty when it can be sent."""
    return [row.section.title for row in progress(wishes.with_facts(application)) if not row.complete]


def _missing_languages(application: Application) -> list[Missing]:
    rows = language_rows(application)
    if not rows:
        return [Missing("id_languages-0-language", "Name a language you can work in")]
    return [
        Missing(f"id_languages-{index}-level", f"Choose your level in {row.language.name}")
        for index, row in enumerate(rows)
        if not row.level
    ]


def language_rows(application: Application) -> list:
    """Return the languages of an application in the order in which they were named."""
    return sorted(application.languages.all(), key=lambda row: row.pk)


def _missing_weeks(application: Application, weeks: Sequence[HostWeek] | None) -> tuple[Missing, ...]:
    known = wishes.published_weeks(application.call) if weeks is None else weeks
    by_id = {week.pk: week for week in known}
    rows = list(application.wishes.all())
    found = [
        Missing(f"id_reason-{week.pk}", f"Say why you leave out {week.offer.centre.city}, week {week.number}")
        for row in rows
        if row.left_out and not row.reason and (week := by_id.get(row.week_id))
    ]
    acceptable = wishes.acceptable_set(application, weeks=known)
    ranked = {row.week_id for row in rows if row.rank is not None}
    if not acceptable:
        found.append(Missing("weeks", "No host week is possible for you yet: look at the reason beside each"))
    elif not any(week.pk in ranked for week in acceptable):
        found.append(Missing("weeks", "Put your host weeks in order, or confirm the order shown"))
    return tuple(found)


def _started(application: Application, section: Section) -> bool:
    if section.key == Key.WEEKS:
        return bool(application.wishes.all() or application.unavailable.all())
    # The function comes from the profile: it alone says nothing about how far the applicant is.
    names = [name for name in section.fields if name != "function"]
    return any(getattr(application, name) not in ("", None, False) for name in names)
