"""Backup codes: ten on paper, each for one sign-in."""

from __future__ import annotations

import math

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client

from portal.accounts.domain import backup_codes
from portal.accounts.domain.backup_codes import new_codes, tidy, verify_backup_code
from portal.accounts.domain.codes import Kind
from portal.accounts.models import AuthenticatorDevice, BackupCode, BackupCodes
from portal.accounts.models.backup import ALPHABET, SECRET_LENGTH
from portal.community.models import Person
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests import factories
from tests.portal.accounts.telephone import device_of, first_step

SECOND, CODES, FILE = "/accounts/second-factor/", "/account/devices/codes/", "/account/devices/codes/file/"
WRONG = "0000 0000 0000 0000 0000"


@pytest.fixture
def kept(enrolled: Person) -> list[str]:
    """Ten codes of `enrolled`, kept."""
    codes = new_codes()
    backup_codes.keep(user=enrolled.user, codes=codes)
    Mail.objects.all().delete()
    return codes


def set_of(member: Person) -> BackupCodes:
    """Return the member's set, fresh from the database."""
    return BackupCodes.objects.get(user=member.user)


def test_new_codes_are_ten_with_eighty_random_bits_each() -> None:
    codes = new_codes()
    assert len(set(codes)) == 10
    assert len({code[:4] for code in codes}) == 10
    assert [tidy(code) for code in codes] == [code.replace(" ", "") for code in codes]
    assert SECRET_LENGTH * math.log2(len(ALPHABET)) == 80


def test_keep_hashes_with_the_hasher_of_passwords(enrolled: Person, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    codes = new_codes()
    backup_codes.keep(user=enrolled.user, codes=codes)
    assert {hashers.identify_hasher(code.secret_hash).algorithm for code in BackupCode.objects.all()} == {"argon2"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_backupcode")
        rows = " ".join(str(value) for row in cursor.fetchall() for value in row)
    assert not any(code.replace(" ", "")[4:] in rows for code in codes)


def test_keep_of_less_than_a_set_is_refused(enrolled: Person) -> None:
    with pytest.raises(ValueError, match="not a set"):
        backup_codes.keep(user=enrolled.user, codes=new_codes()[:9])


def test_verify_backup_code_accepts_each_once(enrolled: Person, kept: list[str]) -> None:
    for left, code in enumerate(reversed(kept)):
        assert verify_backup_code(user=enrolled.user, code=code).kind is Kind.OK
        assert verify_backup_code(user=enrolled.user, code=code).kind is Kind.USED
        assert set_of(enrolled).left == 9 - left
    assert set_of(enrolled).throttling_failure_count == 0


@pytest.mark.parametrize(
    "typed", [lambda code: code.upper(), lambda code: code.replace(" ", "-"), lambda code: f" {code.replace(' ', '')} "]
)
def test_verify_backup_code_reads_what_was_meant(enrolled: Person, kept: list[str], typed) -> None:
    assert verify_backup_code(user=enrolled.user, code=typed(kept[0])).kind is Kind.OK


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("OIL0 1111 2222 3333 4444", "01101111222233334444"),
        ("4f7k 9w2m q8rx 5tze", None),
        ("4f7k 9w2m q8rx 5tze h3pu", None),
        ("418204", None),
        ("", None),
    ],
)
def test_tidy_reads_letters_that_are_mistaken_for_digits(typed: str, meant: str | None) -> None:
    assert tidy(typed) == meant


def test_verify_backup_code_looks_at_one_row_only(enrolled: Person, kept: list[str], monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(
        "portal.accounts.models.backup.check_password", lambda code, encoded: asked.append(encoded) or False
    )
    verify_backup_code(user=enrolled.user, code=kept[7])
    assert asked[0] == BackupCode.objects.get(name=kept[7][:4]).secret_hash
    assert len(set(asked)) == 1


def test_verify_backup_code_of_somebody_else_is_wrong(enrolled: Person, kept: list[str]) -> None:
    other = factories.person(email="other@example.org")
    AuthenticatorDevice.objects.create(user=other.user, name="A", confirmed=True)
    backup_codes.keep(user=other.user, codes=new_codes())
    assert verify_backup_code(user=other.user, code=kept[0]).kind is Kind.WRONG
    assert verify_backup_code(user=enrolled.user, code=kept[0]).kind is Kind.OK


def test_verify_backup_code_without_a_set_is_wrong(enrolled: Person) -> None:
    assert verify_backup_code(user=enrolled.user, code=WRONG).kind is Kind.WRONG


def test_verify_backup_code_pauses_twice_as_long_after_each_wrong_one(
    enrolled: Person, kept: list[str], machine
) -> None:
    for pause in (1, 2, 4, 8):
        assert verify_backup_code(user=enrolled.user, code=WRONG).kind is Kind.WRONG
        machine.shift(pause - 0.5)
        assert verify_backup_code(user=enrolled.user, code=kept[0]).kind is Kind.THROTTLED
        machine.shift(0.5)
    assert verify_backup_code(user=enrolled.user, code=kept[0]).kind is Kind.OK
    assert set_of(enrolled).throttling_failure_count == 0


def test_wrong_backup_codes_leave_the_app_alone(enrolled: Person, kept: list[str]) -> None:
    verify_backup_code(user=enrolled.user, code=WRONG)
    assert device_of(enrolled.user).throttling_failure_count == 0


def test_verify_backup_code_tells_the_owner_once_after_five_wrong_ones(
    enrolled: Person, kept: list[str], machine
) -> None:
    for _ in range(7):
        verify_backup_code(user=enrolled.user, code=WRONG)
        machine.shift(120)
    assert [mail.subject for mail in Mail.objects.all()] == ["Wrong codes at your account"]


def test_verify_backup_code_tells_the_owner_how_many_are_left(enrolled: Person, kept: list[str]) -> None:
    for code in kept[:6]:
        Mail.objects.all().delete()
        verify_backup_code(user=enrolled.user, code=code)
    many = Mail.objects.get()
    assert many.subject == "A backup code was used at your account"
    assert "Four of ten are left." in many.body
    assert "/account/devices/codes/" not in many.body
    said = ("Three of ten are left.", "Two of ten are left.", "One of ten is left.", "It was the last one.")
    for code, words in zip(kept[6:], said, strict=True):
        Mail.objects.all().delete()
        verify_backup_code(user=enrolled.user, code=code)
        few = Mail.objects.get()
        assert words in few.body
        assert "/account/devices/codes/" in few.body
    assert Entry.objects.filter(verb="backup_code_used", thing_id=str(enrolled.user.pk)).count() == 10


def test_new_set_ends_the_older_one_and_keeps_its_sessions(client: Client, enrolled: Person, kept: list[str]) -> None:
    first_step(client, enrolled.user)
    client.post(SECOND, {"backup_code": kept[0]})
    client.post(CODES, {"new": "1"})
    client.post(CODES, {"kept": "on"})
    assert verify_backup_code(user=enrolled.user, code=kept[1]).kind is Kind.WRONG
    assert client.get("/account/devices/").status_code == 200
    assert set_of(enrolled).left == 10


def test_second_step_with_a_backup_code_gives_a_verified_session(
    client: Client, enrolled: Person, kept: list[str]
) -> None:
    first_step(client, enrolled.user)
    page = client.get(SECOND).content.decode()
    assert "Twenty letters and digits, from your printed list." in page
    before = client.session.session_key
    done = client.post(SECOND, {"backup_code": kept[4]})
    assert (done.status_code, done.url) == (302, "/waiting/")
    assert client.session["otp_device_id"] == set_of(enrolled).persistent_id
    assert client.session.session_key != before
    assert client.get("/waiting/").context["viewer"].is_member is True


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (WRONG, ["That code is not right", "Look at your newest list"]),
        ("418 204", ["A backup code has twenty letters and digits", "belong into the other field"]),
        ("", ["A backup code has twenty letters and digits", "Type all five groups"]),
        ("x" * 5000, ["A backup code has twenty letters and digits", "Type all five groups"]),
    ],
)
def test_second_step_with_a_backup_code_that_is_not_right_says_what_to_do(
    client: Client, enrolled: Person, kept: list[str], typed: str, said: list[str]
) -> None:
    first_step(client, enrolled.user)
    page = client.post(SECOND, {"backup_code": typed}).content.decode()
    assert [words for words in said if words not in page] == []
    assert "_auth_user_id" not in client.session


def test_second_step_with_a_used_backup_code_says_what_to_do(client: Client, enrolled: Person, kept: list[str]) -> None:
    verify_backup_code(user=enrolled.user, code=kept[0])
    first_step(client, enrolled.user)
    page = client.post(SECOND, {"backup_code": kept[0]}).content.decode()
    assert "That code was already used" in page
    assert "Cross it out and take another one" in page


def test_second_step_offers_no_backup_code_where_none_is_left(
    client: Client, enrolled: Person, kept: list[str]
) -> None:
    first_step(client, enrolled.user)
    assert 'name="backup_code"' in client.get(SECOND).content.decode()
    BackupCode.objects.all().delete()
    page = client.get(SECOND).content.decode()
    assert 'name="backup_code"' not in page
    assert 'name="code"' in page


def test_backup_codes_alone_are_no_second_factor(client: Client, enrolled: Person, kept: list[str]) -> None:
    device_of(enrolled.user).delete()
    assert first_step(client, enrolled.user).url == "/accounts/second-factor/none/"


def test_codes_are_shown_until_they_are_kept_and_never_again(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    assert "You have none yet." in client.get(CODES).content.decode()
    assert client.post(CODES, {"new": "1"}).url == CODES
    page = client.get(CODES)
    shown = page.context["shown"]
    assert shown == client.get(CODES).context["shown"]
    assert "no-store" in page.headers["Cache-Control"]
    assert BackupCodes.objects.count() == 0
    refused = client.post(CODES, {})
    assert refused.status_code == 400
    assert refused.context["shown"] == shown
    done = client.post(CODES, {"kept": "on"})
    assert done.url == "/account/devices/"
    after = client.get(CODES)
    assert after.context["shown"] == []
    assert "Ten of ten are left." in after.content.decode()
    assert client.get(FILE).url == CODES
    assert [mail.kind for mail in Mail.objects.all()] == ["backup_codes_made"]


def test_codes_that_are_shown_are_not_in_clear_in_the_session(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    client.post(CODES, {"new": "1"})
    shown = client.get(CODES).context["shown"]
    kept = " ".join(str(value) for value in dict(client.session).values())
    assert not any(code in kept or code.replace(" ", "") in kept for code in shown)


def test_codes_as_a_file_are_those_of_the_page(client: Client, enrolled: Person) -> None:
    factories.sign_in(client, enrolled)
    client.post(CODES, {"new": "1"})
    shown = client.get(CODES).context["shown"]
    file = client.get(FILE)
    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert file.headers["Content-Disposition"] == 'attachment; filename="noc-backup-codes.txt"'
    assert "no-store" in file.headers["Cache-Control"]
    assert [line[5:] for line in file.content.decode().splitlines() if line[2:3] == "."] == shown


def test_codes_that_were_shown_half_an_hour_ago_cannot_be_kept(client: Client, enrolled: Person, machine) -> None:
    factories.sign_in(client, enrolled)
    client.post(CODES, {"new": "1"})
    machine.shift(1801)
    session = client.session
    session["verified_at"] += 1801
    session.save()
    page = client.post(CODES, {"kept": "on"}, follow=True)
    assert "none of them works. Make ten new ones." in page.content.decode()
    assert BackupCodes.objects.count() == 0
