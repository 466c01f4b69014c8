"""How the result of a dry run reads to an officer: counts by their names, texts with the words marked in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from app.console.changes.wording_cards import KINDS, place, told
from app.lexicon.impact import UNKNOWN
from app.lexicon.labels import CHANNELS, SCENARIOS
from app.lexicon.trials import Trial
from app.lexicon.wording_trials import WordingTrial

_MOST = 50
Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Found:
    """A recorded text, or an approved one, with what is hit in it. `where`: of an approved one, in words."""

    text: str
    spans: Spans
    words: Sequence[str]
    rule: str
    title: str
    times: int = 0
    scenario: str = ""
    channel: str = ""
    script_id: str = ""
    where: str = ""
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """Records that are newly stopped, or newly let pass."""

    count: int
    rules: Sequence[tuple[str, str, int]]
    scenarios: Sequence[tuple[str, int]]
    channels: Sequence[tuple[str, int]]
    examples: Sequence[Found]


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a change of rules does. `anyway`: records that another rule stops before and after."""

    against: int
    records: int
    seconds: float
    stopped: Side
    passed: Side
    wording: Sequence[Found]
    more_wording: int
    unheard: Sequence[str]
    anyway: int


@dataclass(frozen=True, slots=True)
class TextResult:
    """What a change of approved wording does. `gone`: kind, text, and how often it was said in how many scripts."""

    against: int
    seconds: float
    gone: Sequence[tuple[str, str, int | None, int]]
    more_gone: int
    new: Sequence[tuple[str, str]]
    more_new: int
    problems: Sequence[str]


def rule_result(made: Trial, titles: Mapping[str, str]) -> RuleResult:
    """The result of trying rules. `titles`: of the rules by their ids."""
    found = made.impact.as_json()
    wording = [_wording(stop, titles) for stop in found["wording"]]
    return RuleResult(
        made.against,
        found["records"],
        found["seconds"],
        _side(found["newly_stopped"], titles),
        _side(found["newly_passed"], titles),
        wording[:_MOST],
        max(len(wording) - _MOST, 0),
        [titles.get(rule, rule) for rule in found["not_replayed"]],
        found["stopped_anyway"],
    )


def text_result(made: WordingTrial) -> TextResult:
    """The result of trying wording."""
    gone, new = made.difference.gone, made.difference.new
    counted = [
        (KINDS[one.kind], one.text, said.count if said else None, said.scripts if said else 0)
        for one, said in zip_longest(gone[:_MOST], made.said[:_MOST])
    ]
    return TextResult(
        made.against,
        made.seconds,
        counted,
        max(len(gone) - _MOST, 0),
        [(KINDS[one.kind], one.text) for one in new[:_MOST]],
        max(len(new) - _MOST, 0),
        [told(problem.message) for problem in made.problems[:_MOST]],
    )


def spans_of(text: str, words: Sequence[str]) -> Spans:
    """Where words stand in a text."""
    found = []
    for word in filter(None, words):
        start = text.find(word)
        while start >= 0:
            found.append((start, start + len(word)))
            start = text.find(word, start + len(word))
    return sorted(found)


def _side(told: Mapping[str, Any], titles: Mapping[str, str]) -> Side:
    return Side(
        told["count"],
        [(rule, titles.get(rule, rule), times) for rule, times in told["by_rule"].items()],
        [(_called(SCENARIOS, name), times) for name, times in told["by_scenario"].items()],
        [(_called(CHANNELS, name), times) for name, times in told["by_channel"].items()],
        [_example(each, titles) for each in told["examples"]],
    )


def _example(told: Mapping[str, Any], titles: Mapping[str, str]) -> Found:
    return Found(
        told["text"],
        spans_of(told["text"], told["words"]),
        told["words"],
        told["rule"],
        titles.get(told["rule"], told["rule"]),
        told["times"],
        _called(SCENARIOS, told["scenario"] or UNKNOWN),
        _called(CHANNELS, told["channel"] or UNKNOWN),
        told["script_id"],
    )


def _wording(told: Mapping[str, Any], titles: Mapping[str, str]) -> Found:
    rule, words, text = told["rule"], told["words"], told["text"]
    title = titles.get(rule, rule)
    where = place(told["where"])
    return Found(text, spans_of(text, words), words, rule, title, where=where, is_line=told["kind"] == "line")


def _called(labels: Mapping[Any, str], name: str) -> str:
    known = {str(value): label for value, label in labels.items()}
    return "未注明" if name == UNKNOWN else known.get(name, name)
