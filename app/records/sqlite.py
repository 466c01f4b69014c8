"""SQLite's side of the store: a private file, WAL with an fsync on every commit, and explicit transactions."""

import asyncio
import os
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import AsyncEngine

from app.errors import StoreError

IMMEDIATE = "heyan_immediate"
"""Execution option of a connection: take SQLite's write lock at BEGIN, before the first read."""

_PAUSE = 0.01
"""Seconds between two attempts to set the journal."""


def prepare_file(url: URL) -> None:
    """Create the database's directory (0700) and file (0600) where they are missing; its WAL gets the file's mode.

    Raises StoreError when the address names no file, since an answer must be on disk before it is sent.
    """
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StoreError("a SQLite store must be a file: sqlite:///relative/path or sqlite:////absolute/path")
    path = Path(url.database)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"cannot write the store {path}: {error.strerror}", is_out_of_reach=True) from error


class QuickReader:
    """Answers small questions about a SQLite file at once, in microseconds, on a connection of its own.

    It waits for no writer, since the journal is a WAL, and sees what any process has committed.
    """

    def __init__(self, url: URL) -> None:
        path = Path(url.database or "").absolute()
        self._connection = sqlite3.connect(
            f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )

    def has(self, query: str, *values: str) -> bool:
        """Whether the query has a row. Raises sqlite3.Error."""
        return bool(self._connection.execute(query, values).fetchall())

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def set_durable(engine: AsyncEngine, lock_seconds: float) -> None:
    """Make every connection of the engine durable (WAL, synchronous=FULL) and its transactions explicit."""
    event.listen(engine.sync_engine, "connect", partial(_configure, lock_seconds))
    event.listen(engine.sync_engine, "begin", _begin)


def _configure(lock_seconds: float, connection: Any, _: object) -> None:
    end = time.monotonic() + lock_seconds
    cursor = connection.cursor()
    try:
        # Of two that make a new file's journal a WAL, SQLite refuses one at once, whatever timeout was set.
        while True:
            try:
                cursor.execute("PRAGMA journal_mode = WAL")
                break
            except sqlite3.OperationalError as busy:
                if "locked" not in str(busy) or time.monotonic() > end:
                    raise
            connection.run_async(lambda _: asyncio.sleep(_PAUSE))
        cursor.fetchall()
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.fetchall()
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    # Left alone, the driver begins only before INSERT, UPDATE and DELETE: savepoints and DDL would escape.
    is_immediate = connection.get_execution_options().get(IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_immediate else "BEGIN")
