"""The list of one's own sessions, and what ends them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from portal.access import clock
from portal.accounts import sessions
from portal.accounts.domain.sessions import ago, live_sessions, sweep
from portal.accounts.models import EndedSession, Session, User
from portal.accounts.models.sessions import digest
from portal.community.models import Person, RoleTerm
from portal.journal import door
from tests import factories
from tests.portal.accounts.telephone import code_of, first_step, second_step

NEW_PASSWORD = "a new and rather long password"
WAITING, LIST = "/waiting/", "/account/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"


def signed_in(member: Person, **headers: str) -> Client:
    """Return a browser in which `member` is signed in by both steps; `headers` go with each of its requests."""
    browser = Client(**headers)
    first_step(browser, member.user)
    assert second_step(browser, code_of(member.user)).url == WAITING
    return browser


@pytest.fixture
def two(enrolled: Person, machine) -> tuple[Client, Client]:
    """Two browsers of one person: Firefox at work, Chromium at home."""
    one = signed_in(enrolled, HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="193.58.12.7")
    machine.shift(240)
    brands = '"Chromium";v="141", "Not?A_Brand";v="8"'
    return one, signed_in(enrolled, HTTP_USER_AGENT=CHROME, HTTP_SEC_CH_UA=brands, REMOTE_ADDR="2a02:1810:4f2::5")


def test_list_says_device_network_and_last_use_in_words(two) -> None:
    words = two[1].get(LIST).content.decode()
    assert "Firefox on Windows" in words
    assert "Network 193.58.12.x. Last used 4 minutes ago." in words
    assert "Chromium on Linux" in words
    assert "2a02:1810:4f2::/48" in words
    assert "193.58.12.7" not in words
    assert words.index("Chromium on Linux") < words.index("(this one)") < words.index("Firefox on Windows")


def test_list_shows_nobody_elses_sessions(two) -> None:
    other = factories.sign_in(Client(HTTP_USER_AGENT=FIREFOX), factories.person())
    assert len(other.get(LIST).context["sessions"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(enrolled: Person, machine, django_assert_num_queries, count: int) -> None:
    browsers = [factories.sign_in(Client(), enrolled) for _ in range(count)]
    browsers[0].get(LIST)
    with django_assert_num_queries(10):
        page = browsers[0].get(LIST)
    assert len(page.context["sessions"]) == count


def test_list_survives_the_change_of_the_key(two) -> None:
    one, other = two
    sid = one.session.facts.sid
    session = one.session
    before = session.session_key
    session.cycle_key()
    session.save()
    assert session.session_key != before
    assert [(entry.sid, entry.device) for entry in other.get(LIST).context["sessions"]][1] == (
        sid,
        "Firefox on Windows",
    )
    assert one.get(WAITING).status_code == 302
    one.cookies["sessionid"] = session.session_key
    assert one.get(WAITING).status_code == 200


def test_key_of_a_session_is_not_in_the_database(two) -> None:
    key = two[0].session.session_key
    assert Session.objects.filter(session_key=key).exists() is False
    assert Session.objects.filter(session_key=digest(key)).exists() is True
    thief = Client()
    thief.cookies["sessionid"] = digest(key)
    assert thief.get(WAITING).status_code == 302


def test_ending_one_session_leaves_the_others_and_tells_its_browser(two, enrolled: Person) -> None:
    one, other = two
    third = factories.sign_in(Client(), enrolled)
    sid = one.session.facts.sid
    page = other.post(f"/account/sessions/{sid}/end/", follow=True)
    assert "The session is ended." in page.content.decode()
    told = one.get(WAITING, follow=True)
    assert told.redirect_chain == [(f"/accounts/login/?next={WAITING}", 302)]
    assert "You were signed out from another of your devices." in told.content.decode()
    assert (other.get(WAITING).status_code, third.get(WAITING).status_code) == (200, 200)
    assert door.history(enrolled.user).last().verb == "sessions_ended"
    again = other.post(f"/account/sessions/{sid}/end/", follow=True)
    assert "had ended already" in again.content.decode()


def test_ending_the_others_leaves_this_one(two) -> None:
    one, other = two
    page = other.post("/account/sessions/others/", follow=True)
    assert "1 session ended." in page.content.decode()
    assert (one.get(WAITING).status_code, other.get(WAITING).status_code) == (302, 200)
    assert "There was no other session." in other.post("/account/sessions/others/", follow=True).content.decode()


def test_ending_does_not_reach_somebody_elses_session(two) -> None:
    stranger = factories.sign_in(Client(), factories.person())
    stranger.post(f"/account/sessions/{two[0].session.facts.sid}/end/")
    stranger.post("/account/sessions/others/")
    assert (two[0].get(WAITING).status_code, two[1].get(WAITING).status_code) == (200, 200)


def test_signing_out_ends_the_session_without_a_word(two) -> None:
    one, _ = two
    key = one.session.session_key
    one.post("/accounts/logout/")
    late = Client()
    late.cookies["sessionid"] = key
    page = late.get(WAITING, follow=True)
    assert page.redirect_chain == [(f"/accounts/login/?next={WAITING}", 302)]
    assert "You were signed out" not in page.content.decode()


# ── What ends all of them ────────────────────────────────────────────────────────────────────


def _close_account(member: Person) -> None:
    member.user.is_active = False
    member.user.save()


def _close_account_by_update(member: Person) -> None:
    User.objects.filter(pk=member.user_id).update(is_active=False)


def _end_membership(member: Person) -> None:
    member.active = False
    member.save()


def _end_membership_by_update(member: Person) -> None:
    Person.objects.filter(pk=member.pk).update(active=False)


def _end_role(member: Person) -> None:
    term = member.role_terms.get(role="auditor")
    term.ends_on = dt.date(2024, 1, 1)
    term.save()


def _end_role_by_update(member: Person) -> None:
    member.role_terms.filter(role="auditor").update(ends_on=dt.date(2024, 1, 1))


def _remove_role(member: Person) -> None:
    member.role_terms.get(role="auditor").delete()


def _change_password_by_update(member: Person) -> None:
    member.user.set_password("another sentence that is long")
    User.objects.filter(pk=member.user_id).update(password=member.user.password)


ENDINGS = [
    (_close_account, "your account was closed"),
    (_close_account_by_update, "your account was closed"),
    (_end_membership, "your membership ended"),
    (_end_membership_by_update, "your membership ended"),
    (_end_role, "one of your roles ended"),
    (_end_role_by_update, "one of your roles ended"),
    (_remove_role, "one of your roles ended"),
    (_change_password_by_update, "the password of your account was changed"),
]


@pytest.mark.parametrize(("change", "words"), ENDINGS)
def test_session_ends_by(enrolled: Person, change, words: str) -> None:
    RoleTerm.objects.create(person=enrolled, role="auditor", starts_on=dt.date(2020, 1, 1))
    browser, bystander = factories.sign_in(Client(), enrolled), factories.sign_in(Client(), factories.person())
    assert browser.get(WAITING).status_code == 200
    change(enrolled)
    page = browser.get(WAITING, follow=True)
    assert page.redirect_chain == [(f"/accounts/login/?next={WAITING}", 302)]
    assert words in page.content.decode()
    assert "_auth_user_id" not in browser.session
    assert bystander.get(WAITING).status_code == 200


@pytest.mark.parametrize("change", [_close_account, _end_membership, _end_role, _remove_role])
def test_session_is_gone_at_once_and_stays_so_when_the_change_is_taken_back(enrolled: Person, change) -> None:
    RoleTerm.objects.create(person=enrolled, role="auditor", starts_on=dt.date(2020, 1, 1))
    browser = factories.sign_in(Client(), enrolled)
    change(enrolled)
    assert Session.objects.filter(user=enrolled.user).count() == 0
    User.objects.update(is_active=True)
    Person.objects.update(active=True)
    assert browser.get(WAITING).status_code == 302


def test_session_ends_when_a_role_ends_by_its_date(enrolled: Person) -> None:
    RoleTerm.objects.create(person=enrolled, role="auditor", starts_on=dt.date(2020, 1, 1), ends_on=clock.today())
    browser = factories.sign_in(Client(), enrolled)
    assert browser.get(WAITING).context["viewer"].holds("auditor") is True
    with clock.at(clock.now() + dt.timedelta(days=1)):
        assert sweep() == 1
        assert live_sessions(user_id=enrolled.user_id) == []
        assert "one of your roles ended" in browser.get(WAITING, follow=True).content.decode()


def test_session_goes_on_with_a_role_more(enrolled: Person) -> None:
    browser = factories.sign_in(Client(), enrolled)
    term = RoleTerm.objects.create(person=enrolled, role="auditor", starts_on=dt.date(2020, 1, 1))
    assert browser.get(WAITING).context["viewer"].holds("auditor") is True
    term.delete()
    assert browser.get(WAITING).status_code == 302


def test_former_member_may_sign_in_again_to_what_is_their_own(enrolled: Person) -> None:
    Person.objects.update(active=False)
    browser = factories.sign_in(Client(), enrolled)
    assert browser.get(LIST).status_code == 200
    assert sweep() == 0


def test_sweep_ends_sessions_of_closed_accounts_only(enrolled: Person) -> None:
    factories.sign_in(Client(), enrolled)
    factories.sign_in(Client(), factories.person())
    _close_account_by_update(enrolled)
    assert sweep() == 1
    assert Session.objects.get().user != enrolled.user


def test_new_password_ends_every_session_also_the_one_it_was_given_in(two, enrolled: Person) -> None:
    one, other = two
    page = one.post(
        "/account/password/",
        {"present_password": factories.PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD},
    )
    assert page.url == "/accounts/login/"
    assert Session.objects.filter(user=enrolled.user).count() == 0
    assert one.get(WAITING).status_code == 302
    words = other.get(WAITING, follow=True).content.decode()
    assert "the password of your account was changed" in words


def test_end_all_keeps_the_one_that_is_named(two, enrolled: Person) -> None:
    one, other = two
    ended = sessions.end_all(user=enrolled.user, reason="device", except_key=other.session.session_key)
    assert (ended, one.get(WAITING).status_code, other.get(WAITING).status_code) == (1, 302, 200)


def test_end_all_refuses_a_reason_nobody_could_be_told(enrolled: Person) -> None:
    with pytest.raises(ValueError, match="whim"):
        sessions.end_all(user=enrolled.user, reason="whim")


def test_session_that_is_ended_while_it_is_written_stays_ended(enrolled: Person) -> None:
    browser = factories.sign_in(Client(), enrolled)
    session = browser.session
    session["x"] = 1
    sessions.end_all(user=enrolled.user, reason="device")
    session.save()
    assert Session.objects.count() == 0
    session.cycle_key()
    session.save()
    assert Session.objects.filter(user=enrolled.user).count() == 0
    assert EndedSession.objects.get().why == "device"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (30, "just now"),
        (60, "1 minute ago"),
        (59 * 60, "59 minutes ago"),
        (3 * 3600, "3 hours ago"),
        (25 * 3600, "yesterday 14:00"),
        (80 * 3600, "17 November 2026, 07:00"),
    ],
)
def test_ago_says_when_in_words(machine, span: int, words: str) -> None:
    assert ago(clock.machine_now() - dt.timedelta(seconds=span)) == words


def test_key_of_a_session_that_was_signed_out_opens_nothing(two) -> None:
    key, thief = two[0].session.session_key, Client()
    thief.cookies["sessionid"] = key
    assert thief.get(LIST).status_code == 200
    two[0].post("/accounts/logout/")
    thief.cookies["sessionid"] = key
    assert thief.get(LIST).status_code == 302
