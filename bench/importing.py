"""Very many phrases out of a workbook, over HTTP: each step until they are in force, beside requests meanwhile."""

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.sheets import export_xlsx
from app.records import KeyRing, Role, open_store
from app.settings import Settings
from bench.impact import made_up
from bench.orders import orders
from bench.server import ServerError, running_server
from bench.timing import times
from guards.lexicon.scope import china_today

_CHANGES = "/v1/lexicon/changes"
_PATIENCE_SECONDS, _CALLERS, _QUIET_SECONDS = 300.0, 2, 8.0
_REVIEW = {"text": "额度以审批结果为准。", "scenario": "acquisition", "stage": "body"}
_NOBODY = "http://127.0.0.1:1"
"""No model: scripts are approved fallbacks, and the machine is busy with what is measured."""


async def bench_importing(settings: Settings, console: Console, *, phrases: int, records: int) -> None:
    """Print seconds of import with lint, dry run, and publication until it is in force, and p95 of requests meanwhile.

    Raises:
        ServerError: if the server does not start, or refuses a step.
    """
    files = RuleFiles.read(settings.lexicons_dir)
    sheet = await asyncio.to_thread(_workbook, files, phrases)
    table = Table(title=f"{phrases:,} phrases out of a workbook ({len(sheet) / 2**20:.1f} MiB)", title_justify="left")
    for name in ("step", "seconds", "requests", "p95 ms", "worst ms", "failed"):
        table.add_column(name, justify="left" if name == "step" else "right")
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as name:
        data = Path(name)
        url = f"sqlite:///{data / 'heyan.sqlite3'}"
        editor, approver = await _keys(url)
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("HEYAN_")},
            **{"HEYAN_DATABASE_URL": url, "HEYAN_DATA_DIR": str(data), "HEYAN_MODEL_URL": _NOBODY},
            "HEYAN_LOG_LEVEL": "error",
        }
        with running_server(environment=environment) as server:
            server.wait_until_ready()
            async with httpx.AsyncClient(base_url=server.url, timeout=_PATIENCE_SECONDS) as client:
                await _fill(client, records)
                steps = _Steps(client, editor, approver, sheet, records)
                for step, work in (
                    ("nothing, for comparison", lambda: asyncio.sleep(_QUIET_SECONDS)),
                    ("import with lint, to a draft", steps.take_in),
                    (f"dry run on {records:,} records", steps.dry_run),
                    ("submit", steps.submit),
                    ("approve: judged and published", steps.approve),
                    ("until it is in force", steps.enforced),
                ):
                    table.add_row(step, *await _beside(client, work))
    console.print(table)


class _Steps:
    """What an officer and a second one do, one after another."""

    def __init__(self, client: httpx.AsyncClient, editor: str, approver: str, sheet: bytes, records: int) -> None:
        self._client = client
        self._editor, self._approver = editor, approver
        self._sheet, self._records = sheet, records
        self._change = ""

    async def take_in(self) -> None:
        answer = await self._post("/v1/lexicon/import?format=xlsx", self._editor, content=self._sheet)
        self._change = str(answer.json()["id"])

    async def dry_run(self) -> None:
        await self._post(f"{_CHANGES}/{self._change}/dry-run", self._editor, json={"records": self._records})

    async def submit(self) -> None:
        await self._post(f"{_CHANGES}/{self._change}/submit", self._editor)

    async def approve(self) -> None:
        await self._post(f"{_CHANGES}/{self._change}/approve", self._approver, json={})

    async def enforced(self) -> None:
        revision = 1
        while revision < 2:
            revision = (await self._client.post("/v1/reviews", json=_REVIEW)).json()["policy_revision"]

    async def _post(self, path: str, key: str, *, json: object = None, content: bytes | None = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {key}"}
        answer = await self._client.post(path, headers=headers, json=json, content=content)
        if answer.status_code != 200:
            raise ServerError(f"{path}: {answer.status_code} {answer.text[:500]}")
        return answer


async def _beside(client: httpx.AsyncClient, work: Callable[[], Awaitable[None]]) -> tuple[str, ...]:
    taken: list[float] = []
    failed = 0
    is_over, wanted = asyncio.Event(), orders(10_000_000)

    async def caller() -> None:
        nonlocal failed
        while not is_over.is_set():
            for path, body in (("/v1/scripts", next(wanted)), ("/v1/reviews", _REVIEW)):
                started = time.perf_counter()
                answer = await client.post(path, json=body)
                taken.append(time.perf_counter() - started)
                failed += answer.status_code != 200

    callers = [asyncio.create_task(caller()) for _ in range(_CALLERS)]
    started = time.perf_counter()
    try:
        await work()
        seconds = time.perf_counter() - started
    finally:
        is_over.set()
        await asyncio.gather(*callers)
    seen = times(taken)
    figures = (f"{seconds:.1f}", f"{len(taken):,}", f"{seen.at(0.95) * 1000:.0f}", f"{seen.at(1) * 1000:.0f}")
    return (*figures, str(failed))


async def _keys(url: str) -> tuple[str, str]:
    store = await open_store(url)
    ring = KeyRing(store)
    try:
        return await ring.create("editor", [Role.EDITOR]), await ring.create("approver", [Role.APPROVER])
    finally:
        await ring.close()
        await store.close()


async def _fill(client: httpx.AsyncClient, records: int) -> None:
    for start in range(0, records, 1000):
        items = [
            {**_REVIEW, "text": f"第{number}位客户，额度以审批结果为准。"} for number in range(start, start + 1000)
        ]
        answer = await client.post("/v1/reviews", json={"items": items[: records - start]})
        if answer.status_code != 200:
            raise ServerError(f"/v1/reviews: {answer.status_code} {answer.text[:500]}")


def _workbook(files: RuleFiles, phrases: int) -> bytes:
    """A workbook of the shipped rules and of one more, which has all these phrases."""
    words = made_up(files, phrases)
    rule = {
        "id": "bench.imported",
        "title": "批量导入",
        "action": "block",
        "phrases": words,
        "reason": "批量导入",
        "source": {"law": "内部规范", "force": "policy"},
        "examples": {"hits": [words[0]], "misses": ["您好。"]},
    }
    return export_xlsx(apply(files, Change("bench", adds=[rule]), since=china_today()))
