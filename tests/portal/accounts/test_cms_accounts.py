"""The CMS changes nobody's name, address or password."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.users.models import UserProfile

from portal.accounts.models import AuthenticatorDevice, EnrolmentGrant, User
from portal.community.models import Person
from portal.outbox.models import Mail
from tests import factories
from tests.portal.files.makers import picture


@pytest.fixture
def editor(client: Client, db: None) -> Person:
    member = factories.person("Ed Itor", roles=[("editor", "")], email="ed@example.org")
    group = Group.objects.create(name="Test editors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    member.user.groups.add(group)
    factories.sign_in(client, member)
    return member


@pytest.fixture
def admin(client: Client, db: None) -> User:
    user = User.objects.create_superuser("admin@example.org", factories.PASSWORD)
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    device = AuthenticatorDevice.objects.create(user=user, name="Test", confirmed=True)
    session = client.session
    session.update({"otp_device_id": device.persistent_id})
    session.save()
    return user


@pytest.fixture
def fresh(client: Client, admin: User) -> User:
    from portal.access import clock

    session = client.session
    session["verified_at"] = clock.machine_now().timestamp()
    session.save()
    return admin


def test_own_page_of_the_cms_has_no_name_address_picture_or_password(client: Client, editor: Person) -> None:
    page = client.get("/admin/account/")
    assert page.status_code == 200
    words = page.content.decode()
    assert "Theme preferences" in words
    for name in ("first_name", "last_name", "email", "password", "avatar"):
        assert f'name="name_email-{name}"' not in words
        assert f'name="password-{name}' not in words
    assert 'type="file"' not in words


def test_own_page_of_the_cms_takes_none_of_them_either(client: Client, editor: Person) -> None:
    before = User.objects.get(pk=editor.user_id)
    answer = client.post(
        "/admin/account/",
        {
            "name_email-first_name": "Mallory",
            "name_email-last_name": "Mallory",
            "name_email-email": "mallory@example.org",
            "avatar-avatar": SimpleUploadedFile("me.png", picture("PNG"), "image/png"),
            "theme-theme": "dark",
            "theme-contrast": "system",
            "theme-density": "default",
            "theme-keyboard_shortcuts": "on",
            "password-old_password": factories.PASSWORD,
            "password-new_password1": "four lamps over the long desk",
            "password-new_password2": "four lamps over the long desk",
        },
    )
    assert (answer.status_code, answer.url) == (302, "/admin/account/")
    after = User.objects.get(pk=editor.user_id)
    assert (after.email, after.password) == (before.email, before.password)
    assert Person.objects.get(pk=editor.pk).name == "Ed Itor"
    profile = UserProfile.objects.get(user=after)
    assert (profile.theme, bool(profile.avatar)) == ("dark", False)


def test_own_page_of_the_cms_is_for_those_who_work_there(client: Client, enrolled: Person) -> None:
    assert client.get("/admin/account/").status_code == 302
    factories.sign_in(client, enrolled)
    assert client.get("/admin/account/").status_code == 403


def test_list_of_users_changes_rights_and_nothing_else(client: Client, fresh: User) -> None:
    member = factories.person("Maja Wzór", email="maja@example.org")
    before = User.objects.get(pk=member.user_id)
    group = Group.objects.create(name="Test editors")
    page = client.get(f"/admin/users/edit/{member.user_id}/")
    assert page.status_code == 200
    assert "maja@example.org" in page.content.decode()
    assert "First name" not in page.content.decode()
    posted = {
        "email": "mallory@example.org",
        "first_name": "Mallory",
        "last_name": "Mallory",
        "password1": "four lamps over the long desk",
        "password2": "four lamps over the long desk",
        "is_active": "on",
        "groups": [group.pk],
    }
    assert client.post(f"/admin/users/edit/{member.user_id}/", posted).status_code == 302
    after = User.objects.get(pk=member.user_id)
    assert (after.email, after.password, after.is_active) == ("maja@example.org", before.password, True)
    assert list(after.groups.all()) == [group]


def test_an_account_that_the_cms_makes_is_invited(client: Client, fresh: User) -> None:
    posted = {"email": "New.Admin@Example.org", "password1": "four lamps over the long desk", "is_superuser": "on"}
    assert client.get("/admin/users/new/").status_code == 200
    assert client.post("/admin/users/new/", posted).status_code == 302
    user = User.objects.get(email="new.admin@example.org")
    assert (user.has_usable_password(), user.is_superuser) == (False, True)
    assert Mail.objects.get().kind == "enrolment_link"
    assert EnrolmentGrant.objects.get().user == user
