"""Closing an account, opening it again, forgetting who its owner was."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client

from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.accounts.domain.enrolment import EnrolmentRefused, find_grant, issue_grant
from portal.accounts.models import AuthenticatorDevice, Purpose, Session, User
from portal.accounts.models.user import NeverDeleted
from portal.community.models import Person, Role, RoleTerm
from portal.journal import chain, door
from portal.journal.errors import ConditionFailed, NotAllowed
from portal.journal.models import Entry, EntryDetail, Pseudonym
from portal.journal.words import ERASED, history_in_words
from portal.outbox.models import Mail
from portal.outbox.post import post
from portal.privacy.domain import people
from portal.privacy.models import Departure, Why
from tests import factories

SECRETS = ("Ilze", "Paraugs", "ilze@example.org")


def forget(person: Person, why: Why = Why.ASKED) -> Departure:
    return people.forget(user=person.user, by=SYSTEM, why=why)


def everything_kept() -> str:
    """Return the content of every table as text: nothing of a forgotten person may stand in it."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if not name.startswith("sqlite_")]
        found = []
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            found.append(repr(cursor.fetchall()))
    return "\n".join(found)


def test_closing_ends_sessions_and_links_and_tells_the_owner(client: Client, member: Person, office: Person) -> None:
    factories.sign_in(client, member)
    assert client.get("/account/").status_code == 200
    newcomer = factories.person("New", email="new@example.org")
    grant = issue_grant(user=newcomer.user, purpose=Purpose.INVITATION, by=SYSTEM)
    for each in (member, newcomer):
        people.close(user=each.user, by=factories.viewer(office), reason="Left the service")
    assert client.get("/account/").status_code == 302
    assert Session.objects.filter(user=member.user).count() == 0
    with pytest.raises(EnrolmentRefused):
        find_grant(token=grant.url.rstrip("/").rsplit("/", 1)[-1])
    member.refresh_from_db()
    assert (member.active, member.user.is_active, member.name) == (False, False, "Ilze Paraugs")
    assert list(Mail.objects.filter(kind="privacy_account_closed").values_list("to_address", flat=True)) == [
        "ilze@example.org",
        "new@example.org",
    ]
    entry = Entry.objects.get(verb="account_closed", thing_id=str(member.user_id))
    assert entry.detail.reason == "Left the service"


def test_closing_twice_is_closing_once(member: Person) -> None:
    first = people.close(user=member.user, by=SYSTEM)
    with clock.at(clock.now() + dt.timedelta(days=3)):
        assert people.close(user=member.user, by=SYSTEM).left_at == first.left_at
    assert Entry.objects.filter(verb="account_closed").count() == 1
    assert Mail.objects.filter(kind="privacy_account_closed").count() == 1


def test_nobody_closes_their_own_account(member: Person) -> None:
    with pytest.raises(NotAllowed):
        people.close(user=member.user, by=factories.viewer(member))
    assert User.objects.get(pk=member.user_id).is_active


def test_a_closed_account_opens_again_with_what_it_had(member: Person) -> None:
    AuthenticatorDevice.objects.create(user=member.user, name="Telephone")
    people.close(user=member.user, by=SYSTEM)
    user = people.open_again(user=member.user, by=SYSTEM)
    member.refresh_from_db()
    assert (user.is_active, member.active, Departure.objects.count()) == (True, True, 0)
    assert user.check_password(factories.PASSWORD)
    assert AuthenticatorDevice.objects.filter(user=user).count() == 1


def test_a_forgotten_account_does_not_open_again(member: Person) -> None:
    forget(member)
    with pytest.raises(ConditionFailed):
        people.open_again(user=member.user, by=SYSTEM)
    assert not User.objects.get(pk=member.user_id).is_active


def test_forgetting_leaves_nothing_of_the_name_in_any_table(member: Person) -> None:
    by = factories.viewer(member)
    door.record(thing=member, verb="profile_changed", by=by, reason="Ilze Paraugs changed it")
    post(to="Ilze@example.org", template="privacy_account_opened", context={"at": clock.now()}, user_id=member.user_id)
    post(to="ilze@example.org", template="privacy_account_opened", context={"at": clock.now()})
    assert all(secret in everything_kept() for secret in SECRETS)
    departure = forget(member)
    kept = everything_kept()
    assert [secret for secret in SECRETS if secret in kept or secret.lower() in kept] == []
    member.refresh_from_db()
    member.user.refresh_from_db()
    assert member.name == departure.alias
    assert member.user.email == f"{departure.alias.lower().replace(' ', '-')}@former.invalid"
    assert not member.user.has_usable_password()
    assert EmailAddress.objects.filter(user=member.user).count() == 0
    assert AuthenticatorDevice.objects.filter(user=member.user).count() == 0
    assert (member.function, member.centre, member.groups.count(), member.languages.count()) == ("", None, 0, 0)


def test_the_alias_says_that_somebody_left_and_nothing_else(member: Person) -> None:
    name, _, digits = forget(member).alias.rpartition(" ")
    assert name == "Former member"
    assert len(digits) == 4
    assert int(digits, 16) >= 0


def test_the_journal_stays_and_its_chain_with_it(member: Person, office: Person) -> None:
    door.record(thing=office, verb="looked", by=factories.viewer(member), reason="Because I know Anna")
    door.record(thing=office, verb="looked", by=factories.viewer(office), reason="My own reason")
    chain.seal()
    before = list(Entry.objects.values_list("pk", "uid", "verb", "actor"))
    forget(member)
    assert list(Entry.objects.filter(pk__lte=before[-1][0]).values_list("pk", "uid", "verb", "actor")) == before
    chain.seal()
    assert chain.verify().faults == ()
    assert [(line.who, line.reason) for line in history_in_words(office)] == [
        (ERASED, ""),
        ("Anna Wzorowa", "My own reason"),
    ]
    assert Pseudonym.objects.filter(user=member.user).count() == 0


def test_forgetting_twice_is_forgetting_once(member: Person) -> None:
    assert forget(member).alias == forget(member).alias
    assert Entry.objects.filter(verb="forgotten").count() == 1


def test_forgetting_writes_down_that_it_was_done_but_not_of_whom(member: Person, office: Person) -> None:
    departure = people.forget(user=member.user, by=factories.viewer(office), why=Why.ASKED)
    detail = EntryDetail.objects.get(entry__verb="forgotten")
    assert (detail.actor_name, detail.data["alias"], detail.data["profile"]) == ("Anna Wzorowa", departure.alias, 1)
    assert (departure.why, departure.forgotten_at is not None) == (Why.ASKED, True)


def test_roles_end_and_stay_on_record(member: Person) -> None:
    RoleTerm.objects.create(person=member, role=Role.NCP, scope="country:LV", starts_on=dt.date(2024, 1, 1))
    RoleTerm.objects.create(person=member, role=Role.REVIEWER, starts_on=clock.today() + dt.timedelta(days=5))
    forget(member)
    assert list(RoleTerm.objects.filter(person=member).values_list("role", "ends_on")) == [(Role.NCP, clock.today())]


def test_the_last_of_the_office_is_not_forgotten(db: None) -> None:
    alone = factories.person("Anna Wzorowa", roles=[("office", "")])
    with pytest.raises(ConditionFailed, match="only person of the programme office"):
        forget(alone)
    alone.refresh_from_db()
    assert (alone.name, alone.active) == ("Anna Wzorowa", True)


def test_an_account_closed_in_any_other_way_is_noted(member: Person, office: Person) -> None:
    User.objects.filter(pk=member.user_id).update(is_active=False)
    Person.objects.filter(pk=office.pk).update(active=False)
    assert people.note_departures() == 2
    assert set(Departure.objects.values_list("user_id", flat=True)) == {member.user_id, office.user_id}
    Person.objects.filter(pk=office.pk).update(active=True)
    assert people.note_departures() == 0
    assert list(Departure.objects.values_list("user_id", flat=True)) == [member.user_id]


def test_only_those_who_left_long_enough_ago_are_forgotten(member: Person, office: Person) -> None:
    moment = clock.now()
    people.close(user=member.user, by=SYSTEM)
    with clock.at(moment + dt.timedelta(days=10)):
        people.close(user=office.user, by=SYSTEM)
    assert people.forget_former(moment + dt.timedelta(days=5)) == people.Forgotten(1, 0)
    member.refresh_from_db()
    office.refresh_from_db()
    assert member.name == Departure.objects.get(user=member.user).alias
    assert (office.name, Departure.objects.get(user=member.user).why) == ("Anna Wzorowa", Why.TIME)


@pytest.mark.parametrize("which", ["user", "users", "person", "people"])
def test_no_row_of_a_person_is_ever_deleted(member: Person, which: str) -> None:
    deed = {
        "user": member.user.delete,
        "users": User.objects.filter(pk=member.user_id).delete,
        "person": member.delete,
        "people": Person.objects.filter(pk=member.pk).delete,
    }[which]
    with pytest.raises(NeverDeleted):
        deed()
    assert Person.objects.filter(pk=member.pk, user=member.user).exists()


def test_what_goes_past_the_guard_is_stopped_by_the_database(member: Person) -> None:
    from django.db.models import ProtectedError
    from django.db.models.deletion import Collector

    collector = Collector(using="default")
    with pytest.raises(ProtectedError):
        collector.collect([member.user])


def test_the_last_of_the_office_is_not_closed(db: None) -> None:
    last = factories.person("The Last", roles=[("office", "")])
    administrator = factories.viewer(factories.person("Ad Ministrator"))
    with pytest.raises(ConditionFailed):
        people.close(user=last.user, by=administrator)
    assert User.objects.get(pk=last.user_id).is_active is True
    factories.person("One More", roles=[("office", "")])
    people.close(user=last.user, by=administrator)
    assert User.objects.get(pk=last.user_id).is_active is False
