"""What a change would do to recorded scripts: seconds to find out, beside requests that the same process answers."""

import asyncio
import random
import resource
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

import orjson
from rich.console import Console
from rich.table import Table

from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_wording
from app.lexicon.altered import altered_rules
from app.lexicon.approved import ApprovedTexts, approved_texts
from app.lexicon.changes import apply
from app.lexicon.drafts import Change
from app.lexicon.files import RuleFiles
from app.lexicon.history import newest
from app.lexicon.impact import Impact
from app.lexicon.recorded import CaseReader
from app.lexicon.replay import replay
from app.lexicon.stops import stops_wording
from app.policy import load_policy
from app.records import Decision, DecisionLog, Kind, open_store
from app.settings import Settings
from app.writing.lines.library import read_approved_lines
from bench.timing import times
from guards.lexicon.scope import china_today
from guards.policy import Institution, Policy
from guards.script import Script
from guards.shipped import ROOT
from guards.types import Case

T = TypeVar("T")
_PAUSE = 0.05
"""Seconds between two requests."""
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施孔曹严华金魏陶姜"
_NEW = "额度可以再谈"


@dataclass(frozen=True, slots=True)
class _Bench:
    """What all changes are tried on."""

    policy: Policy
    institution: Institution
    reader: CaseReader
    approved: ApprovedTexts
    files: RuleFiles
    log: DecisionLog


async def bench_impact(settings: Settings, console: Console, *, records: int, phrases: int) -> None:
    """Print seconds and p95 of requests meanwhile: one phrase more, one rule less, and very many phrases."""
    vocabulary = read_vocabulary(settings.prompts_dir)
    wording = read_wording(settings.prompts_dir, vocabulary)
    name, hotline = wording.institution.full_name, wording.institution.hotline
    policy = load_policy(settings, name, hotline, is_proven=True)
    lines = read_approved_lines(ROOT / "models" / "heyan-mini")
    started = perf_counter()
    approved = approved_texts(policy, vocabulary, wording, {"heyan-mini": lines.approved if lines else ()})
    console.print(
        f"listing {len(approved.texts):,} approved texts, once for a wording: {perf_counter() - started:.2f} s"
    )
    table = Table(title=f"impact: {records:,} recorded scripts, none like another", title_justify="left")
    for column in ("what", "records", "seconds", "CPU s", "newly stopped", "newly passed", "p95 ms", "worst ms"):
        table.add_column(column, justify="left" if column == "what" else "right")
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as folder:
        async with _recorded(Path(folder), approved, records) as log:
            files = RuleFiles.read(settings.lexicons_dir)
            reader = CaseReader(vocabulary, {"hotline": hotline})
            institution = Institution(name, hotline, settings.annual_rate_cap)
            bench = _Bench(policy, institution, reader, approved, files, log)
            await _measure(bench, table, records, phrases)
            console.print(table)
            await _print_refusal(bench, console)


async def _measure(bench: _Bench, table: Table, records: int, phrases: int) -> None:
    with_nothing = await _beside(bench, lambda: asyncio.sleep(5))
    table.add_row("nothing, for comparison", "", "", "", "", "", *with_nothing[1])
    shipped = bench.files.rules
    edited = next(rule for rule in shipped.values() if rule.data.get("phrases"))
    more = {**edited.data, "phrases": [*edited.data["phrases"], _NEW]}
    many = min(1000, records)
    spent = _spent_by_children()
    for what, change, count in (
        ("one phrase in a new rule", Change("t", adds=[_rule([_NEW])]), records),
        ("one phrase more in a rule", Change("t", edits=[more]), records),
        ("one rule less", Change("t", retires=[edited.id]), records),
        (f"{phrases:,} phrases", Change("t", adds=[_rule(made_up(bench.files, phrases))]), many),
    ):
        after = await asyncio.to_thread(apply, bench.files, change, since=china_today())
        found, latency = await _beside(bench, lambda: _impact(bench, after, count))  # noqa: B023  awaited at once
        cpu = _spent_by_children() - spent
        numbers = (
            found.records,
            f"{found.seconds:.1f}",
            f"{cpu:.1f}",
            found.newly_stopped.count,
            found.newly_passed.count,
        )
        table.add_row(what, *map(str, numbers), *latency)
        spent = _spent_by_children()


def _spent_by_children() -> float:
    """CPU seconds of all processes that have ended: on a busy machine they tell more than the clock."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


async def _impact(bench: _Bench, after: RuleFiles, count: int) -> Impact:
    before = bench.policy.lexicon
    lexicon = await asyncio.to_thread(after.lexicon)
    altered = await asyncio.to_thread(altered_rules, before, lexicon, bench.institution, china_today())
    return await replay(altered, newest(bench.log, count), bench.reader, bench.approved)


async def _print_refusal(bench: _Bench, console: Console) -> None:
    for what, words in (("no wording", "绝无此话"), ("much wording", "理性借贷")):
        after = apply(bench.files, Change("t", adds=[_rule([words])]), since=china_today()).lexicon()
        for lines in (False, True):
            started = perf_counter()
            problems = stops_wording(bench.policy.lexicon, after, bench.approved, bench.institution, lines=lines)
            seconds, of = perf_counter() - started, "with the lines of the model" if lines else "without lines"
            console.print(f"a phrase that stops {what}, {of}: {seconds:.2f} s, {len(problems)} problems")


async def _beside(bench: _Bench, work: Callable[[], Awaitable[T]]) -> tuple[T, tuple[str, str]]:
    """Does the work while requests are answered: what came of it, p95 and the longest time of a request in ms."""
    texts = [text for text in bench.approved.texts if not text.is_line]
    taken: list[float] = []

    async def answer() -> None:
        due = perf_counter()
        for number in range(10**9):
            due = max(due + _PAUSE, perf_counter())
            await asyncio.sleep(due - perf_counter())
            text = texts[number % len(texts)]
            bench.policy.panel.examine(Script(text.script.segments), text.case)
            taken.append(perf_counter() - due)  # from when it was due: a loop that is held up answers late

    answering = asyncio.create_task(answer())
    try:
        done = await work()
    finally:
        answering.cancel()
    sorted_ = times(taken)
    return done, (f"{sorted_.at(0.95) * 1000:.1f}", f"{sorted_.at(1) * 1000:.1f}")


@asynccontextmanager
async def _recorded(folder: Path, approved: ApprovedTexts, count: int) -> AsyncIterator[DecisionLog]:
    """A log of scripts, each of them approved wording with another name and number in it."""
    store = await open_store(f"sqlite+aiosqlite:///{folder / 'impact.sqlite3'}")
    log = DecisionLog(store)
    await log.start()
    try:
        said = [(text.script, text.case) for text in approved.texts if not text.is_line]
        for start in range(0, count, 1000):
            await log.record_many(
                [_decision(number, *said[number % len(said)]) for number in range(start, min(start + 1000, count))]
            )
        yield log
    finally:
        await log.close()
        await store.close()


def _decision(number: int, script: Script, case: Case) -> Decision:
    name = _SURNAMES[number % len(_SURNAMES)]
    segments = [
        {"stage": each.stage, "text": each.text.replace("张", name), "tts_text": each.spoken.replace("张", name)}
        for each in script.segments
    ]
    segments[-1]["text"] = f"{segments[-1]['text']}编号{number}。"
    text = "".join(segment["text"] for segment in segments)
    role = case.callee.role if case.callee else "unknown"
    request: dict[str, Any] = {
        "call_time": "2026-11-20T10:00:00+08:00",
        "callee": {"role": role, "identity_verified": case.is_verified},
        "facts": {},
    }
    return Decision(
        script_id=f"{number:026}",
        kind=Kind.SCRIPT,
        body_digest="0" * 64,
        created_at=datetime.now(UTC),
        action="speak",
        policy_revision=1,
        answer=orjson.dumps({"text": text, "segments": segments}),
        scenario=case.scenario,
        channel=case.channel,
        generation="young",
        text=text,
        request=request,
    )


def _rule(phrases: Sequence[str]) -> dict[str, Any]:
    return {
        "id": "bench.impact",
        "title": "试",
        "action": "block",
        "phrases": list(phrases),
        "reason": "试",
        "source": {"law": "试", "force": "policy"},
        "examples": {"hits": [phrases[0]], "misses": ["您好。"]},
    }


def made_up(files: RuleFiles, count: int) -> list[str]:
    """Phrases of four to six characters that shipped ones are made of; the seed is fixed."""
    phrases = (phrase for rule in files.rules.values() for phrase in rule.data.get("phrases") or ())
    alphabet = sorted({each for phrase in phrases for each in phrase if "\u4e00" <= each <= "\u9fff"})
    draw = random.Random(7)
    made: dict[str, None] = {}
    while len(made) < count:
        made["".join(draw.choices(alphabet, k=draw.choice((4, 4, 5, 6))))] = None
    return list(made)
