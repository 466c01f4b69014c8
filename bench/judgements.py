"""What the whole chain stops of texts that no rule was written by, in this checkout and in others."""

import json
import math
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from app.settings import ROOT
from bench.processes import cpu_seconds, environment, surroundings
from bench.server import ServerError, running_server

_TEXTS = Path(__file__).parent / "texts"
_SUITES = ("everyday", "violations", "disguises", "figures")
_EVERYWHERE = ("acquisition", "collection_m1")
"""Where a text without a scenario is judged: it is stopped if it is in one of them."""
_AT_ONCE = 200
_PASSES = frozenset({"allow", "observe", "mask"})
_Z = 1.96

Kind = tuple[str, str, str]
"""The suite of a text, what it is in it, and whether it should be stopped."""


class Judged(NamedTuple):
    """How many texts of each kind were stopped, and of how many; the CPU seconds that all `asked` sentences took."""

    stopped: Mapping[Kind, tuple[int, int]]
    cpu: float
    asked: int


def bench_judgements(console: Console, trees: Sequence[Path] = ()) -> None:
    """Print what is stopped of each kind, with 95 % intervals, here and in other checkouts side by side.

    Raises:
        ServerError: if a service of one of them fails.
    """
    places = [ROOT, *(tree.resolve() for tree in trees)]
    judged = [_judged(place) for place in places]
    table = Table(title="stopped by the whole chain, of texts that no rule was written by", title_justify="left")
    table.add_column("texts")
    table.add_column("should")
    for place in places:
        table.add_column(f"{place.name}, %", justify="right")
    for suite in _SUITES:
        table.add_section()
        kinds = [kind for kind in judged[0].stopped if kind[0] == suite]
        for kind in kinds:
            table.add_row(kind[1], kind[2], *(_shown(*one.stopped[kind]) for one in judged))
        for want in ("stop", "pass"):
            together = [kind for kind in kinds if kind[2] == want]
            if len(together) > 1:
                counts = [[one.stopped[kind] for kind in together] for one in judged]
                sums = [(sum(count for count, _ in each), sum(all_ for _, all_ in each)) for each in counts]
                table.add_row(f"{suite}, together", want, *(_shown(*each) for each in sums))
    console.print(table)
    for place, one in zip(places, judged, strict=True):
        taken, here = one.cpu / one.asked, judged[0].cpu / judged[0].asked
        console.print(
            f"{place.name}: {1000 * taken:.2f} ms of CPU a sentence over HTTP, {taken / here:.2f} × {places[0].name}"
        )


def _judged(tree: Path) -> Judged:
    stopped: dict[Kind, tuple[int, int]] = {}
    cpu, asked = 0.0, 0
    with (
        tempfile.TemporaryDirectory(prefix="heyan-bench-") as folder,
        running_server(tree, surroundings(tree, environment(folder, "judgements"))) as server,
    ):
        server.wait_until_ready()
        begun = cpu_seconds(server.process.pid)
        for suite in _SUITES:
            lines = [json.loads(line) for line in (_TEXTS / f"{suite}.jsonl").read_text("utf-8").splitlines()]
            items = [(place, item) for place, line in enumerate(lines) for item in _items(line)]
            asked += len(items)
            found = set(_stopped(server.url, items))
            for place, line in enumerate(lines):
                kind = (suite, line["kind"], line["want"])
                count, of = stopped.get(kind, (0, 0))
                stopped[kind] = (count + (place in found), of + 1)
        cpu = cpu_seconds(server.process.pid) - begun
    return Judged(stopped, cpu, asked)


def _items(line: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The review requests by which a text is judged."""
    for scenario in [line["scenario"]] if "scenario" in line else _EVERYWHERE:
        callee = {"role": "debtor", "identity_verified": True}
        item = {"text": line["text"], "scenario": scenario, "channel": line.get("channel", "ai_voice"), "stage": "body"}
        yield {**item, "callee": callee, **({"facts": line["facts"]} if "facts" in line else {})}


def _stopped(url: str, items: Sequence[tuple[int, Mapping[str, Any]]]) -> Iterator[int]:
    """The places of the texts that may not be said, not even masked."""
    for start in range(0, len(items), _AT_ONCE):
        some = items[start : start + _AT_ONCE]
        body = json.dumps({"items": [item for _, item in some]}).encode()
        asked = urllib.request.Request(f"{url}/v1/reviews", body, {"content-type": "application/json"})  # noqa: S310
        try:
            with urllib.request.urlopen(asked, timeout=600) as answer:  # noqa: S310  our own service
                verdicts = json.load(answer)["items"]
        except OSError as failed:
            raise ServerError(f"a review failed: {failed}") from None
        yield from (
            place for (place, _), verdict in zip(some, verdicts, strict=True) if verdict["action"] not in _PASSES
        )


def _shown(count: int, of: int) -> str:
    """A share with its Wilson interval, in per cent."""
    share, spread = count / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return f"{100 * share:.1f} ({100 * max(0.0, middle - half):.1f}–{100 * min(1.0, middle + half):.1f})"
