"""A lost device: two different people, never the person; everything journalled and mailed."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from portal.access import clock
from portal.accounts.domain import enrolment
from portal.accounts.models import AuthenticatorDevice, BackupCodes, EnrolmentGrant, User
from portal.community.domain import recovery, states
from portal.community.domain.recovery_links import read_ask, read_stop, stop_path
from portal.community.models import Person, Recovery
from portal.jobs import queue
from portal.journal.door import history
from portal.journal.errors import ConditionFailed, IllegalTransition, NotAllowed
from portal.outbox.models import Mail
from tests.factories import viewer
from tests.portal.community.lost import asked, confirmed, contact_point, mails, member, office, released

pytestmark = pytest.mark.django_db


def test_release_ends_devices_password_and_older_grants_and_mails_every_known_address() -> None:
    person, ncp, first, second = member(), contact_point(), office(), office("Michał Szablonowy")
    BackupCodes.objects.create(user=person.user, name="Backup codes")
    AuthenticatorDevice.objects.create(user=person.user, name="Tablet", confirmed=False)
    EmailAddress.objects.create(user=person.user, email="second@example.org", verified=True)
    EmailAddress.objects.create(user=person.user, email="typed@example.org", verified=False)
    made = released(person, ncp, first)

    account = User.objects.get(pk=person.user_id)
    assert AuthenticatorDevice.objects.filter(user=account).count() == 0
    assert BackupCodes.objects.filter(user=account).count() == 0
    assert (account.has_usable_password(), enrolment.is_enrolled(user=account)) == (False, False)
    grant = EnrolmentGrant.objects.get()
    assert (grant.purpose, grant.live, made.grant) == ("recovery", True, grant)
    assert grant.expires_at - grant.issued_at < dt.timedelta(hours=24, seconds=5)
    assert mails() == [
        ("enrolment_link", "piotr@example.org"),
        *((kind, to) for kind in ("recovery_asked",) for to in ("piotr@example.org", "second@example.org")),
        ("recovery_confirm", ncp.user.email),
        ("recovery_confirmed", "piotr@example.org"),
        ("recovery_confirmed", "second@example.org"),
        ("recovery_release", first.user.email),
        ("recovery_release", second.user.email),
        ("recovery_released", "piotr@example.org"),
        ("recovery_released", "second@example.org"),
    ]
    rows = [(row.verb, row.to_state, row.detail.actor_name) for row in history(made)]
    assert rows == [
        ("ask", "asked", person.name),
        ("confirm", "confirmed", ncp.name),
        ("release", "released", first.name),
    ]
    taken = next(row for row in history(account) if row.verb == "access_taken_back")
    assert taken.detail.data == {"devices": ["Backup codes", "Tablet", "Telephone"]}
    assert "enrolment_granted" in {row.verb for row in history(account)}


def test_nothing_of_the_account_changes_before_the_release() -> None:
    person, ncp = member(), contact_point()
    confirmed(person, ncp)
    account = User.objects.get(pk=person.user_id)
    assert (account.has_usable_password(), enrolment.is_enrolled(user=account)) == (True, True)
    assert EnrolmentGrant.objects.count() == 0


@pytest.mark.parametrize("country", ["PL", "FI"])
def test_confirm_is_for_contact_points_of_the_country_alone(country: str) -> None:
    person, _, staff = member(), contact_point(), office()
    by = contact_point(country, "Somebody Else", "ncp_deputy")
    made = asked(person)
    with pytest.raises(NotAllowed):
        recovery.confirm(recovery=made, by=viewer(staff), method="seen")
    with pytest.raises(NotAllowed):
        recovery.confirm(recovery=made, by=viewer(person), method="seen")
    if country == "FI":
        with pytest.raises(NotAllowed):
            recovery.confirm(recovery=made, by=viewer(by), method="seen")
    else:
        assert recovery.confirm(recovery=made, by=viewer(by), method="seen").confirmed_by == by


def test_release_is_for_the_office_alone() -> None:
    person, ncp, deputy, staff = member(), contact_point(), contact_point(name="Deputy"), office()
    made = confirmed(person, ncp)
    for by in (ncp, deputy, person):
        with pytest.raises(NotAllowed):
            recovery.release(recovery=made, by=viewer(by))
    assert recovery.release(recovery=made, by=viewer(staff)).state == "released"


def test_whoever_confirmed_does_not_release_also_with_both_roles() -> None:
    person, both = member(), contact_point()
    both.role_terms.create(role="office", scope="", starts_on=dt.date(2020, 1, 1))
    made = confirmed(person, both)
    with pytest.raises(NotAllowed):
        recovery.release(recovery=made, by=viewer(both))
    assert recovery.release(recovery=made, by=viewer(office())).state == "released"


def test_own_loss_of_a_contact_point_goes_to_the_deputy() -> None:
    ncp = contact_point()
    deputy, staff = contact_point(name="Jerzy Modelowy", role="ncp_deputy"), office()
    made = asked(ncp)
    assert mails(kind="recovery_confirm") == [("recovery_confirm", deputy.user.email)]
    for by in (ncp, staff):
        with pytest.raises(NotAllowed):
            recovery.confirm(recovery=made, by=viewer(by), method="called")
    assert recovery.confirm(recovery=made, by=viewer(deputy), method="called").state == "confirmed"


def test_own_loss_of_the_only_contact_point_takes_two_people_of_the_office() -> None:
    ncp, first, second = contact_point(), office(), office("Michał Szablonowy")
    contact_point("FI", "Matti Malliksi")
    made = asked(ncp)
    assert [to for _, to in mails(kind="recovery_confirm")] == sorted([first.user.email, second.user.email])
    made = recovery.confirm(recovery=made, by=viewer(first), method="called")
    assert mails(kind="recovery_release") == [("recovery_release", second.user.email)]
    with pytest.raises(NotAllowed):
        recovery.release(recovery=made, by=viewer(first))
    assert recovery.release(recovery=made, by=viewer(second)).state == "released"


def test_own_loss_in_the_office_is_released_by_a_colleague() -> None:
    ncp, lost, colleague = contact_point(), office(), office("Michał Szablonowy")
    made = confirmed(lost, ncp)
    with pytest.raises(NotAllowed):
        recovery.release(recovery=made, by=viewer(lost))
    assert recovery.release(recovery=made, by=viewer(colleague)).state == "released"


@pytest.mark.parametrize(
    "change",
    [
        {"confirmed_by_id": "person"},
        {"released_by_id": "person"},
        {"confirmed_by_id": "other", "released_by_id": "other"},
    ],
)
def test_table_itself_refuses_one_person_in_two_places(change: dict[str, str]) -> None:
    person, other = member(), office()
    made = asked(person)
    values = {name: {"person": person.pk, "other": other.pk}[who] for name, who in change.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Recovery.objects.filter(pk=made.pk).update(**values)


@pytest.mark.parametrize("table", ["person", "user"])
def test_release_of_somebody_deactivated_meanwhile_changes_nothing(table: str) -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = confirmed(person, ncp)
    if table == "person":
        Person.objects.filter(pk=person.pk).update(active=False)
    else:
        User.objects.filter(pk=person.user_id).update(is_active=False)
    with pytest.raises(ConditionFailed, match="account is closed"):
        recovery.release(recovery=made, by=viewer(staff))
    assert enrolment.is_enrolled(user=person.user)
    assert (Recovery.objects.get().state, EnrolmentGrant.objects.count()) == ("confirmed", 0)


def test_person_deactivated_meanwhile_is_not_confirmed_nor_asked_for() -> None:
    person, ncp = member(), contact_point()
    made = asked(person)
    Person.objects.filter(pk=person.pk).update(active=False)
    with pytest.raises(ConditionFailed, match="account is closed"):
        recovery.confirm(recovery=made, by=viewer(ncp), method="seen")
    made.delete()
    assert recovery.ask(user=person.user, way="password", what="lost") is None


def test_word_on_a_request_that_is_too_old_is_refused_before_the_beat_comes() -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = confirmed(person, ncp)
    with clock.at(clock.now() + states.LIFETIME), pytest.raises(ConditionFailed, match="more than 14 days ago"):
        recovery.release(recovery=made, by=viewer(staff))


def test_lapse_ends_what_is_old_or_closed_and_tells_the_person() -> None:
    contact_point()
    old, fresh = asked(member()), asked(member("Two", email="two@example.org"))
    closed = asked(member("Three", email="three@example.org"))
    Person.objects.filter(pk=closed.person_id).update(active=False)
    Recovery.objects.filter(pk=old.pk).update(asked_at=clock.now() - states.LIFETIME)
    assert recovery.lapse_old() == 2
    stand = dict(Recovery.objects.values_list("pk", "state"))
    assert stand == {old.pk: "lapsed", fresh.pk: "asked", closed.pk: "lapsed"}
    assert mails(kind="recovery_lapsed") == [("recovery_lapsed", "piotr@example.org")]
    assert recovery.lapse_old() == 0


def test_refusal_takes_a_reason_that_the_person_reads() -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = confirmed(person, ncp)
    with pytest.raises(ConditionFailed):
        recovery.refuse(recovery=made, by=viewer(staff), reason=" ")
    with pytest.raises(NotAllowed):
        recovery.refuse(recovery=made, by=viewer(person), reason="No.")
    recovery.refuse(recovery=made, by=viewer(staff), reason="Nobody answered the number.")
    told = Mail.objects.get(kind="recovery_refused")
    assert "Nobody answered the number." in told.body
    with pytest.raises(IllegalTransition):
        recovery.release(recovery=made, by=viewer(staff))


def test_stop_ends_a_request_and_warns_those_who_had_it() -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = recovery.stop(recovery=confirmed(person, ncp))
    assert made.state == "stopped"
    assert mails(kind="recovery_stopped") == [("recovery_stopped", "piotr@example.org")]
    assert [to for _, to in mails(kind="recovery_warning")] == sorted([ncp.user.email, staff.user.email])
    with pytest.raises(IllegalTransition):
        recovery.release(recovery=made, by=viewer(staff))
    assert enrolment.is_enrolled(user=person.user)


def test_stop_after_the_release_ends_the_link() -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = released(person, ncp, staff)
    link = next(line for line in Mail.objects.get(kind="enrolment_link").body.splitlines() if "/enrol/" in line)
    token = link.rstrip("/").rsplit("/", 1)[-1]
    assert enrolment.find_grant(token=token) == made.grant
    recovery.stop(recovery=made)
    with pytest.raises(enrolment.EnrolmentRefused):
        enrolment.find_grant(token=token)
    assert "the link to begin anew" in Mail.objects.get(kind="recovery_stopped").body.lower().replace("\n", " ")


def test_stop_after_the_link_was_used_is_refused() -> None:
    made = released(member(), contact_point(), office())
    EnrolmentGrant.objects.update(used_at=clock.now())
    with pytest.raises(ConditionFailed, match="used already"):
        recovery.stop(recovery=made)
    assert recovery.may_stop(Recovery.objects.get()) is False


def test_renew_sends_a_new_link_once_the_first_has_run_out() -> None:
    person, ncp, staff = member(), contact_point(), office()
    made = released(person, ncp, staff)
    with pytest.raises(ConditionFailed, match="still be used"):
        recovery.renew(recovery=made, by=viewer(staff))
    with clock.at(clock.now() + dt.timedelta(days=2)):
        with pytest.raises(NotAllowed):
            recovery.renew(recovery=made, by=viewer(ncp))
        renewed = recovery.renew(recovery=made, by=viewer(staff))
        assert renewed.grant is not None
        assert (renewed.state, renewed.grant.live, renewed.grant != made.grant) == ("released", True, True)
        AuthenticatorDevice.objects.create(user=person.user, name="New")
        EnrolmentGrant.objects.update(expires_at=clock.now())
        with pytest.raises(ConditionFailed, match="set up since"):
            recovery.renew(recovery=renewed, by=viewer(staff))


def test_renew_more_than_a_week_after_the_release_is_refused() -> None:
    staff = office()
    made = released(member(), contact_point(), staff)
    with clock.at(clock.now() + states.RENEW_WITHIN), pytest.raises(ConditionFailed, match="more than 7 days ago"):
        recovery.renew(recovery=made, by=viewer(staff))


def test_ask_twice_is_one_request_and_one_round_of_letters() -> None:
    person, _ = member(), contact_point()
    assert asked(person) == asked(person, way="letter", what="stolen")
    assert len(mails(kind="recovery_confirm")) == 1


def test_ask_is_heard_three_times_a_week() -> None:
    person, ncp = member(), contact_point()
    for _ in range(3):
        recovery.refuse(recovery=asked(person), by=viewer(ncp), reason="No.")
    with pytest.raises(recovery.TooOften):
        asked(person)
    with clock.at(clock.now() + dt.timedelta(days=7)):
        assert asked(person).state == "asked"


def test_stranger_who_types_an_address_troubles_nobody_but_its_mailbox() -> None:
    person, _ = member(), contact_point()
    EmailAddress.objects.create(user=person.user, email="second@example.org", verified=True)
    EmailAddress.objects.create(user=person.user, email="typed@example.org", verified=False)
    for typed in ("PIOTR@example.org", "second@example.org", "typed@example.org", "nobody@example.org"):
        recovery.want_link(address=typed)
    assert Mail.objects.count() == 0
    queue.work_all()
    assert mails() == [("recovery_link", "piotr@example.org")] * 2
    assert Recovery.objects.count() == 0


def test_mailbox_gets_three_links_a_day_whoever_asks() -> None:
    member()
    for _ in range(5):
        recovery.want_link(address="piotr@example.org")
    queue.work_all()
    assert len(mails()) == 3
    with clock.at(clock.now() + dt.timedelta(days=1)):
        recovery.want_link(address="piotr@example.org")
        queue.work_all()
    assert len(mails()) == 4


def test_no_link_for_a_closed_account_or_one_without_a_profile() -> None:
    closed = member()
    Person.objects.filter(pk=closed.pk).update(active=False)
    User.objects.create_superuser("root@example.org")
    for typed in ("piotr@example.org", "root@example.org"):
        recovery.want_link(address=typed)
    queue.work_all()
    assert mails() == []


def token_in(kind: str) -> str:
    """Return the token of the newest link to ask or stop."""
    body = Mail.objects.filter(kind=kind).order_by("-created_at").first().body
    (line,) = [line for line in body.splitlines() if "/lost-device/" in line]
    return line.rstrip("/").rsplit("/", 1)[-1]


def test_link_to_ask_works_once_and_for_a_day() -> None:
    person, ncp = member(), contact_point()
    recovery.want_link(address="piotr@example.org")
    queue.work_all()
    token = token_in("recovery_link")
    assert read_ask(token) == person
    with clock.at(clock.now() + dt.timedelta(hours=24)):
        assert read_ask(token) is None
    made = asked(person, way="letter")
    assert read_ask(token) is None
    recovery.refuse(recovery=made, by=viewer(ncp), reason="No.")
    assert read_ask(token) is None


def test_links_open_nothing_else() -> None:
    person, _ = member(), contact_point()
    made = asked(person)
    stop = token_in("recovery_asked")
    assert read_stop(stop) == made
    assert stop_path(made).rstrip("/").endswith(stop)
    assert read_ask(stop) is None
    assert read_stop(stop[:-1]) is None
    for text in ("", ".", "1.0.9999999999", "x" * 400):
        assert (read_ask(text), read_stop(text)) == (None, None)
