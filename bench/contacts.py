"""The import of a refusal list, beside bare SQLite, and the ledger's answer to a request, beside a decision's."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.contacts import Ledger, open_references
from app.contacts.ledger import AT_ONCE
from app.contacts.lists import import_list, read_list
from app.contacts.sheets import write_rows
from app.records import Decision, DecisionLog, Kind, Store, open_store
from bench.timing import Times, times

_TYPES = ("拒绝来电", "号码错误", "第三人拒绝")
_DECISIONS = 1_000


async def bench_contacts(console: Console, *, refusals: int, rounds: int) -> None:
    """Print microseconds a refusal imported, and a request answered with that many closures in the store."""
    rows = [[f"u-{number:08}", _TYPES[number % 3], "营销", "2026-11-01 10:05"] for number in range(refusals)]
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as name:
        folder = Path(name)
        bare = await asyncio.to_thread(_bare_sqlite, folder / "bare.sqlite3", rows)
        store = await open_store(f"sqlite+aiosqlite:///{folder / 'heyan.sqlite3'}")
        try:
            ledger = Ledger(store, await open_references(store, None))
            imported = {kind: await _import(store, ledger, folder / f"list.{kind}", rows) for kind in ("csv", "xlsx")}
            looked_up = await _look_up(store, ledger, rounds, refusals)
        finally:
            await store.close()
    table = Table(title=f"contacts: SQLite, import of {refusals:,} refusals", title_justify="left")
    for column in ("what", "µs a refusal", "seconds", "÷ bare SQLite"):
        table.add_column(column, justify="left" if column == "what" else "right")
    for what, seconds in (
        ("bare sqlite3, the same portions", bare),
        ("read a CSV", imported["csv"][0]),
        ("read an XLSX", imported["xlsx"][0]),
        ("keep what is new", imported["csv"][1]),
        ("find all of it known", imported["xlsx"][1]),
    ):
        table.add_row(what, f"{seconds / refusals * 1e6:.1f}", f"{seconds:.1f}", f"{seconds / bare:.2f}")
    console.print(table)
    console.print("keeping and finding include the pauses between portions, in which services record decisions")
    table = Table(title=f"contacts: one request, {refusals:,} closures in the store", title_justify="left")
    for column in ("what", "p50 µs", "p99 µs", "p50 ÷ decision"):
        table.add_column(column, justify="left" if column == "what" else "right")
    yardstick = looked_up["a decision by its request_id"].at(0.5)
    for what, taken in looked_up.items():
        middle = taken.at(0.5)
        table.add_row(what, f"{middle * 1e6:.0f}", f"{taken.at(0.99) * 1e6:.0f}", f"{middle / yardstick:.2f}")
    console.print(table)


async def _import(store: Store, ledger: Ledger, file: Path, rows: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Seconds to read a list, and to import it."""
    await asyncio.to_thread(write_rows, file, [["ref", "type", "scope", "at"], *rows], force=True)
    begun = time.perf_counter()
    listed = read_list(file, ledger)
    read = time.perf_counter()
    await import_list(store, ledger, listed, "bench")
    return read - begun, time.perf_counter() - read


async def _look_up(store: Store, ledger: Ledger, rounds: int, refusals: int) -> dict[str, Times]:
    log = DecisionLog(store)
    await log.start()
    await log.record_many([_decision(number) for number in range(_DECISIONS)])
    await log.close()
    works: dict[str, Callable[[int], Awaitable[object]]] = {
        "a decision by its request_id": lambda number: log.find(f"bench-{number % _DECISIONS}"),
        "closures of a customer who refused": lambda number: ledger.closures(f"u-{number % refusals:08}"),
        "closures of one who did not": lambda number: ledger.closures(f"v-{number}"),
    }
    taken: dict[str, list[float]] = {what: [] for what in works}
    for number in range(rounds + 50):
        for what, work in works.items():
            begun = time.perf_counter()
            await work(number * 7919)
            taken[what].append(time.perf_counter() - begun)
    return {what: times(seconds[50:]) for what, seconds in taken.items()}  # the first ones warm up


def _decision(number: int) -> Decision:
    return Decision(
        script_id=f"{number:026}",
        request_id=f"bench-{number}",
        kind=Kind.SCRIPT,
        body_digest="0" * 64,
        created_at=datetime.now(UTC),
        action="speak",
        policy_revision=1,
        answer=b"{}" * 500,
    )


def _bare_sqlite(file: Path, rows: Sequence[Sequence[str]]) -> float:
    """Seconds to insert the rows as they are, as many in a commit as an import does."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE refusals (ref TEXT PRIMARY KEY, type TEXT, scope TEXT, at TEXT)")
        begun = time.perf_counter()
        for start in range(0, len(rows), AT_ONCE):
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO refusals VALUES (?, ?, ?, ?)", rows[start : start + AT_ONCE])
            connection.execute("COMMIT")
        return time.perf_counter() - begun
