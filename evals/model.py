"""`python -m evals.model`: what a model writes for call moments it has never seen, sampled as in service."""

import argparse
import asyncio
import hashlib
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from app.data import read_data
from app.errors import ConfigurationError, ModelError
from app.main import open_model, require_embedded
from app.metrics import Metrics
from app.scripts.intake import Order
from app.settings import read_settings
from app.writing.lines.library import read_approved_lines
from app.writing.model import Model, WritingTask
from evals.examiner import Examined, Examiner
from evals.moments import Moments

_SECONDS, _CANDIDATES, _ASKED_AGAIN, _PROFILES = 60.0, 4, 50, 10
WEIGHTS, FIGURES = "model.safetensors", "figures.json"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured share, count or time over `of`; `goal` is what was promised, `holds` whether it is kept."""

    name: str
    value: float
    unit: str
    of: int
    goal: str = ""
    holds: bool = True


async def measure(model: Model, examiner: Examiner, orders: Sequence[Order]) -> list[Figure]:
    """Ask for four candidates an order, one order after the other, and for ten of them fifty times.

    Raises:
        ModelError: if the model refuses.
    """
    await _written(model, orders[0])  # what is done once is not measured
    found: list[tuple[Order, list[Examined]]] = []
    milliseconds = []
    for order in orders:
        started = time.perf_counter()
        bodies = await _written(model, order)
        milliseconds.append(1000 * (time.perf_counter() - started))
        # In a thread that runs no loop, guards ask their encoder what they would only look up here.
        found.append((order, await asyncio.to_thread(_examined, examiner, bodies, order)))
    again = [await _distinct(model, order) for order in orders[:_PROFILES]]
    return [*_shares(found), *_variety(again), *_times(milliseconds)]


def _examined(examiner: Examiner, bodies: Sequence[str], order: Order) -> list[Examined]:
    return [examiner.examine(body, order) for body in bodies]


async def _written(model: Model, order: Order) -> Sequence[str]:
    draft = await model.write(WritingTask(order.plan.brief, _CANDIDATES, time.monotonic() + _SECONDS))
    return draft.skeletons


async def _distinct(model: Model, order: Order) -> int:
    """How many different bodies come first when one moment is asked for again and again."""
    bodies = [await _written(model, order) for _ in range(_ASKED_AGAIN)]
    return len({body[0] for body in bodies if body})


def _shares(found: Sequence[tuple[Order, list[Examined]]]) -> list[Figure]:
    everyone = [candidate for _, candidates in found for candidate in candidates]
    asked = _CANDIDATES * len(found)
    tags: Counter[str] = Counter()
    for addressed, known in (candidate.tags for candidate in everyone if candidate.tags):
        tags += Counter(known=known, addressed=addressed, asked=1, whole=int(addressed == known))
    lost = asked - sum(candidate.is_finished for candidate in everyone)
    adherence = [
        _share("tags of the customer taken up in words", tags["addressed"], tags["known"], least=97),
        _share("candidates that take up every tag", tags["whole"], tags["asked"]),
    ]
    return [
        *(adherence if tags else []),
        _share("candidates with legal slots only", sum(c.has_legal_slots for c in everyone), len(everyone), least=100),
        _share("candidates that say every slot themselves", sum(c.says_every_slot for c in everyone), len(everyone)),
        _share(
            "first candidate passes the whole guard chain",
            sum(bool(candidates) and candidates[0].passes for _, candidates in found),
            len(found),
            least=95,
        ),
        _share(
            "one of four passes the whole guard chain",
            sum(any(candidate.passes for candidate in candidates) for _, candidates in found),
            len(found),
            least=99.5,
        ),
        Figure("candidates missing or unfinished", lost, "", asked, "0", lost == 0),
    ]


def _variety(again: Sequence[int]) -> list[Figure]:
    asked = _ASKED_AGAIN * len(again)
    return [
        _share("distinct bodies of ten moments asked 50 times each", sum(again), asked, least=80),
        _share("the least distinct of the ten", min(again), _ASKED_AGAIN),
    ]


def _times(milliseconds: Sequence[float]) -> list[Figure]:
    middle, high = statistics.median(milliseconds), statistics.quantiles(milliseconds, n=20)[-1]
    return [
        Figure("four candidates, p50", round(middle, 1), "ms", len(milliseconds), "≤ 150", middle <= 150),
        Figure("four candidates, p95", round(high, 1), "ms", len(milliseconds)),
    ]


def _share(name: str, count: int, of: int, least: float | None = None) -> Figure:
    value = 100 * count / of if of else 0.0
    return Figure(
        name, round(value, 2), "%", of, "" if least is None else f"≥ {least:g}", least is None or value >= least
    )


def _print(figures: Sequence[Figure], name: str) -> None:
    table = Table("measure", "value", "goal", "of", title=name)
    for figure in figures:
        value = f"{figure.value:g} {figure.unit}".strip()
        table.add_row(figure.name, value, figure.goal if figure.holds else f"{figure.goal}, missed", f"{figure.of:,}")
    Console(width=None if sys.stdout.isatty() else 120).print(table)


async def _run(given: argparse.Namespace) -> int:
    settings = read_settings()
    if given.model_dir:
        settings = settings.model_copy(update={"model_dir": given.model_dir, "model_url": None})
    require_embedded(settings)
    data = await asyncio.to_thread(read_data, settings, Metrics())
    orders = list(Moments(data.vocabulary, data.wording).held_out(given.moments, given.seed))
    if not settings.model_url:
        import torch  # noqa: PLC0415  only the embedded model needs it

        torch.manual_seed(given.seed)
    async with open_model(settings, data) as model:
        figures = await measure(
            model, Examiner(data, read_approved_lines(given.sentences or settings.model_dir)), orders
        )
    _print(figures, settings.model_url or settings.model_dir.name)
    if given.write and not settings.model_url:
        weights = hashlib.sha256((settings.model_dir / WEIGHTS).read_bytes()).hexdigest()
        record = {"weights_sha256": weights, "seed": given.seed, "figures": [asdict(figure) for figure in figures]}
        text = json.dumps(record, ensure_ascii=False, indent=2) + "\n"
        (settings.model_dir / FIGURES).write_text(text, "utf-8")
    return 0 if all(figure.holds for figure in figures if figure.unit != "ms") else 1


def _at_least_two(given: str) -> int:
    """As many moments as a percentile needs."""
    if (count := int(given)) < 2:
        raise argparse.ArgumentTypeError("at least 2 are needed")
    return count


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0: every goal holds (times aside, which belong to the machine); 1: one is missed; 2: no run."""
    parser = argparse.ArgumentParser(prog="python -m evals.model", description=__doc__)
    parser.add_argument("--model-dir", type=Path, help="a checkpoint; default: the model that the settings name")
    parser.add_argument(
        "--sentences", type=Path, help="a checkpoint whose sentences say which tags are addressed; default: the same"
    )
    parser.add_argument("--moments", type=_at_least_two, default=1000, help="call moments, four candidates each")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and of the sampling")
    parser.add_argument("--write", action="store_true", help=f"keep the figures as {FIGURES} beside the weights")
    try:
        return asyncio.run(_run(parser.parse_args(arguments)))
    except (ConfigurationError, ModelError) as unusable:
        print(unusable, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
