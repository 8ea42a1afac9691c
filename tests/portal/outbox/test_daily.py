"""When a mail goes out, and the one mail a day: nothing is lost, nothing comes too late."""

import datetime as dt

import pytest
from django.db import connection

from portal.access import clock
from portal.access.labels import TLP
from portal.jobs.models import Job
from portal.outbox import daily, post, preferences
from portal.outbox.models import Choice, Mail, MailPreference, MailState
from tests import factories

pytestmark = pytest.mark.django_db

#: A Tuesday in winter: Brussels is an hour ahead of UTC.
TUESDAY = dt.datetime(2027, 1, 12, 14, tzinfo=clock.BRUSSELS)
SEVEN = dt.datetime(2027, 1, 13, 7, tzinfo=clock.BRUSSELS)


def chosen(choice: str, group: str = "applications"):
    person = factories.person(email="anna@example.org")
    MailPreference.objects.create(user=person.user, group=group, choice=choice)
    return person


def write(person, subject: str = "Hello", *, kind: str = "exchanges_receipt", **fields) -> Mail:
    return post.post_text(
        to=person.user.email, user_id=person.user_id, subject=subject, body=f"About {subject}", kind=kind, **fields
    )


def jobs() -> list[str]:
    return sorted(Job.objects.filter(name=post.DELIVER).values_list("payload__mail_id", flat=True))


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2027-01-12 06:59:59+01:00", "2027-01-12 06:00+00:00"),
        ("2027-01-12 07:00+01:00", "2027-01-13 06:00+00:00"),
        ("2027-01-12 23:59+01:00", "2027-01-13 06:00+00:00"),
        # The clocks go forward in the night to 28 March, and back in the night to 31 October.
        ("2027-03-27 12:00+01:00", "2027-03-28 05:00+00:00"),
        ("2027-10-30 12:00+02:00", "2027-10-31 06:00+00:00"),
    ],
)
def test_the_next_daily_mail_is_at_seven_in_brussels(moment, due) -> None:
    found = preferences.next_daily(dt.datetime.fromisoformat(moment))
    assert (found, found.utcoffset()) == (dt.datetime.fromisoformat(due), dt.timedelta())


def test_without_a_choice_mails_come_at_once() -> None:
    person = factories.person()
    mail = write(person)
    assert (mail.state, mail.due_at, jobs()) == (MailState.WAITING, None, [str(mail.pk)])


def test_never_means_never() -> None:
    mail = write(chosen(Choice.NEVER))
    assert (mail.state, jobs()) == (MailState.UNWANTED, [])
    assert post.sweep() == 0


def test_daily_mails_are_collected() -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        mail = write(person)
    assert (mail.state, mail.due_at, jobs()) == (MailState.HELD, SEVEN, [])
    assert post.sweep() == 0
    assert preferences.collected(user_id=person.user_id) == 1


@pytest.mark.parametrize("kind", ["password_changed", "wrong_codes", "contact_message", "updates_letter", "unheard_of"])
def test_a_choice_for_another_group_changes_nothing(kind) -> None:
    person = chosen(Choice.NEVER)
    MailPreference.objects.create(user=person.user, group="security", choice=Choice.NEVER)
    MailPreference.objects.create(user=person.user, group="messages", choice=Choice.NEVER)
    MailPreference.objects.create(user=person.user, group="updates", choice=Choice.NEVER)
    assert write(person, kind=kind).state == MailState.WAITING


def test_a_mail_to_nobodys_account_goes_at_once() -> None:
    assert (
        post.post_text(to="x@example.org", subject="Hello", body="x", kind="exchanges_receipt").state
        == MailState.WAITING
    )


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (None, MailState.HELD),
        (SEVEN + dt.timedelta(days=2), MailState.HELD),
        (SEVEN + dt.timedelta(days=2, seconds=-1), MailState.WAITING),
        (TUESDAY - dt.timedelta(days=1), MailState.WAITING),
        # Days end at midnight in Brussels.
        (dt.date(2027, 1, 15), MailState.HELD),
        (dt.date(2027, 1, 14), MailState.WAITING),
    ],
)
def test_a_deadline_that_the_daily_mail_would_miss_goes_at_once(until, state) -> None:
    with clock.at(TUESDAY):
        assert write(chosen(Choice.DAILY), until=until).state == state


def test_a_deadline_does_not_undo_never() -> None:
    with clock.at(TUESDAY):
        assert write(chosen(Choice.NEVER), until=TUESDAY).state == MailState.UNWANTED


def test_the_word_that_a_week_does_not_take_place_goes_at_once() -> None:
    assert write(chosen(Choice.DAILY, "around"), kind="exchanges_stopped").state == MailState.WAITING
    assert write(factories.person(), kind="exchanges_agreed").state == MailState.WAITING


@pytest.mark.parametrize("count", [1, 3])
def test_one_mail_takes_along_what_came_in(count, django_assert_num_queries) -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        items = [write(person, f"Item {number}", tlp=TLP.GREEN) for number in range(count)]
    with clock.at(SEVEN - dt.timedelta(seconds=1)):
        assert daily.send_due() == 0
    with clock.at(SEVEN), django_assert_num_queries(17):
        assert daily.send_due() == 1
    bundle = Mail.objects.get(kind="daily_mail")
    assert (bundle.to_address, bundle.state, jobs()) == ("anna@example.org", MailState.WAITING, [str(bundle.pk)])
    assert bundle.subject == f"[TLP:GREEN] Your daily mail: {count} message{'s' if count > 1 else ''}"
    for item in items:
        item.refresh_from_db()
        assert (item.state, item.bundle) == (MailState.BUNDLED, bundle)
        assert item.subject in bundle.body
        assert item.body in bundle.body
    with clock.at(SEVEN + dt.timedelta(minutes=1)):
        assert daily.send_due() == 0


def test_the_daily_mail_bears_the_strictest_label_of_its_items() -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        for label in (TLP.GREEN, TLP.AMBER_STRICT, TLP.CLEAR, TLP.AMBER):
            write(person, f"Something {label}", tlp=label)
    with clock.at(SEVEN):
        daily.send_due()
    bundle = Mail.objects.get(kind="daily_mail")
    assert (bundle.tlp, bundle.subject) == (
        TLP.AMBER_STRICT,
        "[TLP:AMBER+STRICT] Your daily mail: 4 messages",
    )
    assert "[TLP:GREEN] Something TLP:GREEN" in bundle.body
    labels = [Mail(tlp=label) for label in (TLP.CLEAR, TLP.RED, TLP.AMBER)]
    assert daily.strictest(labels) == TLP.RED


def test_words_are_not_escaped_in_the_daily_mail() -> None:
    with clock.at(TUESDAY):
        write(chosen(Choice.DAILY), "Seán O'Brien & co")
    with clock.at(SEVEN):
        daily.send_due()
    assert "Seán O'Brien & co" in Mail.objects.get(kind="daily_mail").body


def test_each_reader_gets_what_is_theirs() -> None:
    with clock.at(TUESDAY):
        anna = chosen(Choice.DAILY)
        bram = factories.person("Bram Voorbeeld", "NL", email="bram@example.org")
        MailPreference.objects.create(user=bram.user, group="applications", choice=Choice.DAILY)
        write(anna, "For Anna")
        write(bram, "For Bram")
    with clock.at(SEVEN):
        assert daily.send_due() == 2
    bodies = {mail.to_address: mail.body for mail in Mail.objects.filter(kind="daily_mail")}
    assert sorted(bodies) == ["anna@example.org", "bram@example.org"]
    assert "For Anna" in bodies["anna@example.org"]
    assert "For Bram" not in bodies["anna@example.org"]


def test_a_job_that_dies_on_the_way_loses_nothing() -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        write(person)

    def killed(execute, sql, params, many, context):
        """The worker dies when the daily mail is written and its items are not marked yet."""
        if sql.startswith('UPDATE "outbox_mail"'):
            raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with clock.at(SEVEN):
        with connection.execute_wrapper(killed), pytest.raises(KeyboardInterrupt):
            daily.send_due()
        assert list(Mail.objects.values_list("kind", "state")) == [("exchanges_receipt", MailState.HELD)]
        assert daily.send_due() == 1
    assert sorted(Mail.objects.values_list("kind", "state")) == [
        ("daily_mail", MailState.WAITING),
        ("exchanges_receipt", MailState.BUNDLED),
    ]


def test_one_reader_whose_mail_fails_does_not_stop_the_others(caplog) -> None:
    with clock.at(TUESDAY):
        anna = chosen(Choice.DAILY)
        write(anna)
        bram = factories.person("Bram Voorbeeld", "NL", email="bram@example.org")
        MailPreference.objects.create(user=bram.user, group="applications", choice=Choice.DAILY)
        spoiled = write(bram)
    # A label that no code knows, as an older version might leave behind.
    Mail.objects.filter(pk=spoiled.pk).update(tlp="TLP:PINK")
    with clock.at(SEVEN):
        assert daily.send_due() == 1
    assert Mail.objects.get(kind="daily_mail").to_address == "anna@example.org"
    assert Mail.objects.get(pk=spoiled.pk).state == MailState.HELD


def test_a_clock_that_stood_still_at_seven_makes_up_for_it() -> None:
    with clock.at(TUESDAY):
        write(chosen(Choice.DAILY))
    with clock.at(SEVEN + dt.timedelta(hours=5)):
        assert daily.send_due() == 1


def test_what_was_committed_after_todays_mail_had_left_comes_tomorrow() -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        write(person, "Early")
        late = write(person, "Late")
        Mail.objects.filter(pk=late.pk).update(state=MailState.SENT)
    with clock.at(SEVEN):
        daily.send_due()
        Mail.objects.filter(pk=late.pk).update(state=MailState.HELD)
        assert daily.send_due() == 0
    late.refresh_from_db()
    assert (late.state, late.due_at) == (MailState.HELD, SEVEN + dt.timedelta(days=1))
    with clock.at(SEVEN + dt.timedelta(days=1)):
        assert daily.send_due() == 1
    assert Mail.objects.filter(kind="daily_mail").count() == 2


def test_the_daily_mail_goes_where_the_person_reads_mail_now() -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        write(person)
    person.user.email = "anna@elsewhere.example"
    person.user.save()
    with clock.at(SEVEN):
        daily.send_due()
    assert Mail.objects.get(kind="daily_mail").to_address == "anna@elsewhere.example"


@pytest.mark.parametrize("what", ["account", "profile"])
def test_whoever_has_left_gets_no_daily_mail(what) -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        mail = write(person)
    if what == "account":
        person.user.is_active = False
        person.user.save()
    else:
        person.active = False
        person.save()
    with clock.at(SEVEN):
        assert daily.send_due() == 0
    mail.refresh_from_db()
    assert mail.state == MailState.UNWANTED
    assert not Mail.objects.filter(kind="daily_mail").exists()


def test_what_is_collected_still_comes_after_a_new_choice() -> None:
    with clock.at(TUESDAY):
        person = chosen(Choice.DAILY)
        write(person, "Before")
        assert preferences.choose(user_id=person.user_id, choices={"applications": Choice.NOW}) == ["applications"]
        assert write(person, "After").state == MailState.WAITING
    with clock.at(SEVEN):
        assert daily.send_due() == 1


def test_choices_that_are_none_are_refused_altogether() -> None:
    person = factories.person()
    for choices in ({"security": Choice.NEVER}, {"updates": Choice.NEVER}, {"applications": "sometimes"}):
        with pytest.raises(ValueError, match="cannot be chosen"):
            preferences.choose(user_id=person.user_id, choices={"decisions": Choice.DAILY, **choices})
    assert not MailPreference.objects.exists()


def test_a_choice_for_one_is_none_for_another() -> None:
    chosen(Choice.NEVER)
    assert write(factories.person("Jan Przykład")).state == MailState.WAITING


def test_the_reader_is_asked_for_in_one_query(django_assert_num_queries) -> None:
    person = chosen(Choice.DAILY)
    with django_assert_num_queries(1):
        preferences.way_of(kind="exchanges_receipt", user_id=person.user_id, until=None)
    with django_assert_num_queries(0):
        preferences.way_of(kind="password_changed", user_id=person.user_id, until=None)
