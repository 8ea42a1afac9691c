"""The sample community, and the commands that load and name it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.access.viewer import Viewer
from portal.community.domain import samples
from portal.community.domain.standing import contact_points, people_with, viewer_of
from portal.community.models import Centre, Country, Group, Person, Role, RoleTerm

pytestmark = pytest.mark.django_db

PARTNERS = ("LV", "FI", "NL", "PL", "PT", "ES", "EE", "RO", "GR", "CZ", "SE")


@pytest.fixture
def one_loader(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Only a loader that makes one country, and writes down that it ran."""
    ran: list[str] = []

    def load(progress: Any) -> None:
        ran.append("ran")
        progress("one country")
        Country.objects.create(code="PL", name="Poland", name_in_text="Poland", latitude=52.23, longitude=21.01)

    monkeypatch.setattr(samples, "_loaders", {})
    samples.register(10, "Test", load)
    return ran


def test_load_sample_fills_an_empty_database_and_refuses_a_full_one(one_loader: list[str]) -> None:
    out = StringIO()
    call_command("load_sample", stdout=out)
    assert out.getvalue().splitlines()[:2] == ["Test …", "one country"]
    with pytest.raises(CommandError, match="already holds content"):
        call_command("load_sample", stdout=out)
    assert one_loader == ["ran"]


def test_load_sample_if_empty_passes_over_a_full_database(one_loader: list[str]) -> None:
    call_command("load_sample", "--if-empty", stdout=StringIO())
    out = StringIO()
    call_command("load_sample", "--if-empty", stdout=out)
    assert out.getvalue() == "Sample content: the database holds content already, nothing was changed.\n"
    assert one_loader == ["ran"]


def test_load_sample_keeps_nothing_when_a_loader_fails(one_loader: list[str]) -> None:
    def fail(progress: Any) -> None:
        raise RuntimeError("broken file")

    samples.register(20, "Broken", fail)
    with pytest.raises(RuntimeError, match="broken file"):
        call_command("load_sample", stdout=StringIO())
    assert Country.objects.count() == 0


def test_loaders_run_in_their_order() -> None:
    names = [loader.name for loader in samples.loaders()]
    own = [name for name in names if name in ("Community", "Pages", "Library", "Meetings", "Pilots")]
    assert own == ["Community", "Pages", "Library", "Meetings", "Pilots"]


def test_every_partner_country_has_a_contact_point_a_host_and_two_shift_leaders(sample_content: None) -> None:
    for code in PARTNERS:
        assert contact_points(code).count() >= 1, code
        assert Centre.objects.filter(country=code).exists(), code
        hosts = RoleTerm.objects.filter(role=Role.HOST_COORDINATOR, person__country=code)
        assert hosts.exists(), code
        assert Person.objects.filter(country=code, function__contains="hift leader").count() >= 2, code


def test_host_coordinators_hold_their_role_for_a_centre_of_their_country(sample_content: None) -> None:
    centres = {f"centre:{centre.pk}": centre.country_id for centre in Centre.objects.all()}
    terms = RoleTerm.objects.filter(role=Role.HOST_COORDINATOR).select_related("person")
    assert [(term.scope, centres[term.scope]) for term in terms] == [
        (term.scope, term.person.country_id) for term in terms
    ]


def test_reviewers_and_committee_come_from_different_countries(sample_content: None) -> None:
    reviewers = {person.country_id for person in people_with(role=Role.REVIEWER)}
    committee = {person.country_id for person in people_with(role=Role.COMMITTEE)}
    assert len(reviewers) >= 6
    assert len(committee) >= 4
    assert people_with(role=Role.OFFICE).count() == 2
    assert people_with(role=Role.EDITOR).count() == 1
    assert people_with(role=Role.AUDITOR).count() == 1
    assert people_with(role=Role.DATA_PROTECTION).count() == 1


def test_leader_of_the_group_is_a_sample_person_and_the_public_name_stands_in_text(sample_content: None) -> None:
    group = Group.objects.get(slug="operational-centres")
    leaders = people_with(role=Role.TIG_LEADER, scope=f"group:{group.pk}")
    assert [(leader.name, leader.is_sample) for leader in leaders] == [("Pieter Voorbeeldig", True)]
    assert group.leader_name == "Jacques van Wersch"


def test_all_sample_people_are_marked_and_reach_nobody(sample_content: None) -> None:
    assert Person.objects.exclude(is_sample=True).count() == 0
    assert Person.objects.exclude(user__email__endswith="@example.org").count() == 0
    assert Centre.objects.exclude(is_sample=True).count() == 0


def test_former_member_is_nobody_any_more(sample_content: None) -> None:
    former = Person.objects.get(user__email="kalle.entinen@example.org")
    viewer: Viewer = viewer_of(former)
    assert (viewer.is_member, viewer.roles, viewer.principals) == (False, frozenset(), frozenset({"public"}))


def test_sample_accounts_can_sign_in_with_the_published_password(sample_content: None) -> None:
    from portal.community.domain.sample_community import SAMPLE_PASSWORD

    user = Person.objects.get(user__email="ilze.paraugs@example.org").user
    assert user.check_password(SAMPLE_PASSWORD)
    assert user.emailaddress_set.filter(verified=True, primary=True).count() == 1


def test_countries_are_those_of_the_union_and_their_partners(sample_content: None) -> None:
    assert Country.objects.filter(in_eu=True).count() == 27
    assert Country.objects.filter(in_schengen=True).count() == 29
    assert Country.objects.exclude(member_since=None).count() == 0


def test_sample_people_prints_names_roles_password_and_code(sample_content: None) -> None:
    out = StringIO()
    call_command("sample_people", stdout=out)
    text = out.getvalue()
    assert len(text.splitlines()) == Person.objects.filter(active=True).count() + 3
    assert "Anna Wzorowa" in text
    assert "kalle.entinen" not in text
    assert "Password of all: twenty minutes between alarms" in text
    assert "sample_code" in text


def test_sample_people_few_prints_one_for_each_role(sample_content: None) -> None:
    out = StringIO()
    call_command("sample_people", "--few", stdout=out)
    assert [line.split("  ")[0] for line in out.getvalue().splitlines()[:3]] == [
        "Anna Wzorowa",
        "Sirpa Esimerkki",
        "Matti Malliksi",
    ]


def test_sample_people_refuses_outside_local_settings(settings: Any) -> None:
    settings.NOC_LOCAL = False
    with pytest.raises(CommandError, match="local settings only"):
        call_command("sample_people", stdout=StringIO())
