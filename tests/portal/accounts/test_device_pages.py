"""The page of one's devices: what is listed, adding an app, names, taking one away."""

from __future__ import annotations

import pytest
from django.test import Client

from portal.access import clock
from portal.access.viewer import viewer_for
from portal.accounts.domain import backup_codes, devices
from portal.accounts.domain.backup_codes import new_codes
from portal.accounts.domain.factors import held, second_factors
from portal.accounts.models import AuthenticatorDevice, BackupCodes, Passkey, User
from portal.accounts.models.devices import step_at
from portal.community.models import Person
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import first_step, second_step

PAGE, ADD = "/account/devices/", "/account/devices/app/"


def app(user: User, name: str) -> AuthenticatorDevice:
    """Return a further app of `user`."""
    return AuthenticatorDevice.objects.create(user=user, name=name)


def passkey(user: User, name: str = "Key ring") -> Passkey:
    """Return a passkey of `user` as a browser would have made it; nothing is ever signed with it."""
    return Passkey.objects.create(
        user=user, name=name, credential_id=f"id of {name}".encode(), public_key=b"key", sign_count=0, transports=[]
    )


def code_for(device: AuthenticatorDevice) -> str:
    """Return what this app shows now."""
    return device.code_at(step_at(clock.machine_now()))


@pytest.fixture
def signed_in(client: Client, enrolled: Person) -> Client:
    """A fresh session of `enrolled`, given with their telephone."""
    AuthenticatorDevice.objects.update(name="Test")
    factories.sign_in(client, enrolled)
    AuthenticatorDevice.objects.update(name="Telephone")
    return client


def remove_path(device: AuthenticatorDevice | Passkey) -> str:
    """Return the address that takes a device away."""
    kind = "passkey" if isinstance(device, Passkey) else "app"
    return f"/account/devices/{kind}/{device.pk}/remove/"


def test_page_lists_each_kind_with_names_and_uses(signed_in: Client, enrolled: Person) -> None:
    passkey(enrolled.user, "Key <ring>")
    backup_codes.keep(user=enrolled.user, codes=new_codes())
    words = signed_in.get(PAGE).content.decode()
    assert "<h3>Telephone</h3>" in words
    assert "Key &lt;ring&gt;" in words
    assert "This session was opened with it." in words
    assert "Ten of ten are left." in words


@pytest.mark.parametrize("further", [0, 2])
def test_page_costs_the_same_with_one_app_and_with_three(
    signed_in: Client, enrolled: Person, further: int, django_assert_num_queries
) -> None:
    for number in range(further):
        app(enrolled.user, f"App {number}")
    signed_in.get(PAGE)
    with django_assert_num_queries(12):
        page = signed_in.get(PAGE)
    assert len(page.context["rows"]) == 1 + further


def test_page_of_nobody_leads_to_the_sign_in(client: Client, db: None) -> None:
    assert client.get(PAGE).url == "/accounts/login/?next=/account/devices/"


def test_page_shows_nothing_of_somebody_else(signed_in: Client, enrolled: Person) -> None:
    other = factories.person(email="other@example.org")
    app(other.user, "Somebody else’s telephone")
    assert "Somebody else" not in signed_in.get(PAGE).content.decode()


def test_add_app_takes_a_name_and_the_first_code(signed_in: Client, enrolled: Person) -> None:
    page = signed_in.get(ADD)
    new = AuthenticatorDevice.objects.get(confirmed=False)
    assert f"<span>{new.secret[:4]}</span>" in page.content.decode()
    assert signed_in.get(ADD).context["secret"] == page.context["secret"]
    done = signed_in.post(ADD, {"name": "  Tablet\nat work ", "code": code_for(new)})
    assert done.url == PAGE
    new.refresh_from_db()
    assert (new.confirmed, new.name) == (True, "Tablet at work")
    assert [(mail.subject, mail.to_address) for mail in Mail.objects.all()] == [
        ("A second factor was added to your account", "maja@example.org")
    ]
    entry = Entry.objects.get(verb="second_factor_added")
    assert entry.detail.data == {"device": "Tablet at work", "kind": "app"}
    first_step(other := Client(), enrolled.user)
    assert second_step(other, code_for(AuthenticatorDevice.objects.get(name="Telephone"))).url == "/waiting/"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "Tablet", "code": "12"}, "A code has six digits"),
        ({"name": "Tablet", "code": "000000"}, "That code is not right"),
        ({"name": "", "code": "000000"}, "Fill in “Name”"),
        ({"name": "x" * 65, "code": "000000"}, "Name: at most 64 characters"),
    ],
)
def test_add_app_says_what_is_not_right_and_keeps_the_seed(signed_in: Client, data: dict[str, str], words: str) -> None:
    secret = signed_in.get(ADD).context["secret"]
    page = signed_in.post(ADD, data)
    assert words in page.content.decode()
    assert page.context["secret"] == secret
    assert AuthenticatorDevice.objects.filter(confirmed=True).count() == 1


def test_add_app_of_somebody_else_is_not_taken_up(signed_in: Client, enrolled: Person) -> None:
    other = factories.person(email="other@example.org")
    begun = devices.begin_app(user=other.user)
    session = signed_in.session
    session["adding_app"] = begun.pk
    session.save()
    assert signed_in.get(ADD).context["secret"] != [begun.secret[at : at + 4] for at in range(0, 32, 4)]


def test_rename_changes_the_name_and_is_journalled(signed_in: Client, enrolled: Person) -> None:
    device = AuthenticatorDevice.objects.get()
    done = signed_in.post(f"/account/devices/app/{device.pk}/rename/", {"name": "Old telephone"})
    assert done.url == PAGE
    device.refresh_from_db()
    assert device.name == "Old telephone"
    assert Entry.objects.get(verb="second_factor_renamed").detail.data == {"from": "Telephone", "to": "Old telephone"}


def test_rename_without_a_name_says_so_at_that_device(signed_in: Client, enrolled: Person) -> None:
    app(enrolled.user, "Tablet")
    device = AuthenticatorDevice.objects.get(name="Telephone")
    page = signed_in.post(f"/account/devices/app/{device.pk}/rename/", {"name": " "})
    assert page.status_code == 400
    assert [bool(row["form"].errors) for row in page.context["rows"]] == [True, False]


@pytest.mark.parametrize("verb", ["rename", "remove"])
def test_devices_of_somebody_else_do_not_exist(signed_in: Client, enrolled: Person, verb: str) -> None:
    other = factories.person(email="other@example.org")
    theirs = app(other.user, "Theirs")
    app(other.user, "Theirs too")
    app(enrolled.user, "Tablet")
    assert signed_in.post(f"/account/devices/app/{theirs.pk}/{verb}/", {"name": "Mine"}).status_code == 404
    assert AuthenticatorDevice.objects.get(pk=theirs.pk).name == "Theirs"


def test_remove_ends_sessions_elsewhere_and_tells_the_owner(signed_in: Client, enrolled: Person) -> None:
    tablet = app(enrolled.user, "Tablet")
    elsewhere = Client()
    first_step(elsewhere, enrolled.user)
    second_step(elsewhere, code_for(tablet))
    assert elsewhere.get("/waiting/").status_code == 200
    done = signed_in.post(remove_path(tablet))
    assert done.url == PAGE
    assert "“Tablet” is removed." in signed_in.get(PAGE).content.decode()
    assert "_auth_user_id" not in (elsewhere.get("/waiting/", follow=True) and elsewhere.session)
    assert "A second factor was removed from your account" in [mail.subject for mail in Mail.objects.all()]
    assert Entry.objects.get(verb="second_factor_removed").detail.data == {"device": "Tablet", "kind": "app"}


def test_remove_of_the_last_one_is_refused(signed_in: Client, enrolled: Person) -> None:
    backup_codes.keep(user=enrolled.user, codes=new_codes())
    device = AuthenticatorDevice.objects.get()
    assert remove_path(device) not in signed_in.get(PAGE).content.decode()
    page = signed_in.post(remove_path(device), follow=True)
    assert "This is your only second factor" in page.content.decode()
    assert AuthenticatorDevice.objects.filter(pk=device.pk).exists()


def test_remove_of_the_app_beside_a_passkey_asks_for_that_at_once(signed_in: Client, enrolled: Person) -> None:
    passkey(enrolled.user)
    device = AuthenticatorDevice.objects.get()
    assert "You are asked for another one on this device right away." in signed_in.get(PAGE).content.decode()
    signed_in.post(remove_path(device))
    assert signed_in.get(PAGE).url.startswith("/accounts/second-factor/")


def test_remove_of_an_unconfirmed_app_is_not_found(signed_in: Client, enrolled: Person) -> None:
    app(enrolled.user, "Tablet")
    signed_in.get(ADD)
    begun = AuthenticatorDevice.objects.get(confirmed=False)
    assert signed_in.post(remove_path(begun)).status_code == 404


@pytest.mark.parametrize("path", [ADD, "/account/devices/codes/", "/account/devices/codes/file/"])
def test_weighty_pages_ask_for_the_factor_again(client: Client, enrolled: Person, path: str) -> None:
    factories.sign_in(client, enrolled, fresh=False)
    assert client.get(path).url.startswith("/accounts/step-up/?next=")
    assert client.get(PAGE).status_code == 200


def test_free_name_is_the_next_that_is_not_taken(enrolled: Person) -> None:
    assert devices.free_name(user=enrolled.user) == "Authenticator app"
    app(enrolled.user, "Authenticator app")
    app(enrolled.user, "Authenticator app 2")
    assert devices.free_name(user=enrolled.user) == "Authenticator app 3"


def test_held_and_second_factors_say_the_same(enrolled: Person) -> None:
    user = enrolled.user
    assert (held(user=user).apps, held(user=user).passkeys, held(user=user).codes_left) == (True, False, 0)
    backup_codes.keep(user=user, codes=new_codes())
    app(user, "Tablet")
    passkey(user)
    devices.begin_app(user=user)
    found = second_factors(user=user)
    assert (held(user=user).passkeys, held(user=user).codes_left) == (True, 10)
    assert [device.name for device in found.devices] == ["Telephone", "Tablet", "Key ring"]
    assert (found.codes, found.codes_left) == (BackupCodes.objects.get(), 10)
    assert bool(held(user=User.objects.create_user("nobody@example.org"))) is False


def test_device_of_refuses_what_is_not_there(enrolled: Person) -> None:
    with pytest.raises(devices.DeviceRefused, match="gone"):
        devices.remove(
            user=enrolled.user,
            kind="passkey",
            pk=1,
            keep_session=None,
            by=viewer_for(user=enrolled.user, verified=True),
        )
