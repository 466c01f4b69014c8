"""The model behind the service that the routes' tests ask."""

import pytest

from tests.app.services import writer
from tests.fakes import FakeModel


@pytest.fixture
def model() -> FakeModel:
    """The model that the service asks."""
    return writer()
