import pytest
from django.test import RequestFactory

from portal.access.viewer import ANONYMOUS, MEMBERS, PUBLIC, Viewer
from tests.content import sample_content

__all__ = ["sample_content"]


@pytest.fixture
def member() -> Viewer:
    return Viewer(
        user_id=7,
        verified=True,
        person_id=3,
        name="Ilze Paraugs",
        country="LV",
        principals=frozenset({PUBLIC, MEMBERS}),
    )


@pytest.fixture
def ask(rf: RequestFactory):
    """Return a function that makes a request with a viewer, without any middleware."""

    def make(path: str = "/", viewer: Viewer = ANONYMOUS, **cookies: str):
        rf.cookies.clear()
        rf.cookies.load(cookies)
        request = rf.get(path)
        request.viewer = viewer
        return request

    return make
