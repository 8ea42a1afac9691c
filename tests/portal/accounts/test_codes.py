"""Codes are accepted once, near the present, and not too many are tried."""

from __future__ import annotations

import pytest

from portal.access import clock
from portal.accounts.domain.codes import Kind, NoDevice, NotLocal, sample_code, tidy, verify_code
from portal.accounts.models import AuthenticatorDevice
from portal.accounts.models.devices import step_at
from portal.community.models import Person
from portal.journal.models import Entry
from portal.outbox.models import Mail
from tests.portal.accounts.telephone import code_of, device_of, wrong_code


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("steps", "kind"), [(-2, Kind.WRONG), (-1, Kind.OK), (0, Kind.OK), (1, Kind.OK), (2, Kind.WRONG)]
)
def test_verify_code_allows_one_step_of_drift(enrolled: Person, steps: int, kind: Kind) -> None:
    assert verify_code(user=enrolled.user, code=code_of(enrolled.user, steps)).kind is kind


@pytest.mark.usefixtures("machine")
def test_verify_code_refuses_a_used_code_and_older_ones(enrolled: Person) -> None:
    user = enrolled.user
    assert verify_code(user=user, code=code_of(user)).ok
    assert verify_code(user=user, code=code_of(user)).kind is Kind.USED
    assert verify_code(user=user, code=code_of(user, -1)).kind is Kind.USED
    assert device_of(user).throttling_failure_count == 0


def test_verify_code_takes_the_next_one_after_a_used_code(enrolled: Person, machine) -> None:
    verify_code(user=enrolled.user, code=code_of(enrolled.user))
    machine.shift(30)
    assert verify_code(user=enrolled.user, code=code_of(enrolled.user)).ok


def test_verify_code_pauses_twice_as_long_after_each_wrong_code(enrolled: Person, machine) -> None:
    user = enrolled.user
    for pause in (1, 2, 4, 8):
        assert verify_code(user=user, code=wrong_code(user)).kind is Kind.WRONG
        machine.shift(pause - 0.5)
        blocked = verify_code(user=user, code=code_of(user))
        assert (blocked.kind, blocked.pause) == (Kind.THROTTLED, "1 second")
        machine.shift(0.5)
    assert verify_code(user=user, code=code_of(user)).ok
    assert device_of(user).throttling_failure_count == 0


@pytest.mark.usefixtures("machine")
def test_verify_code_while_paused_does_not_say_whether_the_code_was_right(enrolled: Person) -> None:
    user = enrolled.user
    verify_code(user=user, code=wrong_code(user))
    right, wrong = verify_code(user=user, code=code_of(user)), verify_code(user=user, code=wrong_code(user))
    assert (right.kind, right.advice) == (wrong.kind, wrong.advice)


def test_verify_code_lets_pauses_grow_to_half_an_hour_at_most(enrolled: Person, machine) -> None:
    user = enrolled.user
    for _ in range(20):
        verify_code(user=user, code=wrong_code(user))
        machine.shift(3600)
    verify_code(user=user, code=wrong_code(user))
    assert verify_code(user=user, code=code_of(user)).pause == "35 minutes"


def test_verify_code_tells_the_owner_once_after_five_wrong_codes(enrolled: Person, machine) -> None:
    user = enrolled.user
    for _ in range(7):
        verify_code(user=user, code=wrong_code(user))
        machine.shift(120)
    mail = Mail.objects.get()
    assert (mail.to_address, mail.subject) == ("maja@example.org", "Wrong codes at your account")
    assert "typed 5 wrong codes in a row" in mail.body
    assert Entry.objects.filter(verb="wrong_codes", thing_id=str(user.pk)).count() == 1


def test_verify_code_with_two_devices_takes_either_and_ends_both_pauses(enrolled: Person, machine) -> None:
    user = enrolled.user
    first = device_of(user)
    second = AuthenticatorDevice.objects.create(user=user, name="Tablet")
    step = step_at(clock.machine_now())
    near = {device.code_at(step + steps) for device in (first, second) for steps in range(-2, 3)}
    bad = next(code for code in (f"{number:06}" for number in range(20)) if code not in near)
    assert verify_code(user=user, code=bad).kind is Kind.WRONG
    machine.shift(2)
    done = verify_code(user=user, code=second.code_at(step))
    assert done.device == second
    assert list(AuthenticatorDevice.objects.values_list("throttling_failure_count", flat=True)) == [0, 0]


@pytest.mark.usefixtures("machine")
def test_verify_code_does_not_say_that_a_code_is_right_soon(enrolled: Person) -> None:
    outcome = verify_code(user=enrolled.user, code=code_of(enrolled.user, 3))
    assert outcome.steps_off is None
    assert "let the telephone set its clock by itself" in outcome.advice


@pytest.mark.usefixtures("machine")
def test_verify_code_ignores_a_device_that_was_never_confirmed(enrolled: Person) -> None:
    AuthenticatorDevice.objects.update(confirmed=False)
    assert verify_code(user=enrolled.user, code=code_of(enrolled.user)).kind is Kind.WRONG


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("418204", "418204"), (" 418 204 ", "418204"), ("418-204", "418204"), ("４１８２０４", "418204"), ("41820", None)],
)
def test_tidy_reads_what_was_meant(typed: str, meant: str | None) -> None:
    assert tidy(typed) == meant


@pytest.mark.usefixtures("machine")
def test_sample_code_is_what_the_telephone_shows(enrolled: Person) -> None:
    found = sample_code(email="Maja@Example.org")
    assert (found.code, found.usable, found.seconds_left) == (code_of(enrolled.user), True, 20)


@pytest.mark.usefixtures("machine")
def test_sample_code_after_use_is_the_next_one(enrolled: Person) -> None:
    verify_code(user=enrolled.user, code=code_of(enrolled.user))
    found = sample_code(email="maja@example.org")
    assert (found.code, found.usable) == (code_of(enrolled.user, 1), False)
    assert found.begins.isoformat() == "2026-11-20T14:00:30+00:00"


def test_sample_code_outside_the_local_settings_is_refused(enrolled: Person, settings) -> None:
    settings.NOC_LOCAL = False
    with pytest.raises(NotLocal):
        sample_code(email="maja@example.org")


def test_sample_code_of_nobody_is_refused(db: None) -> None:
    with pytest.raises(NoDevice):
        sample_code(email="nobody@example.org")


@pytest.mark.usefixtures("machine")
def test_verify_code_says_of_a_paused_device_s_code_what_it_says_of_any_wrong_one(enrolled: Person) -> None:
    user = enrolled.user
    verify_code(user=user, code=wrong_code(user))
    # A second app, which is not paused: its codes are looked at.
    AuthenticatorDevice.objects.create(user=user, name="Tablet")
    paused = next(each for each in AuthenticatorDevice.objects.filter(user=user) if each.blocked_until())
    right = paused.code_at(step_at(clock.machine_now()))
    assert verify_code(user=user, code=right).kind is Kind.WRONG
