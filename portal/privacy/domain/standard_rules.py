"""The rules for what lies in the layers beneath the areas: accounts, journal, letters, background work, copies."""

from __future__ import annotations

import datetime as dt

from portal.jobs import retention as jobs
from portal.journal import retention as journal
from portal.outbox import retention as outbox
from portal.privacy import rules
from portal.privacy.domain import copies, erasures, people
from portal.privacy.rules import Outcome, Rule
from portal.web.words import counted


def _former(before: dt.datetime) -> Outcome:
    forgotten = people.forget_former(before)
    waits = f"{counted(forgotten.held_up, 'person', 'people')} had to wait: something is under way that needs them."
    return Outcome(forgotten.count, waits if forgotten.held_up else "")


def _journal(before: dt.datetime) -> Outcome:
    return Outcome(journal.erase_details(before=before) + erasures.forget_words(before=before))


def _mail(before: dt.datetime) -> Outcome:
    return Outcome(outbox.forget_old(before=before))


def _last_letters(before: dt.datetime) -> Outcome:
    return Outcome(outbox.forget_old(before=before, kinds=[erasures.LAST_LETTER]))


def _jobs(before: dt.datetime) -> Outcome:
    return Outcome(jobs.forget_done(before=before))


def _copies(before: dt.datetime) -> Outcome:
    return Outcome(copies.remove_old(before=before))


def register() -> None:
    """Hand the rules in; called once, when the apps are ready."""
    for rule in (
        Rule(
            "former",
            "People who left",
            "the name, address, profile and devices of somebody whose account was closed are forgotten",
            10,
            _former,
            setting="NOC_KEEP_FORMER_DAYS",
        ),
        Rule(
            "journal",
            "Names in the journal",
            "names, reasons and facts beside the rows of the journal are erased; the rows and their chain stay",
            30,
            _journal,
            setting="NOC_KEEP_JOURNAL_DAYS",
        ),
        Rule(
            "mail",
            "Letters",
            "letters that the portal sent are erased, with address, subject and text",
            40,
            _mail,
            setting="NOC_KEEP_MAIL_DAYS",
        ),
        Rule(
            "last_letters",
            "Last letters",
            "the letter that told somebody they are forgotten is erased",
            50,
            _last_letters,
        ),
        Rule(
            "jobs",
            "Background work",
            "work that was done is forgotten, with who asked for it",
            60,
            _jobs,
            setting="NOC_KEEP_JOB_DAYS",
            machine_time=True,
        ),
        Rule("copies", "Copies of one’s data", "the files of a copy are removed", 70, _copies),
    ):
        rules.add(rule)
