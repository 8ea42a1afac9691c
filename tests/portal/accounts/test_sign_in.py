"""Signing in from the first step to a verified session."""

from __future__ import annotations

import copy

import pytest
from django.test import Client

from portal.access import clock
from portal.accounts.models import AuthenticatorDevice
from portal.community.models import Person
from portal.jobs import queue
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import code_of, device_of, first_step, second_step, wrong_code

SECOND = "/accounts/second-factor/"


def test_sign_in_with_password_and_code_gives_a_verified_session(client: Client, enrolled: Person) -> None:
    asked = first_step(client, enrolled.user)
    assert (asked.status_code, asked.url) == (302, SECOND)
    assert "_auth_user_id" not in client.session
    before = client.session.session_key
    done = second_step(client, code_of(enrolled.user))
    assert (done.status_code, done.url) == (302, "/waiting/")
    assert client.session["otp_device_id"] == device_of(enrolled.user).persistent_id
    assert client.session.session_key != before
    page = client.get("/waiting/")
    assert page.context["viewer"].is_member is True


def test_sign_in_says_whose_code_is_asked(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user)
    assert "maja@example.org" in client.get(SECOND).content.decode()


def whole_sign_in(client: Client, person: Person, code: str) -> None:
    """Sign in from the first page on, with password and code."""
    client.get("/accounts/login/")
    first_step(client, person.user)
    client.get(SECOND)
    assert second_step(client, code).url == "/waiting/"


def test_whole_first_sign_in_costs_27_queries(client: Client, enrolled: Person, django_assert_num_queries) -> None:
    code = code_of(enrolled.user)
    with django_assert_num_queries(27):
        whole_sign_in(client, enrolled, code)


def test_whole_sign_in_from_a_known_browser_costs_26_queries(
    client: Client, enrolled: Person, machine, django_assert_num_queries
) -> None:
    whole_sign_in(client, enrolled, code_of(enrolled.user))
    client.post("/accounts/logout/")
    machine.shift(60)
    code = code_of(enrolled.user)
    with django_assert_num_queries(26):
        whole_sign_in(client, enrolled, code)


@pytest.mark.parametrize(
    ("email", "password"), [("maja@example.org", "wrong wrong wrong wrong"), ("nobody@example.org", factories.PASSWORD)]
)
def test_first_step_with_a_wrong_half_never_says_which(
    client: Client, enrolled: Person, email: str, password: str
) -> None:
    page = client.post("/accounts/login/", {"login": email, "password": password})
    words = page.content.decode()
    assert "This e-mail address and this password do not belong together." in words
    assert f'value="{email}"' in words
    assert "account_login" not in client.session


def test_first_step_after_five_wrong_passwords_asks_to_wait(client: Client, enrolled: Person) -> None:
    for _ in range(5):
        first_step(client, enrolled.user, password="wrong wrong wrong wrong")
    page = first_step(client, enrolled.user)
    assert "Too many wrong passwords" in page.content.decode()


@pytest.mark.usefixtures("machine")
def test_second_step_with_a_wrong_code_says_what_to_do(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user)
    page = second_step(client, wrong_code(enrolled.user))
    words = page.content.decode()
    assert page.status_code == 200
    assert "That code is not right" in words
    assert "it changes every thirty seconds" in words
    assert "_auth_user_id" not in client.session


def test_second_step_after_a_wrong_code_takes_the_right_one(client: Client, enrolled: Person, machine) -> None:
    first_step(client, enrolled.user)
    second_step(client, wrong_code(enrolled.user))
    machine.shift(2)
    assert second_step(client, code_of(enrolled.user)).url == "/waiting/"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "12 34", "½½½½½½", "9" * 500, "١٢٣٤٥٦x"])
def test_second_step_with_a_malformed_code_counts_as_no_try(client: Client, enrolled: Person, code: str) -> None:
    first_step(client, enrolled.user)
    page = second_step(client, code)
    assert "A code has six digits" in page.content.decode()
    assert "spaces do not matter" in page.content.decode()
    assert device_of(enrolled.user).throttling_failure_count == 0


@pytest.mark.usefixtures("machine")
def test_second_step_reads_a_code_typed_in_two_groups(client: Client, enrolled: Person) -> None:
    code = code_of(enrolled.user)
    first_step(client, enrolled.user)
    assert second_step(client, f" {code[:3]} {code[3:]} ").url == "/waiting/"


@pytest.mark.usefixtures("machine")
def test_second_step_refuses_a_code_that_was_used(client: Client, enrolled: Person) -> None:
    code = code_of(enrolled.user)
    first_step(client, enrolled.user)
    second_step(client, code)
    other = Client()
    first_step(other, enrolled.user)
    page = second_step(other, code)
    words = page.content.decode()
    assert "That code was already used" in words
    assert "tell your contact point" in words
    assert "_auth_user_id" not in other.session


@pytest.mark.usefixtures("machine")
def test_second_step_while_paused_says_how_long(client: Client, enrolled: Person) -> None:
    AuthenticatorDevice.objects.update(throttling_failure_count=5, throttling_failure_timestamp=clock.machine_now())
    first_step(client, enrolled.user)
    words = second_step(client, code_of(enrolled.user)).content.decode()
    assert "Too many wrong codes" in words
    assert "Wait 16 seconds" in words


def test_second_step_without_a_first_one_shows_the_way_on(client: Client, db: None) -> None:
    page = client.get(SECOND)
    assert page.status_code == 400
    assert "Let it accept cookies" in page.content.decode()
    assert 'href="/accounts/login/"' in page.content.decode()


def test_second_step_after_fifteen_minutes_shows_the_way_on(client: Client, enrolled: Person, machine) -> None:
    first_step(client, enrolled.user)
    machine.shift(15 * 60 + 1)
    page = client.post(SECOND, {"code": code_of(enrolled.user)}, follow=True)
    assert page.status_code == 400
    assert "Fifteen minutes have passed" in page.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("machine")
def test_second_step_in_a_second_tab_goes_on_to_where_the_first_went(client: Client, enrolled: Person) -> None:
    code = code_of(enrolled.user)
    first_step(client, enrolled.user)
    second_step(client, code)
    again = second_step(client, code)
    assert (again.status_code, again.url) == (302, "/waiting/")


@pytest.mark.usefixtures("machine")
def test_second_step_sent_twice_by_a_double_click_keeps_the_new_session(client: Client, enrolled: Person) -> None:
    code = code_of(enrolled.user)
    first_step(client, enrolled.user)
    twin = Client()
    twin.cookies = copy.deepcopy(client.cookies)
    second_step(client, code)
    late = second_step(twin, code)
    assert (late.status_code, late.url) == (302, SECOND)
    assert "sessionid" not in late.cookies
    twin.cookies = client.cookies
    assert twin.get(late.url).url == "/waiting/"


def test_first_step_while_a_sign_in_is_open_goes_to_its_second_step(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user)
    assert client.get("/accounts/login/").url == SECOND


def test_start_again_forgets_the_first_step(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user)
    assert client.post("/accounts/second-factor/again/").url == "/accounts/login/"
    assert client.get("/accounts/login/").status_code == 200


def test_second_step_of_an_account_closed_meanwhile_is_refused(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user)
    code = code_of(enrolled.user)
    enrolled.user.is_active = False
    enrolled.user.save()
    assert second_step(client, code).url == "/accounts/inactive/"
    assert "_auth_user_id" not in client.session


def test_sign_in_goes_on_to_where_the_person_wanted(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user, next="/exchanges/?open=1")
    assert second_step(client, code_of(enrolled.user)).url == "/exchanges/?open=1"


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http://localhost:1/"],
)
def test_sign_in_never_leaves_the_portal(client: Client, enrolled: Person, target: str) -> None:
    first_step(client, enrolled.user, next=target)
    assert second_step(client, code_of(enrolled.user)).url == "/waiting/"


def test_signed_in_person_asking_to_sign_in_does_not_go_in_circles(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    page = client.get("/accounts/login/", follow=True)
    assert page.redirect_chain == [("/waiting/", 302)]
    assert page.status_code == 200


def test_sign_out_goes_home_and_ends_the_session(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert client.post("/accounts/logout/").url == "/"
    assert "_auth_user_id" not in client.session


def test_sign_up_is_closed_and_says_how_to_join(client: Client, db: None) -> None:
    page = client.get("/accounts/signup/")
    assert "Nobody makes an account alone" in page.content.decode()
    assert client.post("/accounts/signup/", {"email": "x@example.org", "password1": "x" * 20}).status_code == 405


def test_never_enrolled_account_with_its_password_gets_no_session_and_no_device(client: Client, db: None) -> None:
    member = factories.person(email="never@example.org")
    answer = first_step(client, member.user)
    assert answer.url == "/accounts/second-factor/none/"
    assert "No second factor yet" in client.get(answer.url).content.decode()
    assert "account_login" not in client.session
    assert client.get("/accounts/enrol/device/").status_code == 400
    assert client.get("/accounts/enrol/password/").status_code == 404
    assert AuthenticatorDevice.objects.count() == 0


def test_rate_limited_first_step_answers_in_words(client: Client, db: None, settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    client.post("/accounts/login/")
    page = client.post("/accounts/login/")
    assert page.status_code == 429
    assert "Too many tries" in page.content.decode()


@pytest.mark.parametrize("email", ["maja@example.org", "nobody@example.org"])
def test_forgotten_password_answers_alike_for_every_address(client: Client, enrolled: Person, email: str) -> None:
    page = client.post("/accounts/password/reset/", {"email": email}, follow=True)
    assert page.redirect_chain == [("/accounts/password/reset/done/", 302)]
    assert "If the address belongs to an account" in page.content.decode()
    queue.work_all()
    assert [mail.to_address for mail in Mail.objects.all()] == [each for each in [email] if each == "maja@example.org"]


def test_new_password_by_mail_still_asks_for_the_second_factor(client: Client, enrolled: Person, settings) -> None:
    client.post("/accounts/password/reset/", {"email": enrolled.user.email}, headers={"host": "localhost"})
    queue.work_all()
    mail = Mail.objects.get()
    assert mail.subject == "Choose a new password"
    link = next(line for line in mail.body.splitlines() if line.startswith("http"))
    assert link.startswith(f"{settings.SITE_URL}/accounts/password/reset/key/")
    form = client.get(link.removeprefix(settings.SITE_URL), follow=True)
    new = "a new and rather long password"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new}, follow=True)
    assert "Your new password holds" in done.content.decode()
    assert "_auth_user_id" not in client.session
    assert Mail.objects.filter(kind="password_changed", to_address="maja@example.org").count() == 1
    assert first_step(client, enrolled.user, password=new).url == SECOND


def test_new_password_that_is_short_is_refused_in_words(client: Client, enrolled: Person, settings) -> None:
    client.post("/accounts/password/reset/", {"email": enrolled.user.email})
    queue.work_all()
    link = next(line for line in Mail.objects.get().body.splitlines() if line.startswith("http"))
    form = client.get(link.removeprefix(settings.SITE_URL), follow=True)
    page = client.post(form.redirect_chain[-1][0], {"password1": "fourteen chars", "password2": "fourteen chars"})
    assert "at least 15 characters" in page.content.decode()


def test_used_reset_link_shows_the_way_on(client: Client, db: None) -> None:
    page = client.get("/accounts/password/reset/key/1-abc-def/")
    assert "This link opens nothing" in page.content.decode()
    assert 'href="/accounts/password/reset/"' in page.content.decode()
