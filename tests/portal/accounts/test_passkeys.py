"""Passkeys below the views: challenges are spent once, answers are checked, the owner is told."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from webauthn.helpers import bytes_to_base64url

from portal.access.viewer import SYSTEM, viewer_for
from portal.accounts.domain import passkeys, resets
from portal.accounts.domain.passkeys import Kind
from portal.accounts.models import AuthenticatorDevice, Passkey, PasskeyChallenge, User
from portal.accounts.tasks import clear_sessions
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests.portal.accounts.authenticator import Authenticator, spoil

HERE, ELSEWHERE = "a" * 32, "b" * 32


@pytest.fixture
def owner(db: None) -> User:
    """An account with an authenticator app."""
    return with_app("owner@example.org")


@pytest.fixture
def stranger(db: None) -> User:
    """Another account."""
    return with_app("stranger@example.org")


def with_app(email: str) -> User:
    """Return a new account with an authenticator app."""
    user = User.objects.create_user(email)
    AuthenticatorDevice.objects.create(user=user, name="Telephone")
    return user


def bind(user: User, device: Authenticator, name: str = "Work telephone") -> passkeys.Outcome:
    """Register the device's key."""
    answer = device.make(passkeys.begin_registration(user=user, binding=HERE))
    return passkeys.register(user=user, binding=HERE, answer=answer, name=name, by=viewer_for(user=user, verified=True))


def use(user: User, device: Authenticator) -> passkeys.Outcome:
    """Use the device's key."""
    answer = device.use(passkeys.begin(user=user, binding=HERE))
    return passkeys.verify(user=user, binding=HERE, answer=answer)


def test_registered_passkey_is_accepted_and_its_use_noted(owner: User) -> None:
    device = Authenticator()
    bound = bind(owner, device)
    assert (bound.kind, bound.device.name, bound.device.last_used_at) == (Kind.OK, "Work telephone", None)
    outcome = use(owner, device)
    assert (outcome.kind, outcome.device) == (Kind.OK, Passkey.objects.get())
    assert outcome.device.last_used_at is not None
    assert outcome.device.sign_count == 1


def test_registering_is_journalled_and_the_owner_told(owner: User) -> None:
    bind(owner, Authenticator())
    entry = Entry.objects.get(verb="second_factor_added")
    assert (entry.thing_id, entry.detail.data) == (str(owner.pk), {"device": "Work telephone", "kind": "passkey"})
    mail = Mail.objects.get()
    assert (mail.to_address, mail.kind) == ("owner@example.org", "second_factor_added")
    assert "“Work telephone”" in mail.body


def test_options_ask_for_user_verification_and_name_our_host(owner: User, settings) -> None:
    made = passkeys.begin_registration(user=owner, binding=HERE)
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["attestation"] == "none"
    assert made["rp"] == {"name": "NOC Community", "id": "localhost"}
    assert (made["user"]["name"], made["user"]["displayName"]) == ("owner@example.org", "owner@example.org")
    assert made["timeout"] == 300_000
    device = Authenticator()
    bind(owner, device)
    asked = passkeys.begin(user=owner, binding=HERE)
    assert (asked["userVerification"], asked["rpId"], asked["timeout"]) == ("required", "localhost", 300_000)
    assert [each["id"] for each in asked["allowCredentials"]] == [json.loads(device.use(asked))["id"]]
    again = passkeys.begin_registration(user=owner, binding=HERE)
    assert [each["id"] for each in again["excludeCredentials"]] == [each["id"] for each in asked["allowCredentials"]]


def test_options_show_nobody_elses_passkeys(owner: User, stranger: User) -> None:
    bind(stranger, Authenticator())
    with pytest.raises(passkeys.NoPasskey):
        passkeys.begin(user=owner, binding=HERE)
    assert passkeys.begin_registration(user=owner, binding=HERE)["excludeCredentials"] == []


def test_answer_is_taken_once(owner: User) -> None:
    device = Authenticator()
    bind(owner, device)
    answer = device.use(passkeys.begin(user=owner, binding=HERE))
    kinds = [passkeys.verify(user=owner, binding=HERE, answer=answer).kind for _ in range(2)]
    assert kinds == [Kind.OK, Kind.STALE]


def test_answer_that_failed_cannot_be_tried_again(owner: User) -> None:
    device = Authenticator()
    bind(owner, device)
    answer = device.use(passkeys.begin(user=owner, binding=HERE))
    assert passkeys.verify(user=owner, binding=HERE, answer=spoil(answer, "signature")).kind is Kind.REFUSED
    assert passkeys.verify(user=owner, binding=HERE, answer=answer).kind is Kind.STALE


@pytest.mark.parametrize(("seconds", "kind"), [(299, Kind.OK), (300, Kind.STALE)])
def test_challenge_lasts_five_minutes(owner: User, machine, seconds: int, kind: Kind) -> None:
    device = Authenticator()
    bind(owner, device)
    answer = device.use(passkeys.begin(user=owner, binding=HERE))
    machine.shift(seconds)
    assert passkeys.verify(user=owner, binding=HERE, answer=answer).kind is kind


def test_answer_from_another_browser_is_stale_and_stays_good_for_its_own(owner: User) -> None:
    device = Authenticator()
    bind(owner, device)
    answer = device.use(passkeys.begin(user=owner, binding=HERE))
    assert passkeys.verify(user=owner, binding=ELSEWHERE, answer=answer).kind is Kind.STALE
    assert passkeys.verify(user=owner, binding=HERE, answer=answer).kind is Kind.OK


def test_challenge_of_one_purpose_serves_no_other(owner: User) -> None:
    device = Authenticator()
    bind(owner, device)
    made = passkeys.begin_registration(user=owner, binding=HERE)
    answer = device.use({"challenge": made["challenge"], "rpId": made["rp"]["id"]})
    assert passkeys.verify(user=owner, binding=HERE, answer=answer).kind is Kind.STALE


def test_challenge_of_another_account_is_stale(owner: User, stranger: User) -> None:
    device = Authenticator()
    bind(owner, device)
    bind(stranger, Authenticator())
    answer = device.use(passkeys.begin(user=stranger, binding=HERE))
    assert passkeys.verify(user=owner, binding=HERE, answer=answer).kind is Kind.STALE


def test_passkey_of_another_account_is_refused_and_the_owner_told_once_a_day(owner: User, stranger: User) -> None:
    theirs = Authenticator()
    bind(owner, Authenticator())
    bind(stranger, theirs)
    Mail.objects.all().delete()
    for _ in range(3):
        assert use(owner, theirs) == passkeys.Outcome(Kind.UNKNOWN)
    assert use(stranger, theirs).kind is Kind.OK
    assert list(Mail.objects.values_list("to_address", "kind")) == [("owner@example.org", "passkey_refused")]
    assert Entry.objects.filter(verb="passkey_refused", thing_id=str(owner.pk)).count() == 3


def test_one_credential_never_belongs_to_two_accounts(owner: User, stranger: User) -> None:
    device = Authenticator()
    bind(owner, device)
    assert bind(stranger, device).kind is Kind.TAKEN
    assert bind(owner, device).kind is Kind.TAKEN
    assert list(Passkey.objects.values_list("user", flat=True)) == [owner.pk]


def test_passkey_used_without_screen_lock_is_refused_with_the_reason(owner: User) -> None:
    device = Authenticator()
    bind(owner, device)
    device.unlocked = False
    assert use(owner, device).kind is Kind.UNLOCKED
    assert bind(owner, Authenticator(unlocked=False)).kind is Kind.UNLOCKED
    assert Passkey.objects.count() == 1


def test_answer_made_for_another_site_is_refused(owner: User) -> None:
    device = Authenticator()
    bind(owner, device)
    device.origin = "https://portal.example.net"
    assert use(owner, device).kind is Kind.REFUSED
    assert bind(owner, Authenticator(origin="https://portal.example.net")).kind is Kind.REFUSED


def test_counter_that_goes_back_is_refused(owner: User) -> None:
    device = Authenticator(counter=10)
    bind(owner, device)
    assert use(owner, device).kind is Kind.OK
    device.counter = 5
    assert use(owner, device).kind is Kind.REFUSED
    assert Passkey.objects.get().sign_count == 11


def test_passkey_that_was_removed_or_is_not_confirmed_is_unknown(owner: User) -> None:
    device = Authenticator()
    bind(owner, Authenticator())
    bind(owner, device, "Lost")
    Passkey.objects.filter(name="Lost").update(confirmed=False)
    assert use(owner, device).kind is Kind.UNKNOWN
    Passkey.objects.filter(name="Lost").delete()
    assert use(owner, device).kind is Kind.UNKNOWN


def test_passkeys_without_a_name_are_numbered_and_a_name_is_tidied(owner: User) -> None:
    names = [bind(owner, Authenticator(), name).device.name for name in ("", "  ", " Key  on the ring ", "")]
    assert names == ["Passkey", "Passkey 2", "Key on the ring", "Passkey 3"]


def test_passkeys_of_an_account_stand_in_the_order_of_last_use(owner: User, machine) -> None:
    devices = [Authenticator() for _ in range(3)]
    for number, device in enumerate(devices):
        bind(owner, device, f"Key {number}")
        machine.shift(60)
    use(owner, devices[0])
    assert [passkey.name for passkey in passkeys.passkeys_of(user=owner)] == ["Key 0", "Key 2", "Key 1"]


def test_challenges_nobody_answers_are_bounded_and_forgotten(owner: User, machine) -> None:
    bind(owner, Authenticator())
    for _ in range(12):
        passkeys.begin(user=owner, binding=HERE)
    passkeys.begin(user=owner, binding=ELSEWHERE)
    assert PasskeyChallenge.objects.filter(binding=HERE).count() == passkeys.MOST_OPEN
    machine.shift(301)
    passkeys.begin(user=owner, binding=HERE)
    assert PasskeyChallenge.objects.count() == 1
    machine.shift(301)
    clear_sessions()
    assert PasskeyChallenge.objects.count() == 0


def test_challenges_differ_and_are_long(owner: User) -> None:
    bind(owner, Authenticator())
    made = [passkeys.begin(user=owner, binding=HERE)["challenge"] for _ in range(3)]
    assert len(set(made)) == 3
    assert {len(challenge) for challenge in made} == {86}


def test_two_tabs_of_one_browser_both_work(owner: User) -> None:
    device = Authenticator()
    bind(owner, device)
    first, second = (passkeys.begin(user=owner, binding=HERE) for _ in range(2))
    assert passkeys.verify(user=owner, binding=HERE, answer=device.use(first)).kind is Kind.OK
    assert passkeys.verify(user=owner, binding=HERE, answer=device.use(second)).kind is Kind.OK


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("", Kind.MISSING),
        ("null", Kind.MISSING),
        ("{", Kind.REFUSED),
        ("[]", Kind.REFUSED),
        ('{"response": 1}', Kind.REFUSED),
        ('{"response": {"clientDataJSON": "!"}}', Kind.REFUSED),
        ("[" * 5_000, Kind.REFUSED),
        ('"' + "x" * 40_000, Kind.REFUSED),
    ],
)
def test_answer_that_is_none_is_refused(owner: User, answer: str, kind: Kind) -> None:
    assert passkeys.verify(user=owner, binding=HERE, answer=answer).kind is kind
    assert Entry.objects.filter(verb="passkey_refused").count() == 0


@pytest.mark.parametrize("challenge", ["x\x00y", "\udc80", "é" * 10, "x" * 5_000, 7, None, ["x"]])
def test_challenge_no_database_would_take_is_stale(owner: User, challenge) -> None:
    device = Authenticator()
    answer = json.loads(device.use({"challenge": "x", "rpId": "localhost"}))
    client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": "http://localhost:8000"})
    answer["response"]["clientDataJSON"] = bytes_to_base64url(client.encode("utf-8", "surrogatepass"))
    assert passkeys.verify(user=owner, binding=HERE, answer=json.dumps(answer)).kind is Kind.STALE


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=40), st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    st.binary(max_size=200).map(bytes_to_base64url),
)  # fmt: skip


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    place=st.sampled_from(
        ["id", "rawId", "type", "authenticatorAttachment", "clientExtensionResults", "attestationObject",
         "authenticatorData", "signature", "userHandle", "transports"]
    ),
    junk=JUNK,
)  # fmt: skip
def test_answer_with_anything_in_any_place_is_refused_and_never_an_error(owner: User, place: str, junk) -> None:
    device = Authenticator()
    if not Passkey.objects.exists():
        bind(owner, device)
    for make, options, check in (
        (device.use, passkeys.begin(user=owner, binding=HERE), passkeys.verify),
        (device.make, passkeys.begin_registration(user=owner, binding=HERE), passkeys.receive),
    ):
        answer = json.loads(make(options))
        (answer if place in answer else answer["response"])[place] = junk
        outcome = check(user=owner, binding=HERE, answer=json.dumps(answer))
        if isinstance(outcome, passkeys.Received):
            outcome = outcome.bind(name="")
        assert outcome.kind in set(Kind)
        assert (outcome.device is not None) == outcome.ok


def test_account_whose_devices_were_taken_away_meanwhile_keeps_no_new_passkey(owner: User) -> None:
    """A thief's browser, stopped by the release of a lost device between the two requests."""
    device = Authenticator()
    answer = device.make(passkeys.begin_registration(user=owner, binding=HERE))
    resets.start_anew(user=owner, by=SYSTEM)
    by = viewer_for(user=owner, verified=True)
    assert passkeys.register(user=owner, binding=HERE, answer=answer, name="", by=by).kind is Kind.STALE
    assert Passkey.objects.count() == 0
