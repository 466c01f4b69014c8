"""The shipped data, read once, and the service around a scripted model: in this process, and behind a real port."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from app.application import build_app
from app.data import Data, read_data
from app.metrics import Metrics
from app.parts import Parts
from app.settings import Settings
from heyan import AsyncClient
from tests.app.services import open_service, writer
from tests.heyan.services import served


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """What the shipped files say; frozen, so that all tests may share it."""
    return read_data(Settings(data_dir=tmp_path_factory.mktemp("unused")), Metrics())


@pytest.fixture(scope="module")
def url(data: Data, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the service behind a real port of this machine."""
    with served(data, tmp_path_factory.mktemp("served"), writer()) as address:
        yield address


@pytest.fixture
async def parts(data: Data, tmp_path: Path) -> AsyncIterator[Parts]:
    """The service on an empty store, on loopback."""
    async with open_service(data, tmp_path, writer()) as opened:
        yield opened


@pytest.fixture
def transport(parts: Parts) -> httpx.AsyncBaseTransport:
    """The way into that service."""
    return httpx.ASGITransport(build_app(parts))


@pytest.fixture
async def client(transport: httpx.AsyncBaseTransport) -> AsyncIterator[AsyncClient]:
    """A client of that service which waits as long as it takes."""
    async with AsyncClient("http://heyan", timeout=30, transport=transport) as opened:
        yield opened
