"""An application that is being written, and the browser of whoever writes it."""

import pytest
from django.test import Client

from exchanges.models import Application
from tests.exchanges import factories as make
from tests.factories import sign_in


@pytest.fixture
def application() -> Application:
    """A draft of a shift leader from Latvia, in a call with three weeks."""
    return make.draft(make.open_call(weeks=3))


@pytest.fixture
def mine(application: Application) -> Client:
    """The applicant's browser."""
    return sign_in(Client(), application.applicant)
