"""The shipped vocabulary, wording and lexicon, read and compiled once; desks with a scripted model around them."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from app.approved.vocabulary import Vocabulary
from app.approved.wording import Wording
from app.data import Data, read_data
from app.metrics import Metrics
from app.parts import Parts
from app.policy import ActivePolicy
from app.requests import ScriptRequest
from app.scripts.desk import Desk
from app.scripts.intake import Order, take_order
from app.settings import Settings
from app.writing.model import Model
from app.writing.pool import Pool
from guards.policy import Policy
from tests.app.services import client_of, open_service
from tests.app.stores import (
    clock,
    commits,
    hold,
    log,
    make_decision,
    people,
    postgres,
    postgres_url,
    ring,
    sessions,
    sqlite_url,
    store,
    told,
    url,
    writing,
)

__all__ = [
    "clock",
    "commits",
    "hold",
    "log",
    "make_decision",
    "people",
    "postgres",
    "postgres_url",
    "ring",
    "sessions",
    "sqlite_url",
    "store",
    "told",
    "url",
    "writing",
]
"""Stores, which pytest looks for here."""

TakeOrder = Callable[[ScriptRequest], Order]
OpenDesk = Callable[[Model], Desk]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """What the shipped files say; frozen, so that all tests may share it."""
    return read_data(Settings(data_dir=tmp_path_factory.mktemp("unused")), Metrics())


class Shipped:
    """The same with a short name of its own, for tests whose failures print their arguments."""

    def __init__(self, data: Data) -> None:
        self.vocabulary = data.vocabulary
        self.wording = data.wording
        self.policy = data.policy

    def __repr__(self) -> str:
        return "shipped"


@pytest.fixture(scope="session")
def shipped(data: Data) -> Shipped:
    """What the shipped files say, in few words."""
    return Shipped(data)


@pytest.fixture(scope="session")
def vocabulary(data: Data) -> Vocabulary:
    """The shipped vocabulary."""
    return data.vocabulary


@pytest.fixture(scope="session")
def wording(data: Data) -> Wording:
    """The shipped wording."""
    return data.wording


@pytest.fixture(scope="session")
def policy(data: Data) -> Policy:
    """The shipped rules, compiled."""
    return data.policy


@pytest.fixture(scope="session")
def take(data: Data) -> TakeOrder:
    """Makes an order of a request."""
    return lambda request: take_order(request, data.vocabulary, data.wording)


@pytest.fixture(scope="session")
def open_desk(data: Data) -> OpenDesk:
    """Makes a desk with an empty pool around a model."""
    return lambda model: Desk(ActivePolicy(data.policy, data.wording), model, Pool())


@pytest.fixture
async def parts(data: Data, tmp_path: Path, model: Model) -> AsyncIterator[Parts]:
    """The service around the module's own `model`, on an empty store, on loopback."""
    async with open_service(data, tmp_path, model) as opened:
        yield opened


@pytest.fixture
async def client(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """A client without a key."""
    async with client_of(parts) as opened:
        yield opened
