"""The sample meetings: London as the report tells it, and one for members of the group."""

import pytest
from django.test import Client

from events.meetings.models import MeetingPage
from portal.community.models import Person
from tests import factories

pytestmark = pytest.mark.django_db

LONDON = "/meetings/london-october-2023/"
TABLETOP = "/meetings/tabletop-one-manhunt-four-centres/"


def _member(account: str) -> Client:
    return factories.sign_in(Client(), Person.objects.get(user__email=f"{account}@example.org"))


def test_london_has_two_days_with_the_items_of_the_report(sample_content: None, client: Client) -> None:
    days = client.get(LONDON).context["days"]
    assert [day["title"] for day in days] == ["Wednesday 11 October", "Thursday 12 October"]
    assert [slot["title"] for day in days for slot in day["slots"] if not slot["pause"]] == [
        "Welcome and round of the table",
        "Strategic documents of the group",
        "Education and training in operational centres",
        "Alerting and engaging citizens in crisis response",
        "Operational exchange of information",
        "Tour of an operational centre",
        "Marine Unit",
    ]


def test_london_report_names_the_decision_the_workshop_and_its_leader(sample_content: None, client: Client) -> None:
    html = client.get(LONDON).content.decode()
    assert "Education &amp; Training document finished" in html
    assert "Led by Tony Day, CENTRIC." in html
    assert "2006/960/JHA" in html
    assert '<svg class="chart glance"' in html
    assert '<span class="tlp tlp--clear">TLP:CLEAR</span>' in html


def test_london_says_that_its_hours_are_made_up(sample_content: None, client: Client) -> None:
    html = client.get(LONDON).content.decode()
    assert html.count('<span class="sample">Sample times</span>') == 2
    assert "Hours are typical, not recorded." in html
    assert MeetingPage.objects.get(slug="london-october-2023").is_sample is False


def test_coming_meeting_is_for_members_of_the_group(sample_content: None, client: Client) -> None:
    html = _member("ilze.paraugs").get(TABLETOP).content.decode()
    assert "TLP:AMBER" in html
    assert '<span class="sample">Sample content</span>' in html
    for outsider in (client, _member("nadia.esempio"), _member("hanna.kuvio")):
        assert outsider.get(TABLETOP).status_code == 404
        assert "Tabletop" not in outsider.get("/meetings/").content.decode()
        assert "Tabletop" not in outsider.get("/").content.decode()
        assert "Tabletop" not in outsider.get("/groups/operational-centres/").content.decode()
    assert "Tabletop" in _member("ilze.paraugs").get("/").content.decode()
