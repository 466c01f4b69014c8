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
    """What a change does. `wording`: approved wording that it stops. `seconds`: how long it took to find out.

    `others`: rules that the change leaves as they are; `stopped_anyway`: records that it affects and that one of these
    stops before and after, so that they are neither newly stopped nor newly passed.
    """

    records: int = 0
    newly_stopped: Counts = field(default_factory=Counts)
    newly_passed: Counts = field(default_factory=Counts)
    wording: Sequence[Stop] = ()
    unheard: Sequence[str] = ()
    seconds: float = 0.0
    others: frozenset[str] = frozenset()
    stopped_anyway: int = 0

    def add(self, record: Recorded, effect: Effect) -> None:
        """Count what becomes of one record."""
        if effect and record.stopped_by & self.others:
            self.stopped_anyway += 1
        elif effect.stopped:
            self.newly_stopped.add(record, effect.stopped)
        elif effect.passed:
            self.newly_passed.add(record, effect.passed)

    def as_json(self) -> dict[str, Any]:
        """The result as an answer has it. `not_replayed`: changed rules of which texts tell nothing."""
        return {
            "records": self.records,
            "newly_stopped": self.newly_stopped.as_json(),
            "newly_passed": self.newly_passed.as_json(),
            "stopped_anyway": self.stopped_anyway,
            "wording": [stop.as_json() for stop in self.wording],
            "not_replayed": list(self.unheard),
            "seconds": round(self.seconds, 3),
        }


class Replayer:
    """Tells what a change does to records. Of equal texts in equal calls the first is judged, while it is known."""

    def __init__(self, judges: Judges, reader: CaseReader, *, most_known: int = 20_000) -> None:
        self._judges = judges
        self._reader = reader
        self._most_known = most_known
        self._known: dict[tuple[object, ...], Effect] = {}

    def effects(self, records: Sequence[Recorded]) -> list[Effect]:
        """What becomes of each of the records."""
        if len(self._known) > self._most_known:
            self._known.clear()
        keys = [self._key(record, number) for number, record in enumerate(records)]
        new = {key: record for key, record in zip(keys, records, strict=True) if key not in self._known}
        scripts = [record.script for record in new.values()]
        effects = dict.fromkeys(new, Effect())
        for (key, record), script, may in zip(new.items(), scripts, self._judges.may_affect(scripts), strict=True):
            if may:
                case = self._reader.case(record, with_facts=self._judges.needs_facts)
                effects[key] = self._judges.effect(script, case)
        if not self._judges.needs_facts:
            self._known.update(effects)
        return [effects[key] if key in effects else self._known[key] for key in keys]

    def _key(self, record: Recorded, number: int) -> tuple[object, ...]:
        if self._judges.needs_facts:
            return (number,)
        return (record.segments, record.scenario, record.channel, record.stage, record.callee, record.generation)


def impact(
    altered: Altered,
    records: Iterable[Recorded],
    reader: CaseReader,
    approved: ApprovedTexts | None = None,
    *,
    others: frozenset[str] = frozenset(),
) -> Impact:
    """Judge every record here and now. Many are better judged by `app.lexicon.replay`, beside the service."""
    judges = Judges(altered)
    replayer = Replayer(judges, reader)
    found = Impact(unheard=altered.unheard, others=others)
    listed = list(records)
    found.records = len(listed)
    for record, effect in zip(listed, replayer.effects(listed), strict=True):
        found.add(record, effect)
    if approved is not None:
        found.wording = stops(altered, approved, judges)
    return found


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
