"""The desk of turns on the shipped data."""

from collections.abc import Callable
from typing import Any

import pytest

from app.approved.agreement import Limits
from app.data import Data
from app.policy import Ruling
from app.turns.book import Book
from app.turns.desk import TurnDesk
from tests.app.services import understood
from tests.app.turns.calls import Call

OpenCall = Callable[[dict[str, Any]], Call]


@pytest.fixture(scope="session")
def ruling(data: Data) -> Ruling:
    """The shipped rules and wording."""
    return Ruling(data.policy, data.wording)


@pytest.fixture(scope="session")
def turn_desk(data: Data, ruling: Ruling) -> TurnDesk:
    """The desk as shipped."""
    return TurnDesk(data.vocabulary, Limits(), understood(), ruling)


@pytest.fixture(scope="session")
def book(turn_desk: TurnDesk, ruling: Ruling) -> Book:
    """What may come next, as shipped."""
    return turn_desk.book(ruling)


@pytest.fixture(scope="session")
def call(turn_desk: TurnDesk, ruling: Ruling) -> OpenCall:
    """Opens a call."""
    return lambda of: Call(turn_desk, ruling, of)
