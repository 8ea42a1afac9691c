"""Adding a further authenticator app, names, and taking an app or a passkey away."""

from __future__ import annotations

from django.db import transaction
from django_otp.models import Device

from portal.access import clock
from portal.access.viewer import Viewer
from portal.accounts.domain.codes import Outcome, verify_code
from portal.accounts.domain.letters import tell_owner
from portal.accounts.domain.sessions import end_all
from portal.accounts.models import AuthenticatorDevice, Passkey, User
from portal.journal import door

#: What a first app is called until its owner renames it.
APP_NAME = "Authenticator app"
#: The kinds that are listed by name; how an address writes them.
KINDS: dict[str, type[Device]] = {"app": AuthenticatorDevice, "passkey": Passkey}
LONGEST_NAME = 64


class DeviceRefused(Exception):
    """A change of the devices that is not made. `reason` is "last" or "gone"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def device_of(*, user: User, kind: str, pk: int) -> Device:
    """Return one of the user's confirmed apps or passkeys. Raises `DeviceRefused` "gone" where there is none."""
    device = KINDS[kind].objects.filter(user=user, confirmed=True, pk=pk).first()
    if device is None:
        raise DeviceRefused("gone")
    return device


def free_name(*, user: User) -> str:
    """Return what a further app may be called: "Authenticator app 2"."""
    taken = set(AuthenticatorDevice.objects.filter(user=user, confirmed=True).values_list("name", flat=True))
    numbered = (f"{APP_NAME} {number}" for number in range(2, len(taken) + 3))
    return next(name for name in (APP_NAME, *numbered) if name not in taken)


def begin_app(*, user: User) -> AuthenticatorDevice:
    """Return a fresh app whose seed is to be shown; it opens nothing before its first code."""
    return AuthenticatorDevice.objects.create(user=user, name=APP_NAME, confirmed=False)


def unfinished_app(*, user: User, pk: int) -> AuthenticatorDevice | None:
    """Return an app of `user` whose seed was shown and that waits for its first code, or None."""
    return AuthenticatorDevice.objects.filter(user=user, confirmed=False, pk=pk).first()


def confirm_app(*, device: AuthenticatorDevice, code: str, name: str, by: Viewer) -> Outcome:
    """Add the app by its first code, under `name`; journalled and mailed. A wrong one changes nothing but the pause."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=device.user_id)
        outcome = verify_code(user=user, code=code, device=device)
        if outcome.device is None:
            return outcome
        outcome.device.name, outcome.device.confirmed = name, True
        outcome.device.save(update_fields=["name", "confirmed"])
        door.record(thing=user, verb="second_factor_added", by=by, data={"device": name, "kind": "app"})
        tell_owner(user=user, template="second_factor_added", context={"device": outcome.device, "at": clock.now()})
    return outcome


def rename(*, user: User, kind: str, pk: int, name: str, by: Viewer) -> Device:
    """Give an app or a passkey another name; journalled. Raises `DeviceRefused`."""
    with transaction.atomic():
        device = device_of(user=user, kind=kind, pk=pk)
        before, device.name = device.name, name
        if before != name:
            device.save(update_fields=["name"])
            door.record(thing=user, verb="second_factor_renamed", by=by, data={"from": before, "to": name})
    return device


def remove(*, user: User, kind: str, pk: int, keep_session: str | None, by: Viewer) -> Device:
    """Take an app or a passkey away, and end the owner's sessions but the one under the key `keep_session`.

    Journalled and mailed. Raises `DeviceRefused`: the last one stays, also when two are removed at once.
    """
    with transaction.atomic():
        # Not the key: whoever has a device locked and writes a row about its owner must not wait for us.
        owner = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        device = device_of(user=owner, kind=kind, pk=pk)
        if sum(model.objects.filter(user=owner, confirmed=True).count() for model in KINDS.values()) < 2:
            raise DeviceRefused("last")
        facts = {"device": device.name, "kind": kind}
        device.delete()
        door.record(thing=owner, verb="second_factor_removed", by=by, data=facts)
        end_all(user=owner, reason="device", except_key=keep_session, by=by)
        tell_owner(user=owner, template="second_factor_removed", context={**facts, "at": clock.now()})
    return device
