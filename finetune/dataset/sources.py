"""Read officers' tables: approved scripts, and pairs of a compliant body and a violation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from app.approved.brief import Brief
from app.approved.skeleton import tidy
from app.approved.vocabulary import Vocabulary
from app.writing.prompt import OFFERS
from finetune.screening.briefs import brief_for, brief_problems, skeleton_problems, slot_problems
from finetune.tables.jsonl import Problems
from finetune.tables.records import Columns, Record, nearest, read_records, same
from guards.types import Generation, Scenario

_BRIEF = {
    "scenario": ("场景",),
    "generation": ("年龄段",),
    "strategy": ("策略",),
    "tags": ("标签",),
    "offer": ("方案",),
    "note": ("备注",),
}
_APPROVED = Columns({**_BRIEF, "body": ("正文",)}, frozenset({"scenario", "body"}))
_PAIRS = Columns(
    {**_BRIEF, "body": ("正文", "合规正文", "chosen"), "violation": ("违规", "违规正文", "rejected")},
    frozenset({"scenario", "body", "violation"}),
)
_OFFER_NAMES = dict(zip(OFFERS, ("延期", "分期", "减免"), strict=True))
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Approved:
    """A script that officers approved, for one generation."""

    place: str
    brief: Brief
    body: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A compliant body, and the same with a violation."""

    place: str
    brief: Brief
    chosen: str
    rejected: str


def read_approved(path: Path, vocabulary: Vocabulary, problems: Problems) -> Iterator[Approved]:
    """The scripts of one file of officers; a row without a generation is one script for each."""
    for record in read_records(path, _APPROVED, problems):
        body = tidy(record.text("body"))
        problems_before = len(problems)
        for problem in skeleton_problems(body, vocabulary):
            problems.add(record.place, f"body: {problem}")
        for brief in _briefs(record, body, vocabulary, problems):
            if len(problems) == problems_before:
                yield Approved(record.place, brief, body)


def read_pairs(path: Path, vocabulary: Vocabulary, problems: Problems) -> Iterator[Pair]:
    """The pairs of one file; a row without a generation is one pair for each."""
    for record in read_records(path, _PAIRS, problems):
        chosen, rejected = tidy(record.text("body")), tidy(record.text("violation"))
        problems_before = len(problems)
        for problem in skeleton_problems(chosen, vocabulary):
            problems.add(record.place, f"body: {problem}")
        for problem in skeleton_problems(rejected, vocabulary, in_words=True):
            problems.add(record.place, f"violation: {problem}")
        briefs = _briefs(record, chosen, vocabulary, problems)
        for problem in _unfilled(rejected, briefs[:1], vocabulary):
            problems.add(record.place, f"violation: {problem}")
        for brief in briefs:
            if len(problems) == problems_before:
                yield Pair(record.place, brief, chosen, rejected)


def _unfilled(rejected: str, briefs: Iterable[Brief], vocabulary: Vocabulary) -> Iterator[str]:
    """Slots of a violation that serving never fills: no guard would hear it.

    As if deferral were offered: to promise what is not offered may be the violation.
    """
    for brief in briefs:
        own = brief_for(brief.scenario, brief.generation, brief.strategy, brief.tags, "deferral", rejected)
        yield from slot_problems(own, vocabulary)


def _briefs(record: Record, body: str, vocabulary: Vocabulary, problems: Problems) -> list[Brief]:
    """The orders that a row of a table stands for; none if it names what does not exist."""
    row = _Row(record, vocabulary, problems)
    scenario, generation, offer, tags = row.scenario(), row.generation(), row.offer(), row.tags()
    if scenario is None:
        return []
    strategy = row.strategy(scenario)
    default = vocabulary.scenarios[scenario].default_strategy
    briefs = [
        brief_for(scenario, each, strategy or default.get(each, ""), tags, offer, body)
        for each in ([generation] if generation else list(Generation))
    ]
    for problem in (*brief_problems(briefs[0], vocabulary), *slot_problems(briefs[0], vocabulary)):
        problems.add(record.place, problem)
    return briefs


class _Row:
    """The cells of one record as the vocabulary's names."""

    def __init__(self, record: Record, vocabulary: Vocabulary, problems: Problems) -> None:
        self._record = record
        self._vocabulary = vocabulary
        self._problems = problems

    def scenario(self) -> Scenario | None:
        return self._one("scenario", {each.id: each.label for each in self._vocabulary.scenarios.values()})

    def generation(self) -> Generation | None:
        return self._one("generation", {each.id: each.label for each in self._vocabulary.generations.values()})

    def strategy(self, scenario: Scenario) -> str | None:
        fitting = self._vocabulary.strategies_for(scenario)
        return self._one("strategy", {name: self._vocabulary.strategies[name].label for name in fitting})

    def offer(self) -> str | None:
        return self._one("offer", _OFFER_NAMES)

    def tags(self) -> tuple[str, ...]:
        """Tags in the row's order."""
        cell = self._record.cells.get("tags", "")
        for separator in "，,；;":
            cell = cell.replace(separator, "、") if isinstance(cell, str) else cell
        given = [one.strip() for one in (cell.split("、") if isinstance(cell, str) else cell)]
        labels = {tag.id: tag.label for tag in self._vocabulary.tags.values()}
        found = [self._named("tags", one, labels) for one in given if one]
        return tuple(tag for tag in found if tag is not None)

    def _one(self, column: str, labels: Mapping[T, str]) -> T | None:
        given = self._record.text(column)
        return self._named(column, given, labels) if given else None

    def _named(self, column: str, given: str, labels: Mapping[T, str]) -> T | None:
        """The name that is given by itself or by its label."""
        for name, label in labels.items():
            if same(given) in (same(str(name)), same(label)):
                return name
        near = nearest(given, [*map(str, labels), *labels.values()])
        self._problems.add(self._record.place, f"{column}: is unknown here{near}")
        return None
