"""The hand-written sentences that a small model may recombine, each with the tags and offers that it belongs to."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.errors import ConfigurationError
from app.writing.brief import Brief
from app.writing.skeleton import sentences
from guards.types import Scenario

SENTENCES_FILE = "sentences.jsonl"


@dataclass(frozen=True, slots=True)
class Vetted:
    """One sentence as somebody wrote it. With tags or offers, it fits only a brief that has one of them."""

    scenario: Scenario
    sentence: str
    tags: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()


class VettedSentences:
    """Knows whether a skeleton consists of hand-written sentences alone, each in its place.

    A small model slips now and then: it joins two halves of different lines, or says a line for a tag that nobody gave.
    Both read like Chinese, and no rule of the lexicon names them; they are simply not what a person wrote.
    """

    def __init__(self, vetted: Iterable[Vetted]) -> None:
        self._known: dict[tuple[Scenario, str], list[Vetted]] = {}
        for each in vetted:
            self._known.setdefault((each.scenario, each.sentence), []).append(each)

    def admit(self, skeleton: str, brief: Brief) -> bool:
        """Whether every sentence was written by hand for this scenario, and for this brief's tags and offer."""
        said = sentences(skeleton)
        return "".join(said) == skeleton and all(
            any(_fits(each, brief) for each in self._known.get((brief.scenario, sentence), ())) for sentence in said
        )


def read_vetted(directory: Path) -> VettedSentences | None:
    """The sentences beside a checkpoint, or None when it has none: such a model may write freely.

    Raises:
        ConfigurationError: naming the line that is no vetted sentence.
    """
    file = directory / SENTENCES_FILE
    if not file.exists():
        return None
    vetted = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            vetted.append(
                Vetted(Scenario(row["scenario"]), row["sentence"], frozenset(row["tags"]), frozenset(row["offers"]))
            )
        except (ValueError, KeyError, TypeError):
            raise ConfigurationError(f"{file}:{number}: no vetted sentence") from None
    return VettedSentences(vetted)


def write_vetted(vetted: Iterable[Vetted], directory: Path) -> None:
    """Write the sentences beside a checkpoint, sorted, each once."""
    rows = {
        json.dumps(
            {
                "scenario": each.scenario.value,
                "sentence": each.sentence,
                "tags": sorted(each.tags),
                "offers": sorted(each.offers),
            },
            ensure_ascii=False,
        )
        for each in vetted
    }
    (directory / SENTENCES_FILE).write_text("".join(f"{row}\n" for row in sorted(rows)), "utf-8")


def _fits(vetted: Vetted, brief: Brief) -> bool:
    if vetted.tags and not vetted.tags & set(brief.tags):
        return False
    return not vetted.offers or brief.offer in vetted.offers
