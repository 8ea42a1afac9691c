from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.community.models import Person
from portal.files import owners


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> Path:
    settings.PROTECTED_ROOT = tmp_path / "protected"
    return tmp_path / "protected"


@pytest.fixture(autouse=True)
def people_own_files() -> Iterator[None]:
    """For these tests a person's file is visible to people of the same country."""
    owners.register("community.Person", lambda viewer: Person.objects.filter(country_id=viewer.country))
    yield
    owners.unregister("community.Person")
