"""Commands and sample accounts."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from portal.accounts.domain.codes import NotLocal, verify_code
from portal.accounts.domain.samples import sample_account
from portal.accounts.models import AuthenticatorDevice, User
from portal.community.models import Person
from tests import factories
from tests.portal.accounts.telephone import code_of, first_step, second_step

PASSWORD = "a sentence for the samples"


def said(*arguments: str) -> list[str]:
    """Run a command; returns the lines it printed."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.mark.usefixtures("machine")
def test_sample_code_prints_the_code_and_the_seconds_left(enrolled: Person) -> None:
    assert said("sample_code", "maja@example.org") == [code_of(enrolled.user), "for another 20 seconds"]


@pytest.mark.usefixtures("machine")
def test_sample_code_after_use_says_when_the_next_one_comes(enrolled: Person) -> None:
    verify_code(user=enrolled.user, code=code_of(enrolled.user))
    with pytest.raises(CommandError, match="The next one comes at 15:00:30 Brussels time"):
        said("sample_code", "maja@example.org")


def test_sample_code_with_wait_waits_for_the_next_one(enrolled: Person, machine, monkeypatch) -> None:
    verify_code(user=enrolled.user, code=code_of(enrolled.user))
    # The machine's clock stands still here, so waiting has to move it.
    monkeypatch.setattr("time.sleep", machine.shift)
    printed = said("sample_code", "maja@example.org", "--wait")
    assert printed == [code_of(enrolled.user), "for another 30 seconds"]
    assert verify_code(user=enrolled.user, code=printed[0]).ok


def test_sample_code_outside_the_local_settings_refuses(enrolled: Person, settings) -> None:
    settings.NOC_LOCAL = False
    with pytest.raises(CommandError, match="local settings only"):
        said("sample_code", "maja@example.org")


def test_sample_code_for_nobody_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="no account with an authenticator app"):
        said("sample_code", "nobody@example.org")


def test_sample_account_signs_in_at_once(client: Client, db: None) -> None:
    user = sample_account(email="Office@example.org", password=PASSWORD)
    assert user.email == "office@example.org"
    first_step(client, user, password=PASSWORD)
    assert second_step(client, code_of(user)).url == "/waiting/"


def test_sample_account_made_twice_is_one(db: None) -> None:
    users = [sample_account(email="office@example.org", password=PASSWORD) for _ in range(2)]
    assert users[0] == users[1]
    assert AuthenticatorDevice.objects.count() == 1


def test_sample_account_outside_the_local_settings_is_refused(db: None, settings) -> None:
    settings.NOC_LOCAL = False
    with pytest.raises(NotLocal):
        sample_account(email="office@example.org", password=PASSWORD)
    assert User.objects.count() == 0


def test_create_admin_prints_a_link_that_enrols(client: Client, db: None) -> None:
    link, words = said("create_admin", "Admin@example.org")
    assert words == "Open it within 24 hours; it works once."
    admin = User.objects.get()
    assert (admin.email, admin.is_superuser, admin.has_usable_password()) == ("admin@example.org", True, False)
    client.post("/accounts/" + link.split("/accounts/", 1)[1])
    client.post("/accounts/enrol/password/", {"password1": PASSWORD, "password2": PASSWORD})
    client.get("/accounts/enrol/device/")
    client.post("/accounts/enrol/device/", {"code": code_of(admin)})
    assert client.get("/admin/account/").status_code == 200


def test_create_admin_again_before_enrolment_prints_a_new_link(db: None) -> None:
    first, second = said("create_admin", "admin@example.org"), said("create_admin", "admin@example.org")
    assert first[0] != second[0]
    assert User.objects.count() == 1


def test_create_admin_refuses_members_enrolled_administrators_and_nonsense(enrolled: Person) -> None:
    with pytest.raises(CommandError, match="is a member"):
        said("create_admin", enrolled.user.email)
    with pytest.raises(CommandError, match="is not an e-mail address"):
        said("create_admin", "nonsense")
    said("create_admin", "admin@example.org")
    AuthenticatorDevice.objects.create(user=User.objects.get(email="admin@example.org"), name="A")
    with pytest.raises(CommandError, match="enrolled"):
        said("create_admin", "admin@example.org")


def test_end_sessions_signs_out_one_account_or_all(db: None) -> None:
    anna, bram, carla = (factories.sign_in(Client(), factories.person(name)) for name in ("Anna", "Bram", "Carla"))
    assert anna.get("/account/").status_code == 200
    address = User.objects.get(pk=anna.session["_auth_user_id"]).email
    assert said("end_sessions", address.upper()) == ["Ended: 1."]
    page = anna.get("/account/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/login/")
    assert "You were signed out by those who run the portal." in page.content.decode()
    assert [other.get("/account/").status_code for other in (bram, carla)] == [200, 200]
    assert said("end_sessions", "--all") == ["Ended: 2."]
    assert [other.get("/account/").status_code for other in (bram, carla)] == [302, 302]


def test_end_sessions_of_nobody_says_so(db: None) -> None:
    with pytest.raises(CommandError, match=r"There is no account under nobody@example\.org"):
        said("end_sessions", "nobody@example.org")
