"""Passkeys over HTTP: the second step of signing in, step-up, enrolment, registering."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse
from django_otp_webauthn.models import WebAuthnCredential

from portal.access.viewer import SYSTEM
from portal.accounts.domain import enrolment
from portal.accounts.models import AuthenticatorDevice, EnrolmentGrant, Passkey, Purpose, User
from portal.community.models import Person
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.authenticator import Authenticator, home
from tests.portal.accounts.telephone import code_of, first_step, wrong_code

SECOND, ASK = "/accounts/second-factor/", "/accounts/second-factor/passkey/"
ADD, NEW = "/account/devices/passkeys/add/", "/account/devices/passkeys/options/"
ENROL, ENROL_NEW = "/accounts/enrol/passkey/", "/accounts/enrol/passkey/options/"
PASSWORD = "five quiet words in a row"


def options(client: Client, path: str = ASK, **data: str) -> dict[str, Any]:
    """Ask for options and return them."""
    answer = client.post(path, data)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json"), answer.content
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.json()


def said(response: Any) -> str:
    """Return what an answer in JSON says."""
    return str(response.json()["message"])


@pytest.fixture
def device(enrolled: Person) -> Authenticator:
    """A passkey of Maja's, beside her authenticator app."""
    made = Authenticator()
    register(factories.sign_in(Client(), enrolled), made)
    return made


def register(client: Client, made: Authenticator, name: str = "Work telephone") -> Any:
    """Register a passkey in a verified session."""
    return client.post(ADD, {"name": name, "passkey": made.make(options(client, NEW, name=name))})


def test_sign_in_with_password_and_passkey_gives_a_verified_session(
    client: Client, enrolled: Person, device: Authenticator
) -> None:
    first_step(client, enrolled.user)
    page = client.get(SECOND).content.decode()
    assert "“Work telephone”" in page
    assert 'type="module" src="/static/accounts/passkeys.js"' in page
    before = client.session.session_key
    done = client.post(SECOND, {"passkey": device.use(options(client))})
    assert (done.status_code, done.url) == (302, "/waiting/")
    assert client.session["otp_device_id"] == Passkey.objects.get().persistent_id
    assert client.session.session_key != before
    assert client.get("/waiting/").context["viewer"].is_member is True


def test_sign_in_with_a_passkey_costs_at_most_thirty_queries_in_all(
    client: Client, enrolled: Person, device: Authenticator
) -> None:
    def sign_in() -> None:
        client.get("/accounts/login/")
        first_step(client, enrolled.user)
        client.get(SECOND)
        assert client.post(SECOND, {"passkey": device.use(options(client))}).url == "/waiting/"

    sign_in()
    client.post("/accounts/logout/")
    with CaptureQueriesContext(connection) as captured:
        sign_in()
    # The test's own transaction turns the outermost ones of the portal into savepoints.
    asked = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 30, "\n".join(asked)


def test_passkey_alone_signs_nobody_in(client: Client, enrolled: Person, device: Authenticator) -> None:
    refused = client.post(ASK)
    assert (refused.status_code, said(refused)) == (401, "This sign-in is over. Begin again with the first step.")
    first_step(client, enrolled.user)
    answer = device.use(options(client))
    stranger = Client()
    stranger.get("/accounts/login/")
    assert stranger.post(SECOND, {"passkey": answer}, follow=True).status_code == 400
    assert "_auth_user_id" not in stranger.session


def test_no_view_of_the_library_is_mounted_and_its_tables_stay_empty(
    client: Client, enrolled: Person, device: Authenticator
) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("otp_webauthn:credential-authentication-complete")
    modules = {
        pattern.callback.__module__
        for pattern in every_pattern(get_resolver().url_patterns)
        if getattr(pattern, "callback", None)
    }
    assert "portal.accounts.views.passkeys" in modules
    assert [name for name in modules if name.startswith("django_otp_webauthn")] == []
    assert WebAuthnCredential.objects.count() == 0


def every_pattern(patterns: list) -> list:
    """Return all patterns beneath, those of includes too."""
    found = []
    for pattern in patterns:
        found += every_pattern(pattern.url_patterns) if hasattr(pattern, "url_patterns") else [pattern]
    return found


def test_answer_sent_twice_signs_in_once(client: Client, enrolled: Person, device: Authenticator) -> None:
    first_step(client, enrolled.user)
    answer = device.use(options(client))
    assert client.post(SECOND, {"passkey": answer}).status_code == 302
    again = Client()
    first_step(again, enrolled.user)
    page = again.post(SECOND, {"passkey": answer}).content.decode()
    assert "That took too long" in page
    assert "_auth_user_id" not in again.session


def test_answer_after_five_minutes_says_so_and_the_next_is_taken(
    client: Client, enrolled: Person, device: Authenticator, machine
) -> None:
    first_step(client, enrolled.user)
    answer = device.use(options(client))
    machine.shift(301)
    page = client.post(SECOND, {"passkey": answer}).content.decode()
    assert "That took too long" in page
    assert "lasts five minutes and is answered once" in page
    assert "<title>Not yet:" in page
    assert client.post(SECOND, {"passkey": device.use(options(client))}).url == "/waiting/"


def test_passkey_of_another_account_says_so(client: Client, enrolled: Person, device: Authenticator) -> None:
    other, theirs = factories.person(email="other@example.org"), Authenticator()
    register(factories.sign_in(Client(), other), theirs)
    first_step(client, enrolled.user)
    page = client.post(SECOND, {"passkey": theirs.use(options(client))}).content.decode()
    assert "That passkey does not belong to this account" in page
    assert "_auth_user_id" not in client.session
    assert Mail.objects.filter(kind="passkey_refused", to_address="maja@example.org").count() == 1


def test_button_without_javascript_says_what_to_use_instead(
    client: Client, enrolled: Person, device: Authenticator
) -> None:
    first_step(client, enrolled.user)
    assert "Passkeys need JavaScript, which is off here. Use another way." in client.get(SECOND).content.decode()
    page = client.post(SECOND, {"passkey": ""}).content.decode()
    assert "No passkey answered" in page
    assert "Code from your app" in page


def test_options_under_another_address_name_the_right_one(
    client: Client, enrolled: Person, device: Authenticator
) -> None:
    first_step(client, enrolled.user)
    refused = client.post(ASK, headers={"Origin": "http://127.0.0.1:8000"})
    assert refused.status_code == 409
    assert said(refused) == "Passkeys work under http://localhost:8000 only. Open the portal there."
    assert client.post(ASK, headers={"Origin": f"http://{home()}"}).status_code == 200


def test_options_of_an_account_without_a_passkey_say_so(client: Client, enrolled: Person) -> None:
    first_step(client, enrolled.user)
    assert "Use your passkey" not in client.get(SECOND).content.decode()
    refused = client.post(ASK)
    assert (refused.status_code, said(refused)) == (409, "This account has no passkey. Use another way.")


def test_options_are_asked_for_by_post_with_our_token(enrolled: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(ASK).status_code == 403
    assert strict.get(ASK).status_code == 405


@pytest.mark.usefixtures("machine")
def test_two_hundred_wrong_codes_do_not_stand_in_the_way_of_a_passkey(
    client: Client, enrolled: Person, device: Authenticator
) -> None:
    AuthenticatorDevice.objects.exclude(name="Telephone").delete()
    attacker = Client()
    first_step(attacker, enrolled.user)
    wrong = wrong_code(enrolled.user)
    for _ in range(200):
        attacker.post(SECOND, {"code": wrong})
    assert AuthenticatorDevice.objects.get().blocked_until() is not None
    first_step(client, enrolled.user)
    assert client.post(SECOND, {"passkey": device.use(options(client))}).url == "/waiting/"


def test_step_up_with_a_passkey_goes_on_to_what_was_asked_for(
    client: Client, enrolled: Person, device: Authenticator
) -> None:
    factories.sign_in(client, enrolled, fresh=False)
    asked = client.get(ADD)
    assert asked.url.startswith("/accounts/step-up/?next=")
    page = client.get(asked.url).content.decode()
    assert 'name="step_up-passkey"' in page
    before = client.session.session_key
    sent = {"step_up-passkey": device.use(options(client)), "step_up-next": ADD}
    assert client.post("/accounts/step-up/", sent).url == ADD
    assert client.session.session_key != before
    assert client.session["otp_device_id"] == Passkey.objects.get().persistent_id
    assert client.get(ADD).status_code == 200


def test_step_up_takes_no_passkey_of_somebody_else(client: Client, enrolled: Person, device: Authenticator) -> None:
    other = factories.person(email="other@example.org")
    register(factories.sign_in(client, other), Authenticator())
    factories.sign_in(client, other, fresh=False)
    page = client.post(
        "/accounts/step-up/", {"step_up-passkey": device.use(options(client)), "step_up-next": ADD}
    ).content.decode()
    assert "That passkey does not belong to this account" in page
    assert client.get(ADD).status_code == 302


def test_registering_asks_for_step_up_and_a_session(client: Client, enrolled: Person) -> None:
    assert client.get(ADD).url == f"/accounts/login/?next={ADD}"
    factories.sign_in(client, enrolled, fresh=False)
    assert client.post(NEW, headers={"Accept": "application/json"}).status_code == 403
    unverified = factories.sign_in(Client(), enrolled, verified=False)
    assert unverified.post(NEW).url == SECOND
    assert Passkey.objects.count() == 0


def test_registered_passkey_stands_on_the_devices_page_with_its_name(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    done = register(client, Authenticator(), "Key on the ring")
    assert done.url == "/account/devices/"
    page = client.get(done.url).content.decode()
    assert "“Key on the ring” is registered." in page
    assert "<h3>Key on the ring</h3>" in page


def test_registering_says_when_the_device_is_known_already(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    made = Authenticator()
    register(client, made)
    assert "That passkey is registered already" in register(client, made).content.decode()
    assert Passkey.objects.count() == 1


def test_name_that_will_not_do_is_said_before_the_device_makes_a_key(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    refused = client.post(NEW, {"name": "x" * 65})
    assert (refused.status_code, said(refused)) == (422, "Name: at most 64 characters; these are 65")


def test_registering_with_a_used_challenge_keeps_nothing(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    made = Authenticator()
    answer = made.make(options(client, NEW))
    client.post(ADD, {"name": "", "passkey": answer})
    Passkey.objects.all().delete()
    assert "That took too long" in client.post(ADD, {"name": "", "passkey": answer}).content.decode()
    assert Passkey.objects.count() == 0


def opened(client: Client, newcomer: User) -> None:
    """Open an invitation and choose a password: next comes the second factor."""
    issued = enrolment.issue_grant(user=newcomer, purpose=Purpose.INVITATION, by=SYSTEM)
    client.post("/accounts/" + issued.url.split("/accounts/", 1)[1])
    client.post("/accounts/enrol/password/", {"password1": PASSWORD, "password2": PASSWORD})


def test_enrolment_with_a_passkey_instead_of_an_app(client: Client, newcomer: User) -> None:
    opened(client, newcomer)
    assert ENROL in client.get("/accounts/enrol/device/").content.decode()
    assert "For new@example.org" in client.get(ENROL).content.decode()
    done = client.post(ENROL, {"name": "Desk", "passkey": Authenticator().make(options(client, ENROL_NEW))})
    assert done.status_code == 302
    assert client.session["otp_device_id"] == Passkey.objects.get(user=newcomer, name="Desk").persistent_id
    assert EnrolmentGrant.objects.get().live is False
    assert AuthenticatorDevice.objects.count() == 0
    told = Mail.objects.get(kind="second_factor_added")
    assert (told.to_address, told.subject) == ("new@example.org", "A second factor was added to your account")
    assert Entry.objects.get(verb="second_factor_added").detail.data == {"device": "Desk", "purpose": "invitation"}


def test_enrolment_with_a_passkey_needs_a_live_grant_of_this_browser(client: Client, newcomer: User) -> None:
    member = factories.person(email="never@example.org")
    first_step(client, member.user)
    assert client.post(ENROL_NEW).status_code == 401
    assert client.get(ENROL).status_code == 400
    opened(client, newcomer)
    answer = Authenticator().make(options(client, ENROL_NEW))
    # The link is opened once more elsewhere: this browser's opening ends.
    issued = enrolment.issue_grant(user=newcomer, purpose=Purpose.INVITATION, by=SYSTEM)
    Client().post("/accounts/" + issued.url.split("/accounts/", 1)[1])
    assert client.post(ENROL, {"name": "", "passkey": answer}).status_code == 410
    assert Passkey.objects.count() == 0


def test_enrolment_with_a_passkey_that_fails_keeps_the_grant(client: Client, newcomer: User) -> None:
    opened(client, newcomer)
    made = Authenticator(unlocked=False)
    page = client.post(ENROL, {"name": "", "passkey": made.make(options(client, ENROL_NEW))}).content.decode()
    assert "The passkey was used without a screen lock or PIN" in page
    assert EnrolmentGrant.objects.get().live is True
    assert (
        client.post(ENROL, {"name": "", "passkey": Authenticator().make(options(client, ENROL_NEW))}).status_code == 302
    )


def test_app_whose_seed_was_shown_opens_nothing_after_enrolment_with_a_passkey(client: Client, newcomer: User) -> None:
    opened(client, newcomer)
    client.get("/accounts/enrol/device/")
    code = code_of(newcomer)
    client.post(ENROL, {"name": "", "passkey": Authenticator().make(options(client, ENROL_NEW))})
    other = Client()
    first_step(other, newcomer, password=PASSWORD)
    assert "_auth_user_id" not in other.session
    other.post(SECOND, {"code": code})
    assert "_auth_user_id" not in other.session


def test_answer_of_a_passkey_is_never_shown_back(client: Client, enrolled: Person, device: Authenticator) -> None:
    answer = device.use({"challenge": "x" * 40, "rpId": "localhost"})
    page = client.post(ADD, {"name": "A name of some length", "passkey": answer})
    assert page.status_code == 401
    assert "A name of some length" in page.content.decode()
    assert json.loads(answer)["id"] not in page.content.decode()
