"""Meetings: the public report of London, the coming meeting for members of the group alone, and what pages cost."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from events.meetings.domain.pictures import glance
from events.meetings.domain.queries import day_range, upcoming
from events.meetings.models import AgendaItem, Decision, ItemKind, MeetingState
from portal.access import clock
from portal.access.viewer import ANONYMOUS
from tests import content, factories

pytestmark = pytest.mark.django_db


def _item(start: str, minutes: int, **fields: Any) -> AgendaItem:
    return AgendaItem(
        **{
            "day": dt.date(2023, 10, 11),
            "starts_at": dt.time.fromisoformat(start),
            "minutes": minutes,
            "title": f"Item at {start}",
            **fields,
        }
    )


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_with_any_number_of_meetings(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        content.meeting(f"Meeting {number}")
    client.get("/meetings/")
    with django_assert_num_queries(7):
        html = client.get("/meetings/").content.decode()
    assert html.count('<li class="entry">') == count
    assert html.count("TLP:CLEAR") == count


@pytest.mark.parametrize("count", [1, 3])
def test_meeting_costs_the_same_with_any_number_of_items_and_materials(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    meeting = content.meeting("London", slug="london")
    meeting.agenda = [_item(f"{9 + number:02d}:00", 60) for number in range(count)]
    meeting.decisions = [Decision(title=f"Decision {number}") for number in range(count)]
    meeting.materials = [content.document(f"Paper {number}") for number in range(count)]
    meeting.save()
    client.get("/meetings/")
    with django_assert_num_queries(9):
        html = client.get("/meetings/london/").content.decode()
    assert html.count("<h4>Item at") == count
    assert html.count("<h3>Decision ") == count
    assert html.count("<b>Paper ") == count


def test_meeting_of_a_group_is_missing_for_all_others(client: Client) -> None:
    group, other = factories.group(), factories.group("C-UAS")
    insider = factories.person("Insider", groups=[group])
    content.meeting("Open meeting")
    content.meeting("Quiet meeting", slug="quiet", rule=("TLP:AMBER", "group", [str(group.pk)]))
    member = factories.sign_in(Client(), insider)
    html = member.get("/meetings/quiet/").content.decode()
    assert '<aside class="zone" aria-label="Handling"><div class="wrap"><span class="tlp tlp--amber">TLP:AMBER' in html
    assert "Quiet meeting" in member.get("/meetings/").content.decode()
    outsiders = [
        client,
        factories.sign_in(Client(), factories.person("Member of nothing")),
        factories.sign_in(Client(), factories.person("Other group", groups=[other])),
        factories.sign_in(Client(), insider, verified=False),
        factories.sign_in(Client(), factories.person("Former", groups=[group], active=False)),
    ]
    for outsider in outsiders:
        hidden, missing = outsider.get("/meetings/quiet/"), outsider.get("/meetings/quaet/")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.content.replace(b"quiet", b"") == missing.content.replace(b"quaet", b"")
        listing = outsider.get("/meetings/").content.decode()
        assert "Open meeting" in listing
        assert "Quiet meeting" not in listing


def test_restricted_meeting_is_kept_out_of_caches(client: Client) -> None:
    group = factories.group()
    content.meeting("Quiet", slug="quiet", rule=("TLP:AMBER", "group", [str(group.pk)]))
    response = factories.sign_in(client, factories.person(groups=[group])).get("/meetings/quiet/")
    assert response.headers["Cache-Control"] == "private, no-store"


def test_paper_that_the_viewer_may_not_see_is_not_among_the_materials(client: Client) -> None:
    group = factories.group()
    insider = factories.person(groups=[group])
    meeting = content.meeting("London", slug="london")
    meeting.materials = [
        content.document("Slides", rule=("TLP:AMBER", "group", [str(group.pk)])),
        content.document("Public paper"),
    ]
    meeting.save()
    allowed = factories.sign_in(Client(), insider).get("/meetings/london/").context["materials"]
    assert sorted(item["title"] for item in allowed) == ["Public paper", "Slides"]
    assert [item["title"] for item in client.get("/meetings/london/").context["materials"]] == ["Public paper"]


def test_home_page_names_the_next_meeting_to_those_who_may_know(client: Client) -> None:
    group = factories.group()
    insider = factories.person(groups=[group])
    rule = ("TLP:AMBER", "group", [str(group.pk)])
    content.meeting("Tabletop", starts_on=dt.date(2027, 3, 18), ends_on=dt.date(2027, 3, 18), rule=rule)
    with clock.at(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)):
        assert [item.title for item in upcoming(factories.viewer(insider))] == ["Tabletop"]
        assert [(item.title, item.date) for item in upcoming(ANONYMOUS)] == [("Next meeting of the OC TIG", None)]
    with clock.at(dt.datetime(2027, 3, 19, 12, tzinfo=dt.UTC)):
        assert [item.title for item in upcoming(factories.viewer(insider))] == ["Next meeting of the OC TIG"]


def test_cancelled_meeting_is_not_to_come() -> None:
    content.meeting("Off", starts_on=dt.date(2027, 3, 18), ends_on=dt.date(2027, 3, 18), status=MeetingState.CANCELLED)
    with clock.at(dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)):
        assert [item.title for item in upcoming(ANONYMOUS)] == ["Next meeting of the OC TIG"]


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((2023, 10, 11), (2023, 10, 12), "11–12 October 2023"),
        ((2023, 10, 11), (2023, 10, 11), "11 October 2023"),
        ((2024, 5, 30), (2024, 6, 1), "30 May – 1 June 2024"),
        ((2024, 12, 31), (2025, 1, 2), "31 December 2024 – 2 January 2025"),
    ],
)
def test_days_are_written_as_people_write_them(start: tuple, end: tuple, text: str) -> None:
    assert day_range(dt.date(*start), dt.date(*end)) == text


def test_picture_has_a_box_for_each_item_but_breaks() -> None:
    picture = glance(
        [
            _item("09:00", 30, kind=ItemKind.OPENING),
            _item("09:30", 90, kind=ItemKind.DECISION, short="Decide"),
            _item("11:00", 15, kind=ItemKind.BREAK),
        ]
    )
    assert picture is not None
    assert [(box.title, box.look, box.kind) for box in picture.boxes] == [
        ("Item at 09:00", "", ""),
        ("Decide", "d", "decision"),
    ]
    assert [line.label for line in picture.hours] == ["9", "10", "11"]
    assert [name for name, _ in picture.days] == ["Wednesday 11"]


def test_agenda_without_items_or_of_a_week_has_no_picture() -> None:
    assert glance([]) is None
    assert glance([_item("09:00", 30, day=dt.date(2023, 10, day)) for day in range(2, 6)]) is None


def test_meeting_without_an_agenda_says_what_will_be_there(client: Client) -> None:
    content.meeting("Soon", slug="soon", starts_on=dt.date(2090, 1, 1), ends_on=dt.date(2090, 1, 1))
    html = client.get("/meetings/soon/").content.decode()
    assert "The agenda is being written" in html
    assert "They are written down here after the meeting." in html
