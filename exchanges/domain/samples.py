"""Loads the sample exchanges through the domain: a past call from its draft to ten lessons, and an open one.

Every step is done by the person who would do it, with the clock held at the day on which it was done, and without
mail. The days are counted from the day of loading, so that the past stays about a year ago.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from exchanges.domain import (
    agreements,
    answers,
    applications,
    calls,
    eligibility,
    endorsement,
    hosts,
    matches,
    reports,
    reviews,
    stays,
    ticking,
    wishes,
)
from exchanges.models import Application, Call, HostOffer, HostWeek, MatchRun, Placement, RateTable, Review
from portal.access import clock
from portal.access.viewer import Viewer
from portal.community.domain.samples import Progress, read
from portal.community.domain.standing import contact_points, viewer_of
from portal.community.models import Centre, Person
from portal.jobs import queue
from portal.outbox.post import held_back

OFFICE = "anna.wzorowa"
SIGNERS = ("hans.beispiel", "luc.modele")
WEEK = dt.timedelta(weeks=1)
DAY = dt.timedelta(days=1)


def working_mondays(first: dt.date, count: int) -> list[dt.date]:
    """Return `count` Mondays from `first` on; nobody travels in the weeks of Christmas and New Year."""
    found: list[dt.date] = []
    monday = first
    while len(found) < count:
        days = [monday + number * DAY for number in range(5)]
        if not any((day.month, day.day) in ((12, 25), (12, 26), (1, 1)) for day in days):
            found.append(monday)
        monday += WEEK
    return found


def load_exchanges(progress: Progress) -> None:
    """Load the rate table, the past call with its ten weeks, and the open call."""
    with transaction.atomic(), held_back():
        _Loader(progress).load()


class _Loader:
    """One load: what the files say, who acts, and on which Monday the past weeks began."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.data: dict[str, Any] = read("exchanges", "exchanges")
        self.people = {
            person.user.email.partition("@")[0]: person
            for person in Person.objects.filter(is_sample=True).select_related("user", "centre", "country")
        }
        self.centres = self._centres()
        self.viewers: dict[int, Viewer] = {}
        self.today = clock.today()
        a_year_ago = self.today - self.today.weekday() * DAY - 52 * WEEK
        self.mondays = working_mondays(a_year_ago, len(self.data["placements"]))

    def load(self) -> None:
        rates = self.data["rates"]
        self.rates = RateTable.objects.create(
            **rates, valid_from=dt.date(self.mondays[0].year - 1, 1, 1), is_sample=True
        )
        self.past_call()
        self.open_call()

    # ── Who and when ─────────────────────────────────────────────────────────────────────────

    def _centres(self) -> dict[str, Centre]:
        """Return the sample centres by the keys of the file: each host's coordinator works in the centre."""
        found = {}
        for key, entry in self.data["hosts"].items():
            centre = self.people[entry["coordinator"]].centre
            if centre is None:
                raise LookupError(f"{entry['coordinator']} works in no centre")
            found[key] = centre
        return found

    def by(self, who: str | Person) -> Viewer:
        """Return somebody as signed in; sample roles do not change between the years."""
        person = self.people[who] if isinstance(who, str) else who
        if person.pk not in self.viewers:
            self.viewers[person.pk] = viewer_of(person)
        return self.viewers[person.pk]

    def speaker(self, country: str) -> Viewer:
        """Return the contact point of a country."""
        found = next(person for person in contact_points(country) if person.is_sample)
        return self.by(self.people[found.user.email.partition("@")[0]])

    @staticmethod
    def at(day: dt.date, hour: int = 10) -> Any:
        """Hold the clock at a full hour in Brussels."""
        return clock.at(dt.datetime.combine(day, dt.time(hour), clock.BRUSSELS))

    # ── The past call ────────────────────────────────────────────────────────────────────────

    def past_call(self) -> None:
        """Tell the past call from its draft to its end."""
        self.progress("  The past call")
        first, last = self.mondays[0], self.mondays[-1]
        entries = self.data["placements"]
        opens_on, closes_on, decision_on = first - 30 * WEEK, first - 20 * WEEK + 4 * DAY, first - 10 * WEEK + 4 * DAY
        call = self._draft(
            "past", opens=opens_on, closes=closes_on, decision=decision_on, first=first, last=last + 4 * DAY
        )
        weeks: dict[str, list[tuple[dt.date, int]]] = {}
        for monday, entry in zip(self.mondays, entries, strict=True):
            weeks.setdefault(entry["host"], []).append((monday, 1))
        for place, (key, rows) in enumerate(weeks.items()):
            with self.at(opens_on - 12 * DAY, 9 + place % 8):
                offer = self._offer(call, key, rows)
            with self.at(opens_on - 6 * DAY, 9 + place % 8):
                hosts.publish_offer(offer=offer, by=self.speaker(offer.centre.country_id))
        with self.at(opens_on, 9):
            call = calls.open_call(call=call, by=self.by(OFFICE))
        for place, (monday, entry) in enumerate(zip(self.mondays, entries, strict=True)):
            self._apply_and_endorse(call, entry, monday, opens_on + (5 + 4 * place) * DAY)
        call = self._screen_and_review(call, closes_on)
        call = self._match(call, closes_on, decision_on)
        for place, entry in enumerate(entries):
            self._spend_week(call, entry, decision_on)
            self.progress(f"  {place + 1} of {len(entries)} weeks")
        with self.at(last + 4 * WEEK):
            calls.complete_call(call=call, by=self.by(OFFICE))

    def _draft(
        self, key: str, *, opens: dt.date, closes: dt.date, decision: dt.date, first: dt.date, last: dt.date
    ) -> Call:
        words = self.data["calls"][key]
        with self.at(opens - 20 * DAY):
            return calls.create_call(
                by=self.by(OFFICE),
                criteria=[tuple(row) for row in self.data["criteria"]],
                number=f"{first.year}/1",
                opens_on=opens,
                closes_on=closes,
                decision_on=decision,
                weeks_from=first,
                weeks_until=last,
                rates=self.rates,
                is_sample=True,
                **words,
            )

    def _offer(self, call: Call, key: str, weeks: Iterable[tuple[dt.date, int]]) -> HostOffer:
        """Return a centre's offer, sent to its contact point; `weeks` are (Monday, seats)."""
        entry = dict(self.data["hosts"][key])
        coordinator = self.people[entry.pop("coordinator")]
        by = self.by(coordinator)
        offer = hosts.create_offer(
            call=call,
            centre=self.centres[key],
            coordinator=coordinator,
            by=by,
            languages={"en": "B2"},
            **entry,
        )
        for monday, seats in weeks:
            hosts.add_week(offer=offer, starts_on=monday, capacity=seats, by=by)
        return hosts.submit_offer(offer=offer, by=by)

    def _apply(self, call: Call, entry: dict[str, Any], order: Iterable[HostWeek]) -> Application:
        """Return an application with every section filled in and weeks in `order`, sent."""
        person = self.people[entry["applicant"]]
        by = self.by(person)
        application = applications.start(call=call, by=by)
        sections: dict[str, dict[str, Any]] = {
            "about": {"function": person.function, "years_leading": entry["years"], "phone": "+00 000 0000"},
            "centre": {"shift": entry["shift"]},
            "languages": {"aim": entry["aim"], "bring_home": entry["bring_home"]},
            "manager": {
                "manager_name": "A sample manager",
                "manager_email": "manager@example.org",
                "manager_consents": True,
            },
            "needs": {"needs": "", "emergency_name": "A sample friend", "emergency_phone": "+00 000 0001"},
            "send": {"privacy_accepted": True},
        }
        for section, data in sections.items():
            application = applications.save_section(
                application=application, section=section, data=data, version=application.version, by=by
            )
        application = wishes.rank(application=application, week_ids=[week.pk for week in order], by=by)
        return applications.submit(application=application, by=by)

    def _apply_and_endorse(self, call: Call, entry: dict[str, Any], monday: dt.date, day: dt.date) -> None:
        # Everybody wishes for one week first, so the match can only give everybody the first wish.
        weeks = [week for week in wishes.published_weeks(call) if week.starts_on == monday]
        with self.at(day, 21):
            application = self._apply(call, entry, weeks)
        with self.at(day + 2 * DAY):
            by = self.speaker(application.applicant.country_id)
            endorsement.endorse(application=application, by=by, national_rank=1)

    def _screen_and_review(self, call: Call, closes_on: dt.date) -> Call:
        office = self.by(OFFICE)
        with self.at(closes_on + DAY, 1):
            ticking.close_calls()
        with self.at(closes_on + 10 * DAY):
            for application in call.applications.all():
                eligibility.confirm(application=application, by=office)
            call = calls.begin_review(call=call, by=office)
            reviews.assign(call=call, by=office)
        points = {entry["applicant"]: entry["points"] for entry in self.data["placements"]}
        criteria = list(call.criteria.all())
        with self.at(closes_on + 24 * DAY, 20):
            for application in call.applications.select_related("applicant__user"):
                given = points[application.applicant.user.email.partition("@")[0]]
                found = Review.objects.filter(application=application).select_related("reviewer__user")
                for review, value in zip(found.order_by("pk"), given, strict=True):
                    self._review(review, {row.pk: min(10, value + row.order % 2) for row in criteria})
        return call

    def _review(self, review: Review, points: dict[int, int]) -> None:
        by = self.by(review.reviewer)
        comment = "The questions are clear and the host can answer them. What comes home is small enough to happen."
        kept = reviews.save(review=review, points=points, comment=comment, version=review.version, by=by)
        reviews.submit(review=kept, by=by)

    def _match(self, call: Call, closes_on: dt.date, decision_on: dt.date) -> Call:
        office = self.by(OFFICE)
        with self.at(closes_on + 40 * DAY):
            call = matches.begin_matching(call=call, by=office)
            run = matches.request_run(call=call, by=office)
            if run.job_id is None or not queue.work(run.job_id):
                raise RuntimeError("the sample match was not computed")
        for hour, account in enumerate(SIGNERS, start=10):
            with self.at(decision_on, hour):
                run = matches.sign(run=MatchRun.objects.get(pk=run.pk), by=self.by(account))
        return Call.objects.get(pk=call.pk)

    def _spend_week(self, call: Call, entry: dict[str, Any], decision_on: dt.date) -> None:
        participant = self.by(entry["applicant"])
        application = Application.objects.get(call=call, applicant_id=participant.person_id)
        with self.at(decision_on + 2 * DAY, 19):
            placement = answers.accept(application=application, by=participant)
        host = self.by(placement.week.offer.coordinator)
        with self.at(decision_on + 12 * DAY):
            agreement = agreements.write(
                placement=placement,
                by=participant,
                objectives=entry["objectives"],
                agenda=entry["agenda"],
                language="English",
                outcome=entry["outcome"],
                base_version=0,
            )
            for party, by in [
                ("participant", participant),
                ("sender", self.speaker(participant.country)),
                ("host", host),
            ]:
                placement = agreements.confirm(agreement=agreement, party=party, by=by)
        self._attend(placement, host)
        self._report(placement, entry, participant)

    def _attend(self, placement: Placement, host: Viewer) -> None:
        monday = placement.week.starts_on
        with self.at(monday, 9):
            stays.arrive(placement=placement, by=host)
        for day in range(stays.DAYS):
            with self.at(monday + day * DAY, 17):
                stays.confirm_day(placement=placement, day=day + 1, by=host)
        with self.at(monday + 4 * DAY, 18):
            stays.end(placement=placement, by=host)

    def _report(self, placement: Placement, entry: dict[str, Any], participant: Viewer) -> None:
        report = Placement.objects.get(pk=placement.pk).report
        words = {name: entry[name] for name in ("seen", "differently", "conditions", "lesson")}
        with self.at(placement.week.starts_on + 13 * DAY, 20):
            kept = reports.save(
                report=report,
                data={**words, "lesson_title": entry["title"], "lesson_public": entry["public"]},
                version=report.version,
                by=participant,
            )
            report = reports.submit(report=kept, by=participant)
        with self.at(placement.week.starts_on + 16 * DAY):
            reports.accept(report=report, by=self.by(OFFICE), public=entry["public"])

    # ── The open call ────────────────────────────────────────────────────────────────────────

    def open_call(self) -> None:
        """Open a call that closes in about ten weeks, with weeks to choose and desks that are not empty."""
        self.progress("  The open call")
        data = self.data["open"]
        opens_on = self.today - 14 * DAY
        # Fridays for deadlines and decisions, a Monday for the first week.
        friday = self.today + (4 - self.today.weekday()) * DAY
        closes_on, decision_on = friday + 10 * WEEK, friday + 18 * WEEK
        first = friday + 22 * WEEK + 3 * DAY
        mondays = working_mondays(first, 10)
        last = mondays[-1] + 4 * DAY
        call = self._draft("open", opens=opens_on, closes=closes_on, decision=decision_on, first=first, last=last)
        for place, (key, rows) in enumerate(data["hosts"].items()):
            with self.at(opens_on - 8 * DAY, 9 + place):
                offer = self._offer(call, key, [(mondays[number], seats) for number, seats in rows])
            with self.at(opens_on - 4 * DAY, 9 + place):
                hosts.publish_offer(offer=offer, by=self.speaker(offer.centre.country_id))
        with self.at(opens_on, 9):
            call = calls.open_call(call=call, by=self.by(OFFICE))
        for key, rows in data["waiting"].items():
            with self.at(self.today - 2 * DAY, 15):
                self._offer(call, key, [(mondays[number], seats) for number, seats in rows])
        weeks = wishes.published_weeks(call)
        for entry in data["sent"]:
            wished = [self.centres[key].pk for key in entry["wishes"]]
            order = sorted(
                (week for week in weeks if week.offer.centre_id in wished),
                key=lambda week: (wished.index(week.offer.centre_id), week.starts_on),
            )
            with self.at(self.today - entry["days_ago"] * DAY, 20):
                self._apply(call, entry, order)
        for account in data["drafts"]:
            with self.at(self.today - DAY, 22):
                applications.start(call=call, by=self.by(account))
