"""One run: open the subject, put the cases, measure, report, decide."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console

from app.approved.vocabulary import read_vocabulary
from app.approved.wording import read_wording
from app.errors import HeyanError
from app.main import open_parts
from app.parts import Parts
from app.settings import Settings
from app.writing.model import Model
from evals.cases import CaseError, read_cases
from evals.gate import BaselineError, changes, failures, read_baseline
from evals.measures import measure
from evals.outcomes import put, run_name
from evals.report import Manifest, print_report, write_baseline, write_record
from evals.subjects import InProcess, OverHttp, Subject, SubjectError
from guards.lexicon.documents import DocumentError

PASSED, GATE_FAILED, MISCONFIGURED = 0, 1, 2
"""Exit statuses."""
_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """What to evaluate on what. Without `url` the service is opened in this process, as `settings` say."""

    cases: Sequence[Path]
    settings: Settings
    url: str | None = None
    key: str | None = None
    samples: int = 1
    deadline_ms: int | None = None
    output: Path | None = None
    baseline: Path | None = None
    bless: Path | None = None


async def evaluate(options: Options, console: Console, *, model: Model | None = None) -> int:
    """Run once and return the exit status; `model` takes the place of the one that the settings name."""
    try:
        return await _evaluate(options, console, model)
    except (CaseError, BaselineError, SubjectError, DocumentError, HeyanError) as unusable:
        console.print(str(unusable), style="red", markup=False, soft_wrap=True)
        return MISCONFIGURED


async def _evaluate(options: Options, console: Console, model: Model | None) -> int:
    dataset = read_cases(options.cases)
    baseline = read_baseline(options.baseline, dataset.digest) if options.baseline else {}
    vocabulary = read_vocabulary(options.settings.prompts_dir)
    wording = read_wording(options.settings.prompts_dir, vocabulary)
    started = datetime.now(UTC)
    async with _open_subject(options, model) as subject:
        spoken, reviewed = await put(
            dataset,
            subject,
            vocabulary,
            wording,
            run=run_name(started),
            samples=options.samples,
            deadline_ms=options.deadline_ms,
        )
    measures = measure(spoken, reviewed)
    print_report(console, measures, changes(measures, baseline))
    manifest = Manifest(
        options.url or "in process", dataset.digest, options.samples, options.deadline_ms, started.isoformat()
    )
    if options.output:
        write_record(options.output, manifest, measures, spoken, reviewed)
    if failures(measures):
        return GATE_FAILED
    if options.bless:
        write_baseline(options.bless, manifest, measures, spoken)
    return PASSED


@asynccontextmanager
async def _open_subject(options: Options, model: Model | None) -> AsyncIterator[Subject]:
    """The service under test."""
    if options.url:
        headers = {"authorization": f"Bearer {options.key}"} if options.key else {}
        async with httpx.AsyncClient(
            base_url=options.url, headers=headers, timeout=_PATIENCE_SECONDS, trust_env=False
        ) as client:
            yield OverHttp(client)
        return
    async with open_in_process(options.settings, model) as parts:
        yield InProcess(parts)


@asynccontextmanager
async def open_in_process(settings: Settings, model: Model | None = None) -> AsyncIterator[Parts]:
    """The service by these settings; what it records lies in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="heyan-evals-") as folder:
        settings = settings.model_copy(update={"data_dir": Path(folder), "database_url": None})
        async with open_parts(settings, model=model) as parts:
            yield parts
