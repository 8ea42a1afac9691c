"""Pilots: results for members of the group alone, and what pages cost."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client

from events.pilots.models import PilotPage, PilotRun
from library.models import Scenario
from tests import content, factories

pytestmark = pytest.mark.django_db


def _with_runs(pilot: PilotPage, scenarios: int) -> None:
    centres = [factories.centre("NL"), factories.centre("FI")]
    pilot.centres = centres
    pilot.runs = [
        PilotRun(
            date=dt.date(2026, 3, 10),
            from_centre=centres[0],
            to_centre=centres[1],
            scenario=Scenario.objects.create(slug=f"s{number}", name=f"Scenario {number}", short_name=f"S{number}"),
            delivered="0.1",
            acknowledged="4.0",
            baseline_acknowledged="16.0",
        )
        for number in range(scenarios)
    ]
    pilot.save()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_with_any_number_of_pilots(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    for number in range(count):
        content.pilot(f"Pilot {number}")
    client.get("/pilots/")
    with django_assert_num_queries(6):
        html = client.get("/pilots/").content.decode()
    assert html.count('<li class="entry">') == count


@pytest.mark.parametrize("count", [1, 3])
def test_pilot_costs_the_same_with_any_number_of_scenarios(
    count: int, client: Client, django_assert_num_queries: Any
) -> None:
    _with_runs(content.pilot("Trial", slug="trial"), count)
    client.get("/pilots/")
    with django_assert_num_queries(10):
        html = client.get("/pilots/trial/").content.decode()
    assert html.count('<svg class="chart mat"') == count


@pytest.mark.parametrize(("scenarios", "text"), [(3, "3 of 4, not yet complete"), (4, "4 of 4, the rule is met")])
def test_pilot_says_how_many_of_four_scenarios_were_run(scenarios: int, text: str, client: Client) -> None:
    _with_runs(content.pilot("Trial", slug="trial"), scenarios)
    html = client.get("/pilots/trial/").content.decode()
    assert text in html
    assert ("So far: 3 of 4." in html) is (scenarios == 3)


def test_pilot_before_its_first_run_stands_and_says_so(client: Client) -> None:
    content.pilot("Trial", slug="trial")
    html = client.get("/pilots/trial/").content.decode()
    assert "None sent yet" in html
    assert "0 of 4, not yet complete" in html
    assert "Not yet written" in html
    assert "<svg class=" not in html[html.index("<main") : html.index("</main")]


def test_pilot_of_a_group_is_missing_for_all_others(client: Client) -> None:
    group, other = factories.group(), factories.group("C-UAS")
    insider = factories.person("Insider", groups=[group])
    content.pilot("Quiet pilot", slug="quiet", rule=("TLP:AMBER", "group", [str(group.pk)]))
    member = factories.sign_in(Client(), insider)
    html = member.get("/pilots/quiet/").content.decode()
    assert '<aside class="zone" aria-label="Handling"><div class="wrap"><span class="tlp tlp--amber">TLP:AMBER' in html
    assert "Quiet pilot" in member.get("/pilots/").content.decode()
    outsiders = [
        client,
        factories.sign_in(Client(), factories.person("Member of nothing")),
        factories.sign_in(Client(), factories.person("Other group", groups=[other])),
        factories.sign_in(Client(), factories.person("Office elsewhere", roles=[("ncp", "country:FI")], country="FI")),
        factories.sign_in(Client(), insider, verified=False),
        factories.sign_in(Client(), factories.person("Former", groups=[group], active=False)),
    ]
    for outsider in outsiders:
        hidden, missing = outsider.get("/pilots/quiet/"), outsider.get("/pilots/quaet/")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.content.replace(b"quiet", b"") == missing.content.replace(b"quaet", b"")
        listing = outsider.get("/pilots/").content.decode()
        assert "Quiet pilot" not in listing
        assert "No result is public yet" in listing


def test_run_must_lead_from_one_centre_to_another() -> None:
    pilot = content.pilot("Trial", slug="trial")
    centre = factories.centre("NL")
    scenario = Scenario.objects.create(slug="s", name="S", short_name="S")
    with pytest.raises(IntegrityError):
        PilotRun.objects.create(
            page=pilot,
            date=dt.date(2026, 3, 10),
            from_centre=centre,
            to_centre=centre,
            scenario=scenario,
            delivered="0.1",
            acknowledged="4.0",
        )


def test_run_cannot_be_acknowledged_before_it_is_delivered() -> None:
    pilot = content.pilot("Trial", slug="trial")
    scenario = Scenario.objects.create(slug="s", name="S", short_name="S")
    with pytest.raises(IntegrityError):
        PilotRun.objects.create(
            page=pilot,
            date=dt.date(2026, 3, 10),
            from_centre=factories.centre("NL"),
            to_centre=factories.centre("FI"),
            scenario=scenario,
            delivered="4.1",
            acknowledged="4.0",
        )
