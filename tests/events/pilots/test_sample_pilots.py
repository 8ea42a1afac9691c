"""The sample pilots: one concluded, one with three of four scenarios; both for members of the group."""

import pytest
from django.test import Client

from events.pilots.models import PilotPage
from portal.community.models import Person
from tests import factories

pytestmark = pytest.mark.django_db

CONCLUDED = "/pilots/enlets-messenger-between-four-centres/"
RUNNING = "/pilots/one-template-for-three-languages/"


def _member(account: str) -> Client:
    return factories.sign_in(Client(), Person.objects.get(user__email=f"{account}@example.org"))


def test_concluded_pilot_shows_its_figures_from_the_runs(sample_content: None) -> None:
    response = _member("ilze.paraugs").get(CONCLUDED)
    total = response.context["total"]
    assert (total.solution.text, total.solution.range_text, total.solution.count) == ("5.0", "1.9 to 8.2", 44)
    assert (total.baseline.text, total.baseline.range_text, total.baseline.count) == ("19.3", "5.0 to 34.3", 44)
    html = response.content.decode()
    assert "4 of 4, the rule is met" in html
    assert html.count('<svg class="chart mat"') == 4
    assert html.count(">not tried</td>") == 4


def test_running_pilot_says_three_of_four(sample_content: None) -> None:
    assert "3 of 4, not yet complete" in _member("ilze.paraugs").get(RUNNING).content.decode()


def test_pilots_are_samples_and_say_so(sample_content: None) -> None:
    assert PilotPage.objects.exclude(is_sample=True).count() == 0
    assert '<span class="sample">Sample content</span>' in _member("ilze.paraugs").get(CONCLUDED).content.decode()


@pytest.mark.parametrize("path", [CONCLUDED, RUNNING])
def test_results_are_missing_for_everybody_else(path: str, sample_content: None, client: Client) -> None:
    assert _member("ilze.paraugs").get(path).status_code == 200
    for outsider in (client, _member("nadia.esempio"), _member("hanna.kuvio")):
        assert outsider.get(path).status_code == 404
        assert "Messenger between four" not in outsider.get("/pilots/").content.decode()
        assert "Messenger between four" not in outsider.get("/groups/operational-centres/").content.decode()


def test_member_page_costs_at_most_twenty_five_queries(sample_content: None, django_assert_max_num_queries) -> None:
    member = _member("ilze.paraugs")
    member.get("/pilots/")
    with django_assert_max_num_queries(25):
        assert member.get(CONCLUDED).status_code == 200
    with django_assert_max_num_queries(25):
        assert member.get("/groups/operational-centres/").status_code == 200
