"""The page of a call after its decision: which weeks took place, between which countries, what came home. No names."""

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.domain import reports
from exchanges.models import Call, HostWeek, Placement
from library.models import LessonPage
from portal.access import clock
from portal.access.pages import set_page_rule
from tests.exchanges import factories as make
from tests.exchanges import factories_decide as later
from tests.exchanges.views.test_public import text
from tests.factories import centre, person, sign_in

pytestmark = pytest.mark.django_db


def completed(count: int = 1, *, state: str = "completed") -> Call:
    """Return a completed call with `count` Latvian weeks in Helsinki, in as many weeks, made without their story."""
    call = make.open_call(weeks=count)
    for number, week in enumerate(make.weeks_of(call)):
        application = make.draft(call, person(f"Secret Name {number}", "LV"))
        Placement.objects.create(application=application, week=week, state="completed")
    call.state = state
    call.save()
    return call


def test_a_past_call_tells_weeks_countries_and_figures(client: Client) -> None:
    call = completed(3)
    page = text(client.get(call.get_absolute_url()))

    assert "This call is over. Here is what came of it." in page
    assert "<dt>completed weeks</dt><dd>3</dd>" in page
    assert "<b>Latvia</b> sent three shift leaders to Finland." in page
    assert "<b>Finland</b> hosted three shift leaders from Latvia." in page
    assert "Week 17, 26 to 30 April 2027" in page
    assert "<td>Latvia</td><td>Finland</td><td>3</td>" in page
    assert "Sign in to apply" not in page


def test_a_past_call_names_nobody_and_no_centre(client: Client) -> None:
    call = completed(3)
    office = sign_in(Client(), make.office())
    placement = Placement.objects.first()
    # Those who may know, know.
    assert "Secret Name" in text(office.get(placement.get_absolute_url()))
    for address in (call.get_absolute_url(), reverse("exchanges:index"), "/"):
        page = text(client.get(address))
        assert "Secret Name" not in page
        assert "Host FI" not in page
        assert centre("FI").name not in page


@pytest.mark.parametrize("state", ["planned", "report_due", "cancelled", "interrupted", "no_show"])
def test_only_completed_weeks_count(client: Client, state: str) -> None:
    call = completed(1)
    Placement.objects.update(state=state)
    page = text(client.get(call.get_absolute_url()))
    assert "No week took place" in page
    assert "Latvia" not in page


def test_a_decided_call_says_that_its_weeks_are_to_come(client: Client) -> None:
    call = completed(1, state="decided")
    Placement.objects.update(state="agreed")
    page = text(client.get(call.get_absolute_url()))
    assert "its weeks take place from 12 April to 2 July 2027" in page
    assert "The weeks are still to come" in page


def test_guests_of_one_week_are_counted(client: Client) -> None:
    call = make.open_call(weeks=1)
    week = HostWeek.objects.get()
    for code in ("LV", "PL"):
        Placement.objects.create(
            application=make.draft(call, person(f"Guest {code}", code)), week=week, state="completed"
        )
    Call.objects.update(state=Call.State.COMPLETED)
    page = text(client.get(call.get_absolute_url()))
    assert '<td role="cell" class="n" data-l="Guests">2</td>' in page
    assert page.count('<th role="rowheader"') == 1
    assert "<b>Finland</b> hosted two shift leaders from Latvia and Poland." in page


def test_lessons_stand_on_the_page_as_far_as_one_may_read_them(client: Client) -> None:
    later.open_library()
    with clock.at(later.LATER):
        report = later.written()
        reports.accept(report=report, by=later.office(), public=True)
    call = report.placement.application.call
    Call.objects.update(state=Call.State.COMPLETED)
    Placement.objects.update(state="completed")
    page = text(client.get(call.get_absolute_url()))
    assert "Alert both neighbours with one message" in page
    assert "<dt>lesson in the library, to read now</dt><dd>1</dd>" in page
    assert "Shift leader LV" not in page

    set_page_rule(page=LessonPage.objects.get(), tlp="TLP:GREEN", audience="members")
    member = sign_in(Client(), person("Reader", "PT"))
    assert "Alert both neighbours with one message" in text(member.get(call.get_absolute_url()))
    for address in (call.get_absolute_url(), reverse("exchanges:index")):
        page = text(client.get(address))
        assert "Alert both neighbours" not in page
        assert "in the library, to read now" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_a_past_call_asks_few_queries_however_many_weeks(client: Client, django_assert_num_queries, count) -> None:
    url = completed(count).get_absolute_url()
    with django_assert_num_queries(5):
        page = text(client.get(url))
    assert page.count('<th role="rowheader"') == count


@pytest.mark.parametrize("count", [1, 3])
def test_index_asks_few_queries_however_many_weeks(client: Client, django_assert_num_queries, count) -> None:
    completed(count)
    with django_assert_num_queries(5):
        page = text(client.get(reverse("exchanges:index")))
    assert f"{count} week{'' if count == 1 else 's'}, 1 sending country." in page
