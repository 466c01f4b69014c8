"""Durable decisions a second, beside bare SQLite that commits each row by itself."""

import asyncio
import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table
from ulid import ULID

from app.records import Decision, DecisionLog, Kind, open_store

_ANSWER = orjson.dumps({"action": "speak", "text": "话" * 150, "segments": [{"text": "话" * 50}] * 3})


async def bench_records(console: Console, *, rows: int) -> None:
    """Print rows a second at several numbers of callers that each wait for their own record."""
    table = Table(title=f"records: SQLite, WAL, synchronous=FULL, {rows} rows each", title_justify="left")
    for name in ("what", "rows a second", "÷ bare SQLite"):
        table.add_column(name, justify="left" if name == "what" else "right")
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as folder:
        # Bare SQLite on both sides of the log, so that a disk that slows down slows both.
        bare = await asyncio.to_thread(_bare_sqlite, Path(folder) / "before.sqlite3", rows)
        rates = {
            callers: await _decisions(Path(folder) / f"log-{callers}.sqlite3", rows, callers) for callers in (1, 8, 64)
        }
        bare = (bare + await asyncio.to_thread(_bare_sqlite, Path(folder) / "after.sqlite3", rows)) / 2
        table.add_row("bare sqlite3, a commit each", f"{bare:,.0f}", "1.00", end_section=True)
        for callers, rate in rates.items():
            table.add_row(f"decision log, {callers} at once", f"{rate:,.0f}", f"{rate / bare:.2f}")
    console.print(table)
    console.print("the bare row holds the answer's bytes and an id; a decision has all its columns and indexes")


def _bare_sqlite(file: Path, rows: int) -> float:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE decisions (id TEXT PRIMARY KEY, answer BLOB)")
        started = time.perf_counter()
        for _ in range(rows):
            connection.execute("INSERT INTO decisions VALUES (?, ?)", (str(ULID()), _ANSWER))
        return rows / (time.perf_counter() - started)


async def _decisions(file: Path, rows: int, callers: int) -> float:
    store = await open_store(f"sqlite+aiosqlite:///{file}")
    try:
        log = DecisionLog(store)
        await log.start()
        try:
            waiting = iter([_decision(number) for number in range(rows)])

            async def caller() -> None:
                for decision in waiting:
                    await log.record(decision)

            started = time.perf_counter()
            await asyncio.gather(*(caller() for _ in range(callers)))
            return rows / (time.perf_counter() - started)
        finally:
            await log.close()
    finally:
        await store.close()


def _decision(number: int) -> Decision:
    return Decision(
        script_id=str(ULID()),
        kind=Kind.SCRIPT,
        body_digest="0" * 64,
        created_at=datetime.now(UTC),
        action="speak",
        policy_revision=1,
        answer=_ANSWER,
        request_id=f"bench-{number}",
        scenario="acquisition",
        channel="ai_voice",
        generation="young",
        strategy="rate_first",
        source="model",
        text="话" * 150,
        request={"scenario": "acquisition"},
        timing={"total": 1.0, "model": 0.9, "guards": 0.1},
    )
