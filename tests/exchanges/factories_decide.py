"""Makes reviews, runs, placements and reports through the domain, as people would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

from wagtail.models import Page

from exchanges.domain import agreements, answers, calls, eligibility, matches, reports, reviews, stays, ticking
from exchanges.models import Application, Call, MatchRun, Placement, Report, Review
from portal.access import clock
from portal.access.pages import settle
from portal.access.viewer import Viewer
from portal.community.domain.standing import contact_points, people_with
from portal.community.models import Person, Role
from portal.jobs import queue
from tests.exchanges import factories
from tests.exchanges.factories import NOW, at_noon
from tests.factories import person, viewer

#: The moment at which tests of the second half live: after the deadline, long before the weeks.
LATER = dt.datetime(2027, 2, 10, 10, 0, tzinfo=dt.UTC)
AGENDA = ["Arrival and the room", "Night shift", "Handover", "Exercise", "What we take home"]
REPORT = {
    "seen": "Two screens side by side.",
    "differently": "One prepared message to both neighbours.",
    "conditions": "",
    "lesson_title": "Alert both neighbours with one message",
    "lesson": "Write the message before you need it.",
    "lesson_public": True,
}


def office() -> Viewer:
    """Return somebody of the programme office, made on first use."""
    found = people_with(role=Role.OFFICE).first() or factories.office()
    return viewer(found)


def speaker(country: str) -> Viewer:
    """Return the contact point of a country, made on first use."""
    return viewer(contact_points(country).first() or factories.contact_point(country))


def reviewer(country: str = "NL", name: str = "", organisation_name: str = "") -> Person:
    """Return a reviewer."""
    return person(name or f"Reviewer {country}", country, roles=[("reviewer", "")], organisation_name=organisation_name)


def member(country: str, name: str = "", scope: str = "") -> Person:
    """Return a committee member."""
    return person(name or f"Committee {country}", country, roles=[("committee", scope)])


def shift_leader(country: str = "LV", name: str = "") -> Person:
    """Return somebody who may apply."""
    return person(name or f"Shift leader {country}", country, languages={"en": "C1"})


def in_review(countries: Sequence[str] = ("LV",), *, weeks: int = 2, **fields: object) -> Call:
    """Return a call in its review with one eligible application for each country; the host is Finland."""
    with clock.at(NOW):
        call = factories.open_call(weeks=weeks, **fields)
        for code in countries:
            factories.endorsed(call, shift_leader(code))
    with clock.at(at_noon(factories.DEADLINE + dt.timedelta(days=1))):
        ticking.close_calls()
        for application in call.applications.all():
            eligibility.confirm(application=application, by=office())
        return calls.begin_review(call=call, by=office())


def write(review: Review, points: int, comment: str = "Good.") -> Review:
    """Return the review, submitted with the same points for each criterion: 7 makes 70 of 100."""
    by = viewer(review.reviewer)
    pks = review.application.call.criteria.values_list("pk", flat=True)
    kept = reviews.save(
        review=review, points=dict.fromkeys(pks, points), comment=comment, version=review.version, by=by
    )
    return reviews.submit(review=kept, by=by)


def reviewed(countries: Sequence[str] = ("LV",), *, points: Sequence[int] = (8,), **fields: object) -> Call:
    """Return a call whose reviews are all in; `points` by application, repeated; reviewers are from NL and ES."""
    call = in_review(countries, **fields)
    for code in ("NL", "ES"):
        reviewer(code)
    reviews.assign(call=call, by=office())
    for place, application in enumerate(call.applications.order_by("number")):
        for review in application.reviews.all():
            write(review, points[place % len(points)])
    return call


def in_matching(countries: Sequence[str] = ("LV",), **fields: object) -> Call:
    """Return a call whose merit is frozen."""
    return matches.begin_matching(call=reviewed(countries, **fields), by=office())


def proposed(countries: Sequence[str] = ("LV",), **fields: object) -> MatchRun:
    """Return a computed run."""
    return computed(in_matching(countries, **fields))


def computed(call: Call) -> MatchRun:
    """Return a new run of a call in its matching, computed."""
    run = matches.request_run(call=call, by=office())
    queue.work_all()
    run.refresh_from_db()
    return run


def signed(run: MatchRun) -> MatchRun:
    """Return a run with the signatures of two committee members."""
    for code in ("PL", "PT"):
        run = matches.sign(run=run, by=viewer(member(code)))
    return run


def decided(countries: Sequence[str] = ("LV",), **fields: object) -> Call:
    """Return a decided call."""
    return signed(proposed(countries, **fields)).call


def offered(country: str = "LV", number: str = "2027/1") -> Application:
    """Return an application with an offered week."""
    return decided((country,), number=number).applications.get()


def planned(country: str = "LV", number: str = "2027/1") -> Placement:
    """Return a placement without an agreement."""
    application = offered(country, number)
    return answers.accept(application=application, by=viewer(application.applicant))


def participant(placement: Placement) -> Viewer:
    """Return whose week it is."""
    return viewer(placement.application.applicant)


def host(placement: Placement) -> Viewer:
    """Return the host's coordinator."""
    return viewer(placement.week.offer.coordinator)


write_agreement = partial(
    agreements.write, objectives="See the room.", agenda=AGENDA, language="English", outcome="A template."
)


def agreed(country: str = "LV", number: str = "2027/1") -> Placement:
    """Return a placement to whose agreement all three said yes."""
    placement = planned(country, number)
    agreement = write_agreement(placement=placement, by=participant(placement), base_version=0)
    for party, by in [
        ("participant", participant(placement)),
        ("sender", speaker(country)),
        ("host", host(placement)),
    ]:
        placement = agreements.confirm(agreement=agreement, party=party, by=by)
    return placement


def under_way(country: str = "LV", days: int = 0, number: str = "2027/1") -> Placement:
    """Return a placement with `days` confirmed days."""
    placement = agreed(country, number)
    by = host(placement)
    with clock.at(at_noon(placement.week.ends_on)):
        placement = stays.arrive(placement=placement, by=by)
        for day in range(1, days + 1):
            stays.confirm_day(placement=placement, day=day, by=by)
    return placement


def open_library() -> None:
    """Let the tree of pages be public from its root, as it is once the portal's pages stand."""
    settle(Page.get_first_root_node().path)


def report_due(country: str = "LV", number: str = "2027/1") -> Report:
    """Return a report that is to be written."""
    placement = under_way(country, 5, number)
    with clock.at(at_noon(placement.week.ends_on)):
        return stays.end(placement=placement, by=host(placement)).report


def written(country: str = "LV", **fields: object) -> Report:
    """Return a report that was sent."""
    report = report_due(country)
    by = participant(report.placement)
    kept = reports.save(report=report, data={**REPORT, **fields}, version=report.version, by=by)
    return reports.submit(report=kept, by=by)
