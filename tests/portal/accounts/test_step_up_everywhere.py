"""Every weighty address of the portal asks for a fresh second factor (design: access, "Signing in")."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from portal.accounts.middleware import CMS_STEP_UP
from portal.accounts.models import AuthenticatorDevice
from portal.accounts.stepup import ALWAYS, ON_POST
from portal.community.models import Role
from tests import factories

#: View by view: when it asks. Exports, devices, e-mail and password, role grants, decisions and signatures.
WEIGHTY = {
    # Devices, and other ways to sign in.
    "accounts_app_add": ALWAYS,
    "accounts_codes": ALWAYS,
    "accounts_codes_file": ALWAYS,
    "accounts_device_remove": ALWAYS,
    "accounts_device_rename": ALWAYS,
    "accounts_passkey_add": ALWAYS,
    "accounts_passkey_new_options": ALWAYS,
    "accounts_provider_link": ALWAYS,
    "accounts_provider_unlink": ALWAYS,
    # Whoever finds somebody's open session must not sign out the owner elsewhere.
    "accounts_session_end": ALWAYS,
    "accounts_sessions_end_others": ALWAYS,
    # E-mail address and password.
    "accounts_email": ON_POST,
    "accounts_password": ALWAYS,
    # Exports, and what cannot be taken back about a person.
    "privacy:ask_copy": ALWAYS,
    "privacy:download": ALWAYS,
    "privacy:ask_erasure": ALWAYS,
    "privacy:carry_out": ALWAYS,
    "privacy:refuse": ALWAYS,
    # A new start for somebody whose device is lost: two people decide it.
    "recovery:request": ON_POST,
    # Decisions and signatures of an exchange; assigning reviews lets somebody read applications.
    "exchanges:offer_move": ON_POST,
    "exchanges:offer_return": ON_POST,
    "exchanges:call_open": ON_POST,
    "exchanges:endorsement": ON_POST,
    "exchanges:eligibility": ON_POST,
    "exchanges:eligible": ON_POST,
    "exchanges:begin_review": ON_POST,
    "exchanges:assign_reviews": ON_POST,
    "exchanges:begin_matching": ON_POST,
    "exchanges:sign_run": ON_POST,
    "exchanges:answer": ON_POST,
    "exchanges:confirm_agreement": ON_POST,
    "exchanges:stop_week": ON_POST,
    "exchanges:report_accept": ON_POST,
    "exchanges:report_return": ON_POST,
    "exchanges:complete_call": ON_POST,
    # A letter to everybody who subscribed.
    "updates:send": ON_POST,
}
#: What stands for the parts of an address. No thing behind it exists: the question comes before anything is looked up.
PARTS = {
    "slug": "a-call",
    "key": "a-provider",
    "pk": 1,
    "number": 1,
    "kind": "app",
    "verb": "publish",
    "kept": 1,
    "sid": "00000000-0000-0000-0000-000000000000",
    "job_id": "00000000-0000-0000-0000-000000000000",
    "copy_id": "00000000-0000-0000-0000-000000000000",
    "attachment_id": "00000000-0000-0000-0000-000000000000",
    "name": "a-name",
}


def patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of the portal with its name."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, f"{before}{pattern.namespace}:" if pattern.namespace else before)
        else:
            yield f"{before}{pattern.name}", pattern


def asking() -> dict[str, str]:
    """Return the names of all addresses whose view asks, and when."""
    found = ((name, getattr(pattern.callback, "asks_step_up", "")) for name, pattern in patterns(get_resolver()))
    return {name: when for name, when in found if when}


def path_of(name: str) -> str:
    """Return an address of this name."""
    pattern = next(pattern for found, pattern in patterns(get_resolver()) if found == name)
    known = [*pattern.pattern.regex.groupindex]
    return reverse(name, kwargs={part: PARTS[part] for part in known})


@pytest.fixture
def older(client: Client, db: None) -> Client:
    """A session of somebody with every role, whose second factor was given too long ago."""
    roles = [(role, "") for role in Role.values]
    member = factories.person(roles=roles)
    member.user.is_superuser = member.user.is_staff = True
    member.user.save()
    AuthenticatorDevice.objects.create(user=member.user, name="Spare")
    return factories.sign_in(client, member, fresh=False)


def test_list_is_complete() -> None:
    assert asking() == WEIGHTY


@pytest.mark.parametrize("name", sorted(WEIGHTY))
def test_weighty_address_asks_for_a_fresh_second_factor(older: Client, name: str) -> None:
    path = path_of(name)
    read, sent = older.get(path), older.post(path, {"words": "What was typed stays."})
    asks_reader = read.status_code == 302 and read.url.startswith("/accounts/step-up/?next=")
    asks_sender = sent.status_code == 403 and [each.name for each in sent.templates][:1] == ["accounts/step_up.html"]
    if asks_sender:
        assert "What was typed stays." in sent.content.decode()
    # Views of one method alone answer 405 to the other.
    assert asks_reader or (WEIGHTY[name] == ON_POST or read.status_code in (302, 404, 405))
    assert asks_sender or sent.status_code == 405
    assert asks_sender or asks_reader


@pytest.mark.parametrize("name", sorted(CMS_STEP_UP))
def test_weighty_address_of_the_cms_asks_for_a_fresh_second_factor(older: Client, name: str) -> None:
    path = reverse(name, args=[] if name.endswith(":add") else [1])
    assert older.get(path).url == f"/accounts/step-up/?next={quote(path, safe='')}"
    assert older.post(path, {"is_superuser": "on"}).templates[0].name == "accounts/step_up.html"


def test_export_and_bulk_action_of_the_cms_ask_for_a_fresh_second_factor(older: Client) -> None:
    assert older.get("/admin/users/").status_code == 200
    assert older.get("/admin/users/?export=csv").url.startswith("/accounts/step-up/")
    assert older.get("/admin/bulk/accounts/user/assign_role/?id=1").url.startswith("/accounts/step-up/")
