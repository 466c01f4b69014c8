"""How a store's address becomes a SQLAlchemy engine, and a driver's error a StoreError."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.errors import ConfigurationError, StoreError
from app.records.errors import describe
from app.records.sqlite import prepare_file, set_durable

DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_CONNECT_SECONDS = 5.0
"""For which a server that does not answer is waited for."""
_OUT_OF_REACH = ("08", "53", "57")
"""Classes of SQLSTATE: no connection, no resources, and a server that starts or stops."""


def connect(url: str, *, lock_seconds: float = 5.0) -> AsyncEngine:
    """An engine for `sqlite:///file` or `postgresql://…`; nothing but the SQLite file is touched yet.

    `lock_seconds` is how long a SQLite writer waits for another process to finish. Raises StoreError;
    ConfigurationError where the driver is not installed.
    """
    address = parse(url)
    # Parameters stay out of error messages, and so out of logs.
    options = {"hide_parameters": True, "json_serializer": partial(json.dumps, ensure_ascii=False, allow_nan=False)}
    if address.get_backend_name() == "sqlite":
        prepare_file(address)
        engine = create_async_engine(address, connect_args={"timeout": lock_seconds}, **options)
        set_durable(engine, lock_seconds)
        return engine
    try:
        return create_async_engine(address, pool_pre_ping=True, connect_args={"timeout": _CONNECT_SECONDS}, **options)
    except ModuleNotFoundError as missing:
        raise ConfigurationError(
            f"a PostgreSQL store needs {missing.name}, which is not installed: pip install 'heyan[postgres]'"
        ) from None


def parse(url: str) -> URL:
    """The address with the asynchronous driver filled in. Raises StoreError for any other kind of address."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        # The text itself stays out of the message: it may hold a password.
        raise StoreError("the store's address is no URL: expected sqlite:///file or postgresql://…") from None
    if address.drivername not in DRIVERS:
        raise StoreError(f"cannot store in {address.drivername!r}: expected sqlite:///file or postgresql://…")
    return address.set(drivername=DRIVERS[address.drivername])


@contextmanager
def as_store_error(doing: str) -> Iterator[None]:
    """Turn whatever SQLAlchemy, a driver or the system raises into a StoreError: `cannot {doing}: …`."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        reason = f"cannot {doing}: {describe(error)}"
        raise StoreError(reason, is_out_of_reach=_is_out_of_reach(error)) from error


def _is_out_of_reach(error: Exception) -> bool:
    """Whether the store may answer later as it is: one that answers with a refusal would refuse again."""
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    if state:
        return str(state)[:2] in _OUT_OF_REACH
    return isinstance(error, OSError | OperationalError | InterfaceError)
