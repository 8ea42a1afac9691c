"""What a test does in a person's place: read the telephone, send the two steps."""

from __future__ import annotations

from django.http import HttpResponse
from django.test import Client

from portal.access import clock
from portal.accounts.models import AuthenticatorDevice, User
from portal.accounts.models.devices import step_at
from tests import factories


def device_of(user: User) -> AuthenticatorDevice:
    """Return the user's only device, fresh from the database."""
    return AuthenticatorDevice.objects.get(user=user)


def code_of(user: User, steps: int = 0) -> str:
    """Return what the user's telephone shows `steps` time steps from now."""
    return device_of(user).code_at(step_at(clock.machine_now()) + steps)


def wrong_code(user: User) -> str:
    """Return six digits that no step near the present makes."""
    device = device_of(user)
    near = {device.code_at(step_at(clock.machine_now()) + steps) for steps in range(-3, 4)}
    return next(code for code in (f"{number:06}" for number in range(10)) if code not in near)


def first_step(client: Client, user: User, password: str = factories.PASSWORD, **data: str) -> HttpResponse:
    """Send e-mail address and password; returns the answer."""
    return client.post("/accounts/login/", {"login": user.email, "password": password, **data})


def second_step(client: Client, code: str, **data: str) -> HttpResponse:
    """Send a code; returns the answer."""
    return client.post("/accounts/second-factor/", {"code": code, **data})
