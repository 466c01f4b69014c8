"""`python -m finetune.rehearsal`: invented calls in which one strategy does better, to rehearse what outcomes teach."""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from app.approved.brief import Brief
from app.approved.vocabulary import Vocabulary, read_vocabulary
from app.writing.heldout import is_held_out_pair
from finetune.folders import CORPUS, PROMPTS
from finetune.lines.bodies import read_corpus_of_bodies
from finetune.lines.composer import Composer
from guards.types import Generation, Scenario

WANTED, UNWANTED = "rate_first", "benefit_first"
_SCENARIOS = (Scenario.ACQUISITION, Scenario.ACTIVATION)
_GENERATIONS = (Generation.GEN_Z, Generation.YOUNG)
_OUTCOMES = ("convert", "neutral", "hang_up")
_CHANCES = {WANTED: (8, 62, 30), UNWANTED: (2, 54, 44)}
"""Per cent of the calls of a strategy that end so."""


def invented_calls(vocabulary: Vocabulary, calls: int, seed: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each call as a recorded decision and its outcome, in the shapes of docs/finetuning.md; bodies from the corpus.

    There are `calls` of each strategy in each segment.
    """
    chance = random.Random(seed)
    composer = Composer((), vocabulary, seed, read_corpus_of_bodies(CORPUS, vocabulary))
    had: Counter[tuple[Scenario, Generation, str]] = Counter()
    left = calls * len(_SCENARIOS) * len(_GENERATIONS) * len(_CHANCES)
    while left:
        brief = composer.draw_brief(chance.choice(_SCENARIOS))
        cell = brief.scenario, brief.generation, brief.strategy
        body = composer.compose(brief) if _is_rehearsed(brief) and had[cell] < calls else None
        if body is None:
            continue
        had[cell] += 1
        left -= 1
        name = f"rehearsal-{left}"
        (outcome,) = chance.choices(_OUTCOMES, _CHANCES[brief.strategy])
        yield (
            {
                "script_id": name,
                "scenario": brief.scenario.value,
                "generation": brief.generation.value,
                "strategy": brief.strategy,
                "tags": list(brief.tags),
                "offer": brief.offer,
                "body": body,
                "source": "model",
            },
            {"script_id": name, "outcome": outcome, "matured": True},
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Write `decisions.jsonl` and `outcomes.jsonl`; exit status 2 if that cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m finetune.rehearsal", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("var/rehearsal"), help="a folder; default: %(default)s")
    parser.add_argument(
        "--calls", type=int, default=300, help="of each strategy in each segment; under 200 get no label"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if given.calls < 1:
        parser.error("--calls must be at least 1")
    calls = list(invented_calls(read_vocabulary(PROMPTS), given.calls, given.seed))
    try:
        given.output.mkdir(parents=True, exist_ok=True)
        for name, rows in zip(("decisions", "outcomes"), zip(*calls, strict=True), strict=True):
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (given.output / f"{name}.jsonl").write_text(text, "utf-8")
    except OSError as unwritable:
        print(f"{given.output}: cannot be written: {unwritable.strerror}", file=sys.stderr)
        return 2
    print(f"{given.output}: {len(calls)} calls, in which {WANTED} does better than {UNWANTED}")
    return 0


def _is_rehearsed(brief: Brief) -> bool:
    """Whether a call may have this brief: no pair of tags that is kept out of every training."""
    is_seen = not is_held_out_pair(brief.scenario, brief.tags)
    return is_seen and brief.generation in _GENERATIONS and brief.strategy in _CHANCES


if __name__ == "__main__":
    sys.exit(main())
