"""Every page of the console on a store that is full: milliseconds, beside the smallest answer of the same service."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
from rich.console import Console
from rich.table import Table
from ulid import ULID

from app.lexicon.checkout import read_checkout
from app.lexicon.drafts import Change
from app.records import (
    ChangeRecord,
    ChangeState,
    Decision,
    DecisionLog,
    Kind,
    People,
    Revisions,
    Role,
    Store,
    changes,
    open_store,
)
from app.settings import Settings
from bench.server import ServerError, running_server
from bench.timing import times

_NAME, _PASSWORD = "测量", "correct horse battery staple"
_NOBODY = "http://127.0.0.1:1"
_AT_ONCE, _A_FAMILY = 1_000, 250
_RULE = "promise.guaranteed_approval"
_PAGES = (
    "",
    "/changes",
    "/changes?state=submitted",
    "/rules",
    "/rules?q=获批",
    f"/rules/{_RULE}",
    f"/rules/{_RULE}/edit",
    "/rules/new",
    "/wording",
    "/wording?q=利息",
    "/try",
    "/try/script",
    "/decisions",
    f"/decisions?rule={_RULE}",
    "/decisions?action=block&kind=review",
    "/audit",
    "/people",
    "/revisions",
    "/contacts",
    "/webhooks",
)


async def bench_pages(settings: Settings, console: Console, *, decisions: int, rules: int, rounds: int = 20) -> None:
    """Print the median and the 95th percentile of each page, and how many times that of `/health/live` it is.

    Raises:
        ServerError: if the server does not start, or a page is none.
    """
    count = 500
    table = Table(title=f"{decisions:,} decisions, {rules:,} rules, {count} changes", title_justify="left")
    for name in ("page", "first ms", "median ms", "p95 ms", "÷ /health/live"):
        table.add_column(name, justify="left" if name == "page" else "right")
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as folder:
        data = Path(folder)
        url = f"sqlite:///{data / 'heyan.sqlite3'}"
        await _fill(url, settings, decisions, rules, count)
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("HEYAN_")},
            **{"HEYAN_DATABASE_URL": url, "HEYAN_DATA_DIR": folder, "HEYAN_MODEL_URL": _NOBODY},
            "HEYAN_LOG_LEVEL": "error",
        }
        with running_server(environment=environment) as server:
            server.wait_until_ready()
            async with httpx.AsyncClient(base_url=server.url, timeout=60, follow_redirects=True) as client:
                signed_in = await client.post("/console/sign-in", data={"name": _NAME, "password": _PASSWORD})
                if signed_in.status_code != httpx.codes.OK:
                    raise ServerError(f"nobody is let in: {signed_in.status_code}")
                _, yardstick, _ = await _timed(client, "/health/live", rounds)
                for page in _PAGES:
                    first, median, slow = await _timed(client, f"/console{page}", rounds)
                    told = (first, median, slow)
                    table.add_row(
                        f"/console{page}", *(f"{each * 1e3:.0f}" for each in told), f"{median / yardstick:.0f}"
                    )
    console.print(table)


async def _timed(client: httpx.AsyncClient, path: str, rounds: int) -> tuple[float, float, float]:
    """Seconds of the first request, the median and the 95th percentile of those after it."""
    seconds = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        answer = await client.get(path)
        seconds.append(time.perf_counter() - started)
        if answer.status_code != httpx.codes.OK:
            raise ServerError(f"{path} is answered {answer.status_code}")
    later = times(seconds[1:])
    return seconds[0], later.at(0.5), later.at(0.95)


async def _fill(url: str, settings: Settings, decisions: int, rules: int, count: int) -> None:
    store = await open_store(url)
    files = read_checkout(settings)
    shipped = sum(content.count(b"\n  - id: ") for content in files.lexicon.values())
    await Revisions(store).begin({**files.lexicon, **dict(_families(max(rules - shipped, 0)))}, files.wording)
    everything = (Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN)
    await People(store).create(_NAME, everything, _PASSWORD)
    log = DecisionLog(store)
    await log.start()
    for start in range(0, decisions, _AT_ONCE):
        size = min(_AT_ONCE, decisions - start)
        await log.record_many([_decision(start + number) for number in range(size)])
    await log.close()
    await _changes(store, count)
    await store.close()


def _families(count: int) -> Iterator[tuple[str, bytes]]:
    """Files of made-up rules, a phrase and two examples each."""
    for start in range(0, count, _A_FAMILY):
        family = f"bench{start // _A_FAMILY}"
        told = [f"family: {family}\nfolding: tight\nrules:\n"]
        for number in range(start, min(start + _A_FAMILY, count)):
            phrase = f"测量用词{number:05d}号"
            told.append(
                f"  - id: {family}.n{number}\n    title: 测量{number}\n    action: block\n    phrases: [{phrase}]\n"
                "    reason: 测量\n    source: {law: 本机构规定, force: policy}\n    effective: {from: 2026-01-01}\n"
                f"    examples: {{hits: [我们{phrase}。], misses: [您好。]}}\n"
            )
        yield f"{family}.yaml", "".join(told).encode()


def _decision(number: int) -> Decision:
    at = datetime.now(UTC) - timedelta(seconds=number * 5)
    is_review = number % 4 == 0
    text = f"我们这边百分百获批，第{number}次。" if is_review else f"利息按年化利率3.6%算，第{number}次。"
    finding: Mapping[str, Any] = {
        "rule": _RULE,
        "guard": "phrases",
        "action": "block",
        "reason": "承诺",
        "span": [4, 9],
    }
    return Decision(
        script_id=str(ULID.from_datetime(at)),
        kind=Kind.REVIEW if is_review else Kind.SCRIPT,
        body_digest="0" * 64,
        created_at=at,
        action="block" if is_review else "speak",
        source=None if is_review else "model",
        policy_revision=1,
        scenario="acquisition",
        channel="ai_voice",
        text=text,
        answer=orjson.dumps({"segments": [{"stage": "body", "text": text, "tts_text": text}]}),
        findings=(finding,) if is_review else (),
    )


async def _changes(store: Store, count: int) -> None:
    now = datetime.now(UTC)
    states = list(ChangeState)
    async with store.writing() as connection:
        for number in range(count):
            change = Change(f"测量{number}", retires=(_RULE,))
            record = ChangeRecord(
                id=str(ULID.from_datetime(now - timedelta(minutes=number))),
                subject="lexicon",
                state=states[number % len(states)],
                title=change.title,
                comment="",
                body={"change": change.as_json(), "warnings": []},
                based_on=1,
                author="别人",
                created_at=now,
                updated_at=now,
                expires_at=now + timedelta(days=14),
            )
            await changes.add(connection, record)
