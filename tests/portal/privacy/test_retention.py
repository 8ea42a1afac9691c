"""The rules of retention: what each forgets, what the log says, and who reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from exchanges.models import Application
from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.community.models import Person
from portal.jobs import queue
from portal.jobs.models import Job
from portal.journal import door
from portal.journal.models import Entry, EntryDetail
from portal.outbox.models import Mail
from portal.outbox.post import post
from portal.privacy import rules
from portal.privacy.domain import people, retention
from portal.privacy.models import Departure, RetentionLine, RetentionRun
from portal.privacy.rules import Outcome, Rule
from portal.privacy.tasks import retention as beat
from tests import factories
from tests.exchanges import factories_decide

DAY = dt.timedelta(days=1)


def run() -> dict[str, RetentionLine]:
    """Run the rules as the beat does; returns the lines of the round by rule."""
    beat()
    queue.work_all()
    row = RetentionRun.objects.first()
    assert row is not None
    assert row.ended_at is not None
    return {line.rule: line for line in row.lines.all()}


@pytest.fixture
def failing() -> Iterator[None]:
    def fail(before: dt.datetime) -> Outcome:
        raise RuntimeError("the disk is full of names")

    before = dict(rules._rules)
    rules.add(Rule("copies", "Failing", "nothing happens", 0, fail))
    yield
    rules._rules.clear()
    rules._rules.update(before)


def test_every_rule_writes_a_line_and_runs_by_the_days_of_the_settings(db: None, settings: LazySettings) -> None:
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "mail": 12}
    lines = run()
    assert list(lines) == [rule.key for rule in rules.rules()]
    assert set(lines) == set(settings.KEEP_DAYS)
    assert (lines["mail"].days, lines["mail"].count) == (12, 0)
    assert clock.now() - lines["mail"].before >= 12 * DAY


def test_a_former_member_is_forgotten_after_the_days_and_not_before(member: Person) -> None:
    moment = clock.now()
    people.close(user=member.user, by=SYSTEM)
    with clock.at(moment + 364 * DAY):
        assert run()["former"].count == 0
    member.refresh_from_db()
    assert member.name == "Ilze Paraugs"
    with clock.at(moment + 366 * DAY):
        assert run()["former"].count == 1
    member.refresh_from_db()
    assert member.name == Departure.objects.get().alias


def test_one_who_is_needed_waits_and_stops_nobody_else(member: Person) -> None:
    factories_decide.in_review()
    applicant = Application.objects.select_related("applicant__user").get().applicant
    moment = clock.now()
    for each in (applicant, member):
        people.close(user=each.user, by=SYSTEM)
    with clock.at(moment + 366 * DAY):
        line = run()["former"]
    assert (line.count, line.problem) == (
        1,
        "1 person had to wait: something is under way that needs them.",
    )
    applicant.refresh_from_db()
    assert applicant.name == "Shift leader LV"


def test_names_in_the_journal_go_and_the_rows_stay(member: Person) -> None:
    door.record(thing=member, verb="old", by=factories.viewer(member), reason="Old")
    moment = clock.now()
    with clock.at(moment + 1827 * DAY):
        door.record(thing=member, verb="new", by=factories.viewer(member), reason="New")
        run()
    assert list(EntryDetail.objects.filter(entry__thing_type="community.person").values_list("reason", flat=True)) == [
        "New"
    ]
    assert set(Entry.objects.filter(thing_type="community.person").values_list("verb", flat=True)) == {"old", "new"}


def test_letters_go_and_a_key_stays_so_that_nothing_is_written_twice(member: Person) -> None:
    words = {"template": "privacy_account_opened", "context": {"at": clock.now()}}
    post(to="ilze@example.org", **words)
    post(to="ilze@example.org", key="reminder:1", **words)
    queue.work_all()
    moment = clock.now()
    with clock.at(moment + 366 * DAY):
        waiting = post(to="ilze@example.org", key="fresh", **words)
        assert run()["mail"].count == 2
        again = post(to="ilze@example.org", key="reminder:1", **words)
    assert waiting is not None
    assert again is not None
    kept = {mail.key: (mail.to_address, mail.body, mail.subject) for mail in Mail.objects.all()}
    assert kept["reminder:1"] == ("", "", "")
    assert kept["fresh"][0] == "ilze@example.org"
    assert set(kept) == {"reminder:1", "fresh"}


def test_done_work_goes_and_failed_work_stays(db: None) -> None:
    run()
    old = clock.machine_now() - 91 * DAY
    Job.objects.update(finished_at=old)
    failed = queue.enqueue(retention.RUN)
    Job.objects.filter(pk=failed.pk).update(state="failed", finished_at=old)
    line = run()["jobs"]
    assert line.count == 1
    assert Job.objects.filter(pk=failed.pk).exists()


def test_a_rule_that_fails_stops_no_other_and_says_nothing_of_names(db: None, failing: None) -> None:
    lines = run()
    assert lines["copies"].problem == retention.FAILED
    assert len(lines) == len(rules.rules())
    assert "names" not in lines["copies"].problem


def test_two_beats_are_one_round(db: None) -> None:
    beat()
    beat()
    queue.work_all()
    assert RetentionRun.objects.count() == 1


def test_a_rule_without_days_is_refused(db: None) -> None:
    with pytest.raises(KeyError):
        rules.add(Rule("nothing", "Nothing", "nothing", 1, lambda before: Outcome(0)))
