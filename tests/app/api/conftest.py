"""A fresh service for each test, and its client."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.api.parts import Parts
from app.main import Data
from tests.app.services import client_of, open_service, writer
from tests.fakes import FakeModel


@pytest.fixture
def model() -> FakeModel:
    """The model that the service asks."""
    return writer()


@pytest.fixture
async def parts(data: Data, tmp_path: Path, model: FakeModel) -> AsyncIterator[Parts]:
    """The parts, on an empty store, on loopback."""
    async with open_service(data, tmp_path, model) as opened:
        yield opened


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with client_of(parts) as opened:
        yield opened
