"""Makes calls, host offers and applications through the domain, as people would."""

from __future__ import annotations

import datetime as dt
from typing import Any

from exchanges.domain import applications, calls, endorsement, hosts, wishes
from exchanges.models import Application, Call, HostOffer, HostWeek, RateTable
from portal.access import clock
from portal.access.viewer import SYSTEM, Viewer
from portal.community.models import Person
from tests.factories import centre, person, viewer

CRITERIA = [
    ("Motive", 40, "No reason is given.", "The need is clear and shared by the centre."),
    ("Use at home", 60, "Nothing is said.", "Names who will use it, and when."),
]
#: First Monday of the weeks of `open_call`.
FIRST_MONDAY = dt.date(2027, 4, 26)
#: The moment at which these tests live.
NOW = dt.datetime(2026, 12, 1, 10, 0, tzinfo=dt.UTC)
DEADLINE = dt.date(2027, 1, 29)


def office(name: str = "Anna Wzorowa", **fields: Any) -> Person:
    """Return somebody of the programme office."""
    return person(name, "PL", roles=[("office", "")], **fields)


def rates() -> RateTable:
    """Return the rate table, made on first use."""
    return RateTable.objects.get_or_create(
        name="Rates 2027",
        defaults={
            "source": "Sample",
            "valid_from": dt.date(2027, 1, 1),
            "travel": [[10, "28.00"], [100, "211.00"], [500, "309.00"], [2000, "395.00"]],
            "daily": {"FI": "163.00", "NL": "175.00", "": "150.00"},
        },
    )[0]


def draft_call(number: str = "2027/1", by: Viewer = SYSTEM, **fields: Any) -> Call:
    """Return a draft that lacks nothing but a published week."""
    given: dict[str, Any] = {
        "number": number,
        "title": "A week in another centre",
        "summary": "Shift leaders go where their questions are answered in practice.",
        "opens_on": dt.date(2026, 11, 16),
        "closes_on": DEADLINE,
        "decision_on": dt.date(2027, 3, 31),
        "weeks_from": dt.date(2027, 4, 12),
        "weeks_until": dt.date(2027, 7, 2),
        "seats": 10,
        "rates": rates(),
        **fields,
    }
    return calls.create_call(by=by, criteria=CRITERIA, **given)


def coordinator(country: str = "FI", name: str = "") -> Person:
    """Return the host coordinator of a country's centre."""
    return person(name or f"Host {country}", country, roles=[("host_coordinator", f"centre:{centre(country).pk}")])


def contact_point(country: str = "LV", name: str = "", role: str = "ncp") -> Person:
    """Return a country's contact point, or with `role` its deputy."""
    return person(name or f"NCP {country}", country, roles=[(role, f"country:{country}")])


def draft_offer(call: Call, country: str = "FI", languages: dict[str, str] | None = None) -> HostOffer:
    """Return a draft offer with its coordinator, without weeks."""
    _languages()
    host = coordinator(country)
    return hosts.create_offer(
        call=call,
        centre=centre(country),
        coordinator=host,
        by=viewer(host),
        summary="You sit beside the shift leader.",
        languages={"en": "B2"} if languages is None else languages,
    )


def published_offer(
    call: Call,
    country: str = "FI",
    weeks: int = 1,
    languages: dict[str, str] | None = None,
    first: dt.date = FIRST_MONDAY,
) -> HostOffer:
    """Return a published offer with `weeks` weeks from `first`, two seats each."""
    offer = draft_offer(call, country, languages)
    for number in range(weeks):
        hosts.add_week(offer=offer, starts_on=first + dt.timedelta(weeks=number), capacity=2, by=SYSTEM)
    offer = hosts.submit_offer(offer=offer, by=SYSTEM)
    return hosts.publish_offer(offer=offer, by=SYSTEM)


def open_call(number: str = "2027/1", weeks: int = 2, **fields: Any) -> Call:
    """Return an open call with `weeks` published weeks in Helsinki."""
    call = draft_call(number, **fields)
    published_offer(call, "FI", weeks)
    return calls.open_call(call=call, by=SYSTEM)


def weeks_of(call: Call) -> list[HostWeek]:
    """Return the published weeks of a call by date."""
    return wishes.published_weeks(call)


COMPLETE: dict[str, dict[str, Any]] = {
    "about": {"function": "Shift leader", "years_leading": 6, "phone": "+371 20000000"},
    "centre": {"shift": "Four people, two alarms an hour."},
    "languages": {"languages": {"en": "C1"}, "aim": "See how neighbours are alerted.", "bring_home": "A template."},
    "weeks": {"unavailable": []},
    "manager": {"manager_name": "Māra Vadītāja", "manager_email": "m@example.org", "manager_consents": True},
    "needs": {"needs": "", "emergency_name": "A friend", "emergency_phone": "+371 21111111"},
    "send": {"privacy_accepted": True},
}


def draft(call: Call, applicant: Person | None = None) -> Application:
    """Return a draft with nothing but what the profile says; the applicant is Latvian unless given."""
    applicant = applicant or person("Ilze Paraugs", "LV", languages={"en": "C1"})
    return applications.start(call=call, by=viewer(applicant))


def complete(call: Call, applicant: Person | None = None) -> Application:
    """Return a draft in which nothing is missing; every possible week is ranked."""
    application = draft(call, applicant)
    by = viewer(application.applicant)
    for section, data in COMPLETE.items():
        application = applications.save_section(
            application=application, section=section, data=data, version=application.version, by=by
        )
    ids = [week.pk for week in wishes.acceptable_set(application)]
    return wishes.rank(application=application, week_ids=ids, by=by)


def sent(call: Call, applicant: Person | None = None) -> Application:
    """Return an application that was sent."""
    application = complete(call, applicant)
    return applications.submit(application=application, by=viewer(application.applicant))


def endorsed(call: Call, applicant: Person | None = None, rank: int | None = None) -> Application:
    """Return an application that its country's contact point endorsed."""
    application = sent(call, applicant)
    from portal.community.domain.standing import contact_points

    code = application.applicant.country_id
    speaker = contact_points(code).first() or contact_point(code)
    return endorsement.endorse(application=application, by=viewer(speaker), national_rank=rank)


def at_noon(day: dt.date) -> dt.datetime:
    """Return noon in Brussels on `day`."""
    return dt.datetime.combine(day, dt.time(12), clock.BRUSSELS)


def _languages() -> None:
    from portal.community.models import Language

    for code, name in {"en": "English", "pl": "Polish", "fi": "Finnish", "lv": "Latvian"}.items():
        Language.objects.update_or_create(code=code, defaults={"name": name})
