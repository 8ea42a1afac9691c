"""The CMS's list of users: it closes accounts, and deletes none."""

from __future__ import annotations

import pytest
from django.test import Client

from exchanges.models import Review
from portal.access.viewer import SYSTEM
from portal.accounts.models import User
from portal.community.models import Person
from portal.journal.models import Entry
from portal.outbox.models import Mail
from portal.privacy.domain import people
from portal.privacy.models import Departure, Why
from tests import factories
from tests.exchanges import factories_decide


@pytest.fixture
def admin(db: None) -> Person:
    """An administrator of the CMS."""
    found = factories.person("Admin", email="admin@example.org")
    User.objects.filter(pk=found.user_id).update(is_superuser=True, is_staff=True)
    return Person.objects.select_related("user").get(pk=found.pk)


def test_the_page_says_that_nothing_is_deleted(client: Client, admin: Person, member: Person) -> None:
    page = factories.sign_in(client, admin).get(f"/admin/users/delete/{member.user_id}/")
    assert "Nothing is deleted" in page.content.decode()


def test_delete_closes_the_account(client: Client, admin: Person, member: Person) -> None:
    response = factories.sign_in(client, admin).post(f"/admin/users/delete/{member.user_id}/")
    assert response.headers["Location"] == "/admin/users/"
    member.refresh_from_db()
    assert (member.active, member.user.is_active, member.name) == (False, False, "Ilze Paraugs")
    assert Departure.objects.filter(user=member.user).count() == 1
    entry = Entry.objects.get(verb="account_closed")
    assert entry.detail.actor_name == "Admin"


def test_delete_takes_no_record_along(client: Client, admin: Person) -> None:
    factories_decide.reviewed()
    before = {model: model.objects.count() for model in (User, Person, Review, Entry)}
    factories.sign_in(client, admin)
    for review in Review.objects.select_related("reviewer"):
        client.post(f"/admin/users/delete/{review.reviewer.user_id}/")
    after = {model: model.objects.count() for model in (User, Person, Review)}
    assert after == {model: before[model] for model in after}
    assert Entry.objects.count() > before[Entry]


def test_delete_asks_for_a_fresh_second_factor(client: Client, admin: Person, member: Person) -> None:
    factories.sign_in(client, admin, fresh=False).post(f"/admin/users/delete/{member.user_id}/")
    assert User.objects.get(pk=member.user_id).is_active


def test_many_are_closed_at_once(client: Client, admin: Person, member: Person, office: Person) -> None:
    url = f"/admin/bulk/accounts/user/delete/?id={member.user_id}&id={office.user_id}&next=/admin/users/"
    factories.sign_in(client, admin)
    assert "Close the accounts" in client.get(url).content.decode()
    assert client.post(url).headers["Location"] == "/admin/users/"
    assert set(Departure.objects.values_list("user_id", flat=True)) == {member.user_id, office.user_id}
    assert User.objects.filter(pk__in=[member.user_id, office.user_id], is_active=False).count() == 2


@pytest.mark.parametrize("active", ["True", "False"])
def test_the_bulk_switch_closes_and_opens(client: Client, admin: Person, member: Person, active: str) -> None:
    factories.sign_in(client, admin)
    if active == "True":
        client.post(f"/admin/users/delete/{member.user_id}/")
    url = f"/admin/bulk/accounts/user/set_active_state/?id={member.user_id}&next=/admin/users/"
    client.post(url, {"mark_as_active": active})
    member.refresh_from_db()
    assert (str(member.active), str(member.user.is_active)) == (active, active)
    assert Departure.objects.exists() == (active == "False")


def test_the_form_closes_and_opens_too(client: Client, admin: Person, member: Person) -> None:
    factories.sign_in(client, admin)
    url = f"/admin/users/edit/{member.user_id}/"
    client.post(url)
    member.refresh_from_db()
    assert (member.active, Departure.objects.filter(user=member.user).count()) == (False, 1)
    client.post(url, {"is_active": "on"})
    member.refresh_from_db()
    assert (member.active, member.user.is_active, Departure.objects.count()) == (True, True, 0)


def test_the_form_gives_nobody_their_membership_back(client: Client, admin: Person, member: Person) -> None:
    Person.objects.filter(pk=member.pk).update(active=False)
    people.note_departures()
    factories.sign_in(client, admin)
    client.post(f"/admin/users/edit/{member.user_id}/", {"is_superuser": "on", "is_active": "on"})
    member.refresh_from_db()
    assert (member.user.is_superuser, member.active, Departure.objects.count()) == (True, False, 1)


def test_nobody_closes_their_own(client: Client, admin: Person) -> None:
    factories.sign_in(client, admin)
    client.post(f"/admin/users/delete/{admin.user_id}/")
    client.post(f"/admin/bulk/accounts/user/delete/?id={admin.user_id}")
    assert User.objects.get(pk=admin.user_id).is_active


def test_the_form_tells_the_owner_that_the_account_is_closed(client: Client, admin: Person, member: Person) -> None:
    factories.sign_in(client, admin).post(f"/admin/users/edit/{member.user_id}/")
    assert Mail.objects.filter(kind="privacy_account_closed", user=member.user).count() == 1


def test_the_form_opens_no_account_whose_owner_is_forgotten(client: Client, admin: Person, member: Person) -> None:
    people.forget(user=member.user, by=SYSTEM, why=Why.ASKED)
    page = factories.sign_in(client, admin).post(
        f"/admin/users/edit/{member.user_id}/", {"is_active": "on"}, follow=True
    )
    assert "The owner of this account is forgotten" in page.content.decode()
    assert User.objects.get(pk=member.user_id).is_active is False
