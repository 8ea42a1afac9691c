from collections.abc import Iterator

import pytest
from django.db import connection

from portal.access.viewer import Viewer
from portal.journal.machine import Machine, Transition, by_system, machines, register
from tests import factories
from tests.portal.journal.models import Lamp, LampState


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Lamp)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Lamp)


def has_bulb(lamp: Lamp) -> str | None:
    """There is a bulb."""
    return None if lamp.has_bulb else "There is no bulb."


def has_power(lamp: Lamp) -> str | None:
    return None if lamp.has_power else "There is no power."


MACHINE = Machine(
    model="test_journal.Lamp",
    states=LampState,
    start=LampState.OFF,
    transitions=(
        Transition("light", (LampState.OFF,), LampState.ON, lambda lamp, viewer: viewer.holds("office"),
                   "the office", (has_bulb, has_power)),
        Transition("darken", (LampState.ON,), LampState.OFF, lambda lamp, viewer: viewer.is_member, "a member"),
        Transition("burn_out", (LampState.OFF, LampState.ON), LampState.BROKEN, by_system, "the clock"),
    ),
)  # fmt: skip


@pytest.fixture
def machine() -> Iterator[Machine]:
    register(MACHINE)
    yield MACHINE
    machines.pop("test_journal.lamp")


@pytest.fixture
def lamp(db: None, machine: Machine) -> Iterator[Lamp]:
    yield Lamp.objects.create(name="Desk")
    Lamp.objects.all().delete()


@pytest.fixture
def office(db: None) -> Viewer:
    return factories.viewer(factories.person(name="Olga Office", roles=[("office", "")]))


@pytest.fixture
def member(db: None) -> Viewer:
    return factories.viewer(factories.person(name="Max Member"))
