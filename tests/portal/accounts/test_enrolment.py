"""The first time: grants, links, passwords, and the first device."""

from __future__ import annotations

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.test import Client

from portal.access import clock
from portal.access.viewer import SYSTEM
from portal.accounts.domain import enrolment
from portal.accounts.domain.backup_codes import verify_backup_code
from portal.accounts.domain.codes import Kind
from portal.accounts.domain.enrolment import EnrolmentRefused
from portal.accounts.models import AuthenticatorDevice, EnrolmentGrant, Purpose, User
from portal.accounts.tasks import clear_sessions
from portal.community.models import Person
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import code_of, device_of, first_step, wrong_code

PASSWORD = "five quiet words in a row"
CHOOSE, BIND = "/accounts/enrol/password/", "/accounts/enrol/device/"
#: Where enrolment goes on: to the backup codes, and from there to where the person wanted to go.
CODES = "/account/devices/codes/?next=%2Fwaiting%2F"


def link_for(user: User) -> str:
    """Return the path of a fresh link."""
    issued = enrolment.issue_grant(user=user, purpose=Purpose.INVITATION, by=SYSTEM)
    return "/accounts/" + issued.url.split("/accounts/", 1)[1]


def token_of(path: str) -> str:
    """Return the token in a link."""
    return path.rstrip("/").rsplit("/", 1)[-1]


def walk_to_device(client: Client, user: User) -> None:
    """Open a fresh link and choose a password."""
    client.post(link_for(user))
    assert client.post(CHOOSE, {"password1": PASSWORD, "password2": PASSWORD}).url == BIND


def test_enrolment_from_the_mail_to_a_verified_session(client: Client, newcomer: User, settings) -> None:
    enrolment.invite(user=newcomer, purpose=Purpose.APPROVAL, by=SYSTEM)
    mail = Mail.objects.get()
    assert (mail.to_address, mail.subject) == ("new@example.org", "Welcome: set up your access")
    link = next(line for line in mail.body.splitlines() if line.startswith("http"))
    assert link.startswith(settings.SITE_URL)
    path = link.removeprefix(settings.SITE_URL)

    assert "For new@example.org" in client.get(path).content.decode()
    assert client.post(path).url == CHOOSE
    assert client.post(CHOOSE, {"password1": PASSWORD, "password2": PASSWORD}).url == BIND
    page = client.get(BIND)
    device = device_of(newcomer)
    words = page.content.decode()
    assert '<svg role="img" aria-label="QR code' in words
    assert f"<span>{device.secret[:4]}</span><span>{device.secret[4:8]}</span>" in words
    assert "style=" not in words
    assert "no-store" in page.headers["Cache-Control"]
    assert "_auth_user_id" not in client.session

    done = client.post(BIND, {"code": code_of(newcomer)})
    assert done.url == CODES
    assert done.cookies["sessionid"]["max-age"] == ""
    assert client.session["otp_device_id"] == device.persistent_id
    assert device_of(newcomer).confirmed is True
    assert EnrolmentGrant.objects.get().live is False
    assert EmailAddress.objects.get(user=newcomer).verified is True
    told = Mail.objects.get(kind="second_factor_added")
    assert (told.to_address, told.subject) == ("new@example.org", "A second factor was added to your account")
    verbs = list(Entry.objects.filter(thing_id=str(newcomer.pk)).order_by("id").values_list("verb", flat=True))
    assert verbs == ["enrolment_granted", "enrolment_opened", "password_chosen", "second_factor_added"]


def test_enrolment_of_an_account_with_a_password_asks_for_it(client: Client, db: None) -> None:
    member = factories.person(email="never@example.org")
    opened = client.post(link_for(member.user), follow=True)
    assert opened.redirect_chain == [("/accounts/login/", 302)]
    assert "Sign in with your password; then your second factor is set up." in opened.content.decode()
    assert client.get(CHOOSE).url == "/accounts/login/"
    assert client.get(BIND).status_code == 400
    assert first_step(client, member.user).url == BIND
    client.get(BIND)
    assert client.post(BIND, {"code": code_of(member.user)}).url == CODES


def test_opened_grant_of_one_account_binds_nothing_to_another(client: Client, newcomer: User) -> None:
    other = factories.person(email="other@example.org")
    client.post(link_for(newcomer))
    assert first_step(client, other.user).url == "/accounts/second-factor/none/"
    assert AuthenticatorDevice.objects.count() == 0


def test_opening_a_link_in_one_browser_opens_nothing_in_another(client: Client, db: None) -> None:
    member = factories.person(email="never@example.org")
    client.post(link_for(member.user))
    assert first_step(Client(), member.user).url == "/accounts/second-factor/none/"


def test_looking_at_a_link_uses_nothing_up(client: Client, newcomer: User) -> None:
    path = link_for(newcomer)
    for _ in range(3):
        assert client.get(path).status_code == 200
    assert client.head(path).status_code == 200
    assert EnrolmentGrant.objects.get().opening == ""
    assert client.post(path).url == CHOOSE


def test_link_that_was_used_says_so(client: Client, newcomer: User) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    client.post(BIND, {"code": code_of(newcomer)})
    AuthenticatorDevice.objects.all().delete()
    path = link_for(newcomer)
    EnrolmentGrant.objects.update(used_at=clock.now())
    page = Client().post(path)
    assert page.status_code == 410
    assert "This link was used" in page.content.decode()


def test_link_of_an_enrolled_account_opens_nothing(client: Client, newcomer: User) -> None:
    path = link_for(newcomer)
    AuthenticatorDevice.objects.create(user=newcomer, name="Telephone")
    page = client.post(path)
    assert page.status_code == 410
    assert "Your access is set up already" in page.content.decode()


def test_link_after_a_day_says_so(client: Client, newcomer: User) -> None:
    path = link_for(newcomer)
    with clock.at(clock.now() + dt.timedelta(hours=24, seconds=1)):
        page = client.post(path)
    assert page.status_code == 410
    assert "This link is too old" in page.content.decode()
    with clock.at(clock.now() + dt.timedelta(hours=23, minutes=59)):
        assert client.post(path).url == CHOOSE


def test_link_of_a_closed_account_says_so(client: Client, newcomer: User) -> None:
    path = link_for(newcomer)
    User.objects.update(is_active=False)
    assert "This account is closed" in client.post(path).content.decode()


def test_newer_link_ends_the_older_one(client: Client, newcomer: User) -> None:
    older, newer = link_for(newcomer), link_for(newcomer)
    assert client.post(older).status_code == 410
    assert client.post(newer).url == CHOOSE


def test_link_nobody_issued_is_not_found(client: Client, db: None) -> None:
    page = client.get("/accounts/enrol/abcdef/")
    assert page.status_code == 404
    assert "Mail programs sometimes cut long links" in page.content.decode()


def test_link_opened_twice_goes_on_in_the_second_browser_only(client: Client, newcomer: User) -> None:
    path = link_for(newcomer)
    client.post(path)
    client.post(CHOOSE, {"password1": PASSWORD, "password2": PASSWORD})
    client.get(BIND)
    first_secret = device_of(newcomer).secret
    second = Client()
    assert second.post(path).url == "/accounts/login/"
    stopped = client.post(BIND, {"code": "123456"})
    assert stopped.status_code == 410
    assert "The link was opened somewhere else" in stopped.content.decode()
    assert first_step(second, newcomer, password=PASSWORD).url == BIND
    second.get(BIND)
    assert device_of(newcomer).secret != first_secret
    assert second.post(BIND, {"code": code_of(newcomer)}).url == CODES


def test_loading_the_page_again_keeps_the_secret(client: Client, newcomer: User) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    secret = device_of(newcomer).secret
    client.get(BIND)
    assert device_of(newcomer).secret == secret


@pytest.mark.usefixtures("machine")
def test_wrong_first_code_binds_nothing_and_keeps_the_secret(client: Client, newcomer: User) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    secret = device_of(newcomer).secret
    page = client.post(BIND, {"code": wrong_code(newcomer)})
    assert "That code is not right" in page.content.decode()
    assert (device_of(newcomer).confirmed, device_of(newcomer).secret) == (False, secret)
    assert "A code has six digits" in client.post(BIND, {"code": "12"}).content.decode()


def test_enrolment_ends_with_backup_codes_that_count_once_they_are_kept(client: Client, newcomer: User) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    client.post(BIND, {"code": code_of(newcomer)})
    page = client.get(CODES)
    codes = page.context["shown"]
    assert len(codes) == 10
    assert all(code in page.content.decode() for code in codes)
    assert verify_backup_code(user=newcomer, code=codes[0]).kind is Kind.WRONG
    done = client.post("/account/devices/codes/", {"kept": "on", "next": "/waiting/"})
    assert done.url == "/waiting/"
    assert client.get(CODES).context["shown"] == []
    assert verify_backup_code(user=newcomer, code=codes[0]).kind is Kind.OK


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (2, "is 1 minute fast"),
        (-2, "is 1 minute slow"),
        (11, "is 6 minutes fast"),
        (-21, "it changes every thirty seconds"),
    ],
)
def test_first_code_of_a_clock_that_is_off_says_by_how_much(
    client: Client, newcomer: User, steps: int, words: str
) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    page = client.post(BIND, {"code": code_of(newcomer, steps)}).content.decode()
    assert "That code is not right" in page
    assert words in page
    assert device_of(newcomer).confirmed is False


def test_grant_that_ends_in_the_middle_says_so(client: Client, newcomer: User) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    code = code_of(newcomer)
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        page = client.post(BIND, {"code": code})
    assert page.status_code == 410
    assert "This link is too old" in page.content.decode()
    assert device_of(newcomer).confirmed is False


def test_sign_in_that_ran_out_in_the_middle_is_taken_up_with_the_password(
    client: Client, newcomer: User, machine
) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    machine.shift(16 * 60)
    assert client.post(BIND, {"code": "123456"}, follow=True).status_code == 400
    assert first_step(client, newcomer, password=PASSWORD).url == BIND


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("fourteen chars", "fourteen chars", "at least 15 characters"),
        ("123456789987654321", "123456789987654321", "too common"),
        (PASSWORD, PASSWORD + "x", "The two passwords differ"),
    ],
)
def test_weak_first_password_is_refused_in_words(
    client: Client, newcomer: User, first: str, second: str, words: str
) -> None:
    client.post(link_for(newcomer))
    page = client.post(CHOOSE, {"password1": first, "password2": second})
    assert words in page.content.decode()
    newcomer.refresh_from_db()
    assert newcomer.has_usable_password() is False


def test_choose_password_never_replaces_one(db: None) -> None:
    member = factories.person(email="never@example.org")
    grant = enrolment.open_grant(token=token_of(link_for(member.user)))
    with pytest.raises(EnrolmentRefused):
        enrolment.choose_password(grant=grant, password=PASSWORD)
    member.user.refresh_from_db()
    assert member.user.check_password(factories.PASSWORD) is True


def test_choose_password_checks_strength_below_the_form_too(newcomer: User) -> None:
    grant = enrolment.open_grant(token=token_of(link_for(newcomer)))
    with pytest.raises(ValidationError):
        enrolment.choose_password(grant=grant, password="short")


def test_confirm_before_a_seed_was_shown_is_refused(newcomer: User) -> None:
    grant = enrolment.open_grant(token=token_of(link_for(newcomer)))
    with pytest.raises(EnrolmentRefused):
        enrolment.confirm(grant=grant, code="123456")


def test_issue_grant_for_an_enrolled_or_closed_account_is_refused(enrolled: Person) -> None:
    for change in ({}, {"is_active": False}):
        User.objects.update(**change)
        enrolled.user.refresh_from_db()
        with pytest.raises(EnrolmentRefused):
            enrolment.issue_grant(user=enrolled.user, purpose=Purpose.INVITATION, by=SYSTEM)
    assert EnrolmentGrant.objects.count() == 0


def test_link_is_not_kept_in_clear(newcomer: User) -> None:
    token = token_of(link_for(newcomer))
    assert token not in " ".join(str(value) for value in EnrolmentGrant.objects.values().get().values())


def test_opening_a_link_ends_the_session_of_somebody_else(client: Client, enrolled: Person, newcomer: User) -> None:
    factories.sign_in(client, enrolled)
    assert client.post(link_for(newcomer)).url == CHOOSE
    assert "_auth_user_id" not in client.session


def test_clear_sessions_removes_seeds_nobody_confirmed_once_their_day_is_over(client: Client, newcomer: User) -> None:
    walk_to_device(client, newcomer)
    client.get(BIND)
    clear_sessions()
    assert AuthenticatorDevice.objects.filter(confirmed=False).count() == 1
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        clear_sessions()
    assert AuthenticatorDevice.objects.count() == 0
