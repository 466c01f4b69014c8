"""`python -m evals.whole`: whole scripts for random moments: which hang together, how long they are, how they vary."""

import argparse
import asyncio
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from app.approved.vocabulary import REPLY
from app.errors import HeyanError
from app.settings import read_settings
from evals.cases import Dataset, ScriptCase, ScriptExpectation
from evals.coherence import NAMES
from evals.moments import Moments
from evals.outcomes import Spoken, put, run_name
from evals.run import MISCONFIGURED, PASSED, open_in_process
from evals.subjects import InProcess, SubjectError
from guards.lexicon.documents import DocumentError
from guards.types import Generation

_DEADLINE_MS = 30_000
"""So long that a busy machine answers what an idle one would."""


def cases_of(moments: Moments, count: int, seed: int) -> Dataset:
    """Random requests as cases; their ids say what they are of."""
    cases = []
    for number, request in enumerate(moments.of_any_kind(count, seed)):
        name = f"{number}.{request.scenario}.{request.customer.generation}.{request.channel}"
        asked = request.model_dump(mode="json", exclude={"request_id"}, exclude_none=True)
        cases.append(ScriptCase(id=name, request=asked, expected=ScriptExpectation(action="speak")))
    return Dataset(cases, digest="")


def print_wholes(console: Console, spoken: Sequence[Spoken], show: int) -> None:
    """The tables, and below them `show` sentences of each fault with their cases."""
    voiced = [each for each in spoken if each.answer["text"]]
    console.print(_sources(voiced), _fault_table(voiced), _length_table(voiced), sep="\n")
    for name in NAMES:
        found = [(each, fault) for each in voiced for fault in each.faults if fault.name == name]
        for each, fault in found[:show]:
            tags = ", ".join(each.case.request["customer"]["tags"]) or "no tags"
            console.print(escape(f"{name}: {each.case.id} ({tags}): {fault.sentence}"), soft_wrap=True)


def _sources(voiced: Sequence[Spoken]) -> str:
    """How many there are, who wrote them, and how many are different; replies are approved, and few on purpose."""
    by_model = [each for each in voiced if each.answer["source"] == "model"]
    bodies, texts = {each.body for each in by_model}, {each.answer["text"] for each in by_model}
    return (
        f"{len(voiced)} answers, {len(by_model)} written by the model; of these "
        f"{_share(len(bodies), len(by_model))} distinct bodies, {_share(len(texts), len(by_model))} distinct scripts"
    )


def _fault_table(voiced: Sequence[Spoken]) -> Table:
    table = Table("fault", "scripts", "share", title="what does not hang together", title_justify="left")
    for name in NAMES:
        count = sum(any(fault.name == name for fault in each.faults) for each in voiced)
        table.add_row(name, str(count), _share(count, len(voiced)))
    whole = sum(bool(each.faults) for each in voiced)
    table.add_row("any of them", str(whole), _share(whole, len(voiced)))
    return table


def _length_table(voiced: Sequence[Spoken]) -> Table:
    """Replies are left out: they are short by nature, and would flatter the shares."""
    seconds: dict[tuple[str, Generation, float], list[float]] = defaultdict(list)
    for each in voiced:
        if each.seconds_spoken is not None and each.body and each.answer["strategy"] != REPLY:
            place = each.case.request["scenario"], Generation(each.answer["generation"]), each.longest_seconds
            seconds[place].append(each.seconds_spoken)
    table = Table("scenario", "generation", "target", "kept", "median", "longest", "of", title="seconds, no replies")
    table.title_justify = "left"
    order = list(Generation)
    for (scenario, generation, target), taken in sorted(seconds.items(), key=lambda i: (i[0][0], order.index(i[0][1]))):
        kept = sum(each <= target for each in taken)
        figures = (_share(kept, len(taken)), f"{statistics.median(taken):.1f}", f"{max(taken):.1f}")
        table.add_row(scenario, generation, f"≤ {target:g}", *figures, str(len(taken)))
    return table


def _share(count: int, of: int) -> str:
    return f"{count / of:.1%}" if of else "—"


async def _run(given: argparse.Namespace, console: Console) -> int:
    async with open_in_process(read_settings()) as parts:
        dataset = cases_of(Moments(parts.vocabulary, parts.wording), given.count, given.seed)
        spoken, _ = await put(
            dataset,
            InProcess(parts),
            parts.vocabulary,
            parts.wording,
            run=run_name(datetime.now(UTC)),
            deadline_ms=_DEADLINE_MS,
        )
    print_wholes(console, spoken, given.show)
    return PASSED


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0: here are the figures, whatever they are; 2: no run."""
    parser = argparse.ArgumentParser(prog="python -m evals.whole", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="requests")
    parser.add_argument("--seed", type=int, default=1, help="of the requests; what a model writes is drawn anew")
    parser.add_argument("--show", type=int, default=3, help="sentences of each fault to print")
    given = parser.parse_args(arguments)
    if given.count < 1:
        parser.error("argument --count: at least 1 is expected")
    try:
        return asyncio.run(_run(given, Console(width=None if sys.stdout.isatty() else 120)))
    except (SubjectError, DocumentError, HeyanError) as unusable:
        print(unusable, file=sys.stderr)
        return MISCONFIGURED


if __name__ == "__main__":
    sys.exit(main())
