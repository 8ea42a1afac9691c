"""People whose data is copied and forgotten."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from portal.community.models import Person
from tests import factories


@pytest.fixture(autouse=True)
def _files(settings: LazySettings, tmp_path) -> None:
    settings.PROTECTED_ROOT = tmp_path / "protected"


@pytest.fixture
def member(db: None) -> Person:
    """A member without a task."""
    return factories.person("Ilze Paraugs", "LV", email="ilze@example.org", groups=[factories.group()])


@pytest.fixture
def office(db: None) -> Person:
    """Somebody of the programme office; there is a second one."""
    factories.person("Michał Szablonowy", "PL", roles=[("office", "")], email="michal@example.org")
    return factories.person("Anna Wzorowa", "PL", roles=[("office", "")], email="anna@example.org")


@pytest.fixture
def officer(db: None) -> Person:
    """The data protection officer."""
    return factories.person("Hélène Échantillon", "PT", roles=[("data_protection", "")], email="helene@example.org")
