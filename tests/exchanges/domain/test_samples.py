"""The sample exchanges: ten weeks a year ago, and a call that can be applied to."""

import datetime as dt
from collections import Counter

import pytest

from exchanges.domain import matches, samples
from exchanges.models import Application, Call, HostOffer, HostWeek, MatchRun, Placement
from library.models import LessonPage
from portal.access import clock
from portal.access.models import can_view
from portal.access.viewer import ANONYMOUS
from portal.community.domain.sample_community import load_community
from portal.outbox.models import Mail
from tests.exchanges.factories_decide import open_library

FLOWS = "CZ→PT FI→CZ GR→NL LV→NL NL→PL PL→ES PT→RO RO→LV ES→FI SE→GR"


pytestmark = pytest.mark.django_db


def load() -> None:
    open_library()
    load_community(lambda line: None)
    samples.load_exchanges(lambda line: None)


def test_sample_content_tells_one_call_to_its_end_and_opens_another():
    load()
    rows = Placement.objects.values_list("application__applicant__country_id", "week__offer__centre__country_id")
    assert " ".join(f"{sender}→{host}" for sender, host in rows.order_by("week__starts_on")) == FLOWS
    assert set(Placement.objects.values_list("state", flat=True)) == {"completed"}
    past, coming = Call.objects.order_by("opens_on")
    assert (past.state, coming.state, past.is_sample, coming.is_sample) == ("completed", "open", True, True)
    year_ago = clock.today() - dt.timedelta(days=364)
    assert abs((Placement.objects.first().week.starts_on - year_ago).days) < 7
    assert 66 <= (coming.closes_at.date() - clock.today()).days <= 75

    run = MatchRun.objects.get()
    assert (run.state, run.signatures.count(), matches.faults_of(run)) == ("signed", 2, [])
    for placement in Placement.objects.all():
        assert placement.attendance.count() == 5
        assert placement.agreements.get().confirmations.count() == 3
        assert placement.application.reviews.filter(state="submitted").count() == 2

    lessons = LessonPage.objects.filter(exchange_report__isnull=False)
    assert Counter(can_view(ANONYMOUS, lesson) for lesson in lessons) == {True: 6, False: 4}
    assert len({lesson.seen for lesson in lessons}) == 10

    hosts = HostOffer.objects.filter(call=coming, state="published").values_list("centre__city", flat=True)
    assert {"Helsinki", "Driebergen", "Lisbon", "Warsaw", "Tallinn", "Madrid"} <= set(hosts)
    assert HostOffer.objects.filter(call=coming, state="submitted").count() == 1
    assert Counter(Application.objects.filter(call=coming).values_list("state", flat=True)) == {
        "submitted": 2,
        "draft": 1,
    }
    assert Mail.objects.count() == 0


def test_nobody_travels_at_christmas():
    mondays = samples.working_mondays(dt.date(2025, 12, 15), 3)
    assert mondays == [dt.date(2025, 12, 15), dt.date(2026, 1, 5), dt.date(2026, 1, 12)]


@pytest.mark.parametrize("day", [dt.date(2026, 3, 1), dt.date(2027, 1, 4)])
def test_sample_content_can_be_loaded_on_any_day(day):
    with clock.at(dt.datetime.combine(day, dt.time(12), clock.BRUSSELS)):
        load()
        assert Placement.objects.filter(state="completed").count() == 10
        assert Call.objects.filter(state="open", closes_at__gt=clock.now()).count() == 1
        assert all(week.starts_on.weekday() == 0 for week in HostWeek.objects.all())
