"""What a change of rules would newly stop, and newly let pass, among recorded texts and approved wording."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.lexicon.altered import Altered
from app.lexicon.approved import ApprovedTexts
from app.lexicon.effects import Effect, Hit, Judges
from app.lexicon.recorded import CaseReader, Recorded
from app.lexicon.stops import Stop, stops

EXAMPLES = 10
UNKNOWN = "unknown"
"""The scenario or channel of a text of which neither was told."""
Progress = Callable[[int], None]
"""Told after each page how many records were judged so far."""


@dataclass(slots=True)
class _Text:
    """One text, however often it was recorded; `record` is its newest record."""

    record: Recorded
    hits: Sequence[Hit]
    times: int = 0


@dataclass(slots=True)
class Counts:
    """Records that are affected in one way, counted and with their texts."""

    count: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    by_scenario: Counter[str] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)
    _texts: dict[str, _Text] = field(default_factory=dict)

    def add(self, record: Recorded, hits: Sequence[Hit]) -> None:
        """Count one record."""
        self.count += 1
        self.by_rule.update(hit.rule for hit in hits)
        self.by_scenario[record.scenario or UNKNOWN] += 1
        self.by_channel[record.channel or UNKNOWN] += 1
        known = self._texts.setdefault(record.text, _Text(record, hits))
        known.times += 1
        if record.script_id > known.record.script_id:
            known.record, known.hits = record, hits

    def as_json(self) -> dict[str, Any]:
        """All numbers, the largest first, and the most frequent texts."""
        often = sorted(self._texts.values(), key=lambda each: (-each.times, each.record.script_id))
        return {
            "count": self.count,
            "by_rule": _sorted(self.by_rule),
            "by_scenario": _sorted(self.by_scenario),
            "by_channel": _sorted(self.by_channel),
            "examples": [_example(each) for each in often[:EXAMPLES]],
        }


@dataclass(slots=True)
class Impact:
    """What a change does. `wording`: approved wording that it stops. `seconds`: how long it took to find out."""

    records: int = 0
    newly_stopped: Counts = field(default_factory=Counts)
    newly_passed: Counts = field(default_factory=Counts)
    wording: Sequence[Stop] = ()
    unheard: Sequence[str] = ()
    seconds: float = 0.0

    def add(self, record: Recorded, effect: Effect) -> None:
        """Count what becomes of one record."""
        if effect.stopped:
            self.newly_stopped.add(record, effect.stopped)
        elif effect.passed:
            self.newly_passed.add(record, effect.passed)

    def as_json(self) -> dict[str, Any]:
        """The result as an answer has it. `not_replayed`: changed rules of which texts tell nothing."""
        return {
            "records": self.records,
            "newly_stopped": self.newly_stopped.as_json(),
            "newly_passed": self.newly_passed.as_json(),
            "wording": [stop.as_json() for stop in self.wording],
            "not_replayed": list(self.unheard),
            "seconds": round(self.seconds, 3),
        }


def impact(
    altered: Altered, records: Iterable[Recorded], reader: CaseReader, approved: ApprovedTexts | None = None
) -> Impact:
    """Judge every record here and now. Many are better judged by `app.lexicon.replay`, beside the service."""
    judges = Judges(altered)
    found = Impact(unheard=altered.unheard)
    for record in records:
        found.records += 1
        found.add(record, effect_on(record, judges, reader))
    if approved is not None:
        found.wording = stops(altered, approved, judges)
    return found


def effect_on(record: Recorded, judges: Judges, reader: CaseReader) -> Effect:
    """What a change does to one record."""
    return judges.effect(record.script, reader.case(record, with_facts=judges.needs_facts))


def _sorted(counted: Counter[str]) -> dict[str, int]:
    return {str(name): times for name, times in counted.most_common()}


def _example(text: _Text) -> dict[str, Any]:
    return {
        "text": text.record.text,
        "times": text.times,
        "rule": text.hits[0].rule,
        "words": list(dict.fromkeys(word for hit in text.hits for word in hit.words)),
        "scenario": text.record.scenario,
        "channel": text.record.channel,
        "script_id": text.record.script_id,
    }
