"""One's own profile: what one changes, and what one does not."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from portal.access import clock
from portal.community.domain import profiles
from portal.community.models import Language, Person, RoleTerm
from portal.journal.door import history
from portal.journal.errors import NotAllowed
from portal.outbox.models import Mail
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(client: Client) -> Person:
    for code, name in (("en", "English"), ("pl", "Polish"), ("de", "German"), ("fr", "French")):
        Language.objects.create(code=code, name=name)
    member = factories.person("Anna Wzorowa", languages={"en": "C1", "pl": "native"})
    factories.sign_in(client, member)
    return member


def form(**fields: str) -> dict[str, str]:
    given = {
        "name": "Anna Wzorowa",
        "function": "",
        "centre": str(factories.centre().pk),
        "language_1": "en",
        "level_1": "C1",
        "language_2": "pl",
        "level_2": "native",
        "language_3": "",
        "level_3": "",
        "language_4": "",
        "level_4": "",
    }
    return given | fields


def languages(person: Person) -> dict[str, str]:
    return dict(person.languages.values_list("language_id", "level"))


def test_page_shows_what_is_known(client: Client, anna: Person) -> None:
    factories.person("Piotr Kontakt", roles=[("ncp", "country:PL")])
    RoleTerm.objects.create(person=anna, role="reviewer", starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2099, 5, 31))
    RoleTerm.objects.create(
        person=anna, role="tig_leader", scope=f"group:{factories.group().pk}", starts_on=dt.date(2020, 1, 1)
    )
    RoleTerm.objects.create(person=anna, role="committee", scope="call:4", starts_on=dt.date(2020, 1, 1))
    RoleTerm.objects.create(person=anna, role="auditor", starts_on=dt.date(2019, 1, 1), ends_on=dt.date(2020, 1, 1))
    page = client.get("/account/profile/")
    assert page.status_code == 200
    assert page.context["roles"] == [
        "Reviewer, until 31 May 2099",
        "TIG leader, Operational Centres",
        "Committee member, one call",
    ]
    words = page.content.decode()
    assert "Tell Piotr Kontakt, who speaks for Poland" in words
    assert '<a href="/account/profile/" aria-current="page">Profile</a>' in words
    assert [(row[0].value(), row[1].value()) for row in page.context["form"].language_pairs] == [
        ("en", "C1"),
        ("pl", "native"),
        ("", ""),
        ("", ""),
    ]


def test_function_centre_and_languages_are_ones_own(client: Client, anna: Person) -> None:
    centre = factories.centre(name="Operational centre Łódź")
    changes = form(
        function="Shift leader", centre=str(centre.pk), language_2="", level_2="", language_4="de", level_4="B1"
    )
    page = client.post("/account/profile/", changes, follow=True)
    assert "Your profile is kept." in page.content.decode()
    anna.refresh_from_db()
    assert (anna.function, anna.centre, languages(anna)) == ("Shift leader", centre, {"en": "C1", "de": "B1"})
    assert history(anna).get().detail.data == {"fields": ["function", "centre", "languages"]}
    assert not Mail.objects.exists()
    assert "Anna Wzorowa, as other members see you." in client.get("/account/").content.decode()


def test_nothing_new_is_no_change(client: Client, anna: Person) -> None:
    page = client.post("/account/profile/", form(), follow=True)
    assert "Nothing was changed." in page.content.decode()
    assert not history(anna).exists()


def test_a_new_name_is_told_to_the_contact_points(client: Client, anna: Person) -> None:
    factories.person("Piotr Kontakt", roles=[("ncp", "country:PL")], email="piotr@example.org")
    factories.person("Ola Zastępca", roles=[("ncp_deputy", "country:PL")], email="ola@example.org")
    factories.person("Bram Voorbeeld", "NL", roles=[("ncp", "country:NL")])
    client.post("/account/profile/", form(name="  Anna   Nowa "))
    anna.refresh_from_db()
    assert anna.name == "Anna Nowa"
    assert sorted(Mail.objects.values_list("to_address", "subject")) == [
        ("ola@example.org", "Anna Wzorowa is now called Anna Nowa"),
        ("piotr@example.org", "Anna Wzorowa is now called Anna Nowa"),
    ]


def test_the_office_is_told_where_nobody_else_speaks_for_the_country(client: Client, anna: Person) -> None:
    RoleTerm.objects.create(person=anna, role="ncp", scope="country:PL", starts_on=dt.date(2020, 1, 1))
    factories.person("Office", roles=[("office", "")], email="office@example.org")
    client.post("/account/profile/", form(name="Anna Nowa"))
    assert Mail.objects.get().to_address == "office@example.org"


def test_a_new_name_asks_for_the_second_factor_once_more(client: Client, anna: Person) -> None:
    factories.sign_in(client, anna, fresh=False)
    assert client.post("/account/profile/", form(function="Shift leader")).url == "/account/profile/"
    page = client.post("/account/profile/", form(name="Anna Nowa", function="Shift leader"))
    assert page.status_code == 403
    assert "Anna Nowa" in page.content.decode()
    anna.refresh_from_db()
    assert (anna.name, anna.function) == ("Anna Wzorowa", "Shift leader")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": " "}, "Fill in “Name”"),
        ({"name": "A" * 121}, "Name: at most 120 characters; these are 121"),
        ({"language_3": "en", "level_3": "B1"}, "This language stands in another row already"),
        ({"language_3": "de"}, "Choose your level in language 3"),
        ({"level_3": "B1"}, "Choose the language of this level"),
        ({"language_3": "xx", "level_3": "B1"}, "Select a valid choice"),
        ({"level_1": "D7"}, "Select a valid choice"),
    ],
)
def test_what_will_not_do(client: Client, anna: Person, typed, said) -> None:
    page = client.post("/account/profile/", form(function="Kept", **typed))
    assert said in page.content.decode()
    assert "Kept" in page.content.decode()
    anna.refresh_from_db()
    assert (anna.name, anna.function, languages(anna)) == ("Anna Wzorowa", "", {"en": "C1", "pl": "native"})


def test_country_organisation_groups_and_roles_are_not_ones_own(client: Client, anna: Person) -> None:
    before = (anna.country_id, anna.organisation_id, anna.active, anna.user_id)
    extra = {"country": "NL", "organisation": "1", "groups": "1", "active": "", "user": "1", "roles": "office"}
    client.post("/account/profile/", form(function="Shift leader", **extra))
    anna.refresh_from_db()
    assert anna.function == "Shift leader"
    assert (anna.country_id, anna.organisation_id, anna.active, anna.user_id) == before
    assert not anna.role_terms.exists()


def test_a_centre_of_another_organisation_is_not_ones_own(client: Client, anna: Person) -> None:
    foreign = factories.centre("NL")
    page = client.post("/account/profile/", form(centre=str(foreign.pk)))
    assert "Select a valid choice" in page.content.decode()
    with pytest.raises(NotAllowed):
        profiles.change(
            person=anna, name=anna.name, function="", centre=foreign, languages={}, by=factories.viewer(anna)
        )


def test_nobody_changes_somebody_elses_profile(anna: Person) -> None:
    office = factories.viewer(factories.person("Office", roles=[("office", "")]))
    with pytest.raises(NotAllowed):
        profiles.change(person=anna, name="X", function="", centre=None, languages={}, by=office)
    assert Person.objects.get(pk=anna.pk).name == "Anna Wzorowa"


def test_administrators_without_a_profile_and_former_members_have_none(client: Client, anna: Person) -> None:
    anna.active = False
    anna.save()
    assert client.get("/account/profile/").status_code in {302, 404}


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_however_much_there_is(
    client: Client, anna: Person, count, django_assert_num_queries
) -> None:
    for number in range(count):
        factories.centre(name=f"Centre {number}")
        anna.groups.add(factories.group(f"Group {number}"))
        RoleTerm.objects.create(person=anna, role="reviewer", starts_on=clock.today())
    with django_assert_num_queries(18):
        client.get("/account/profile/")
