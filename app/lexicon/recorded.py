"""A text as it was recorded, masked, and what is still known of its call; nothing here knows of the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Any

from app.approved.facts import parse_any_facts, parse_facts
from app.approved.vocabulary import Vocabulary
from app.errors import Malformed
from guards.lexicon.scope import CHINA
from guards.script import Script, Segment
from guards.types import Call, Callee, Case, Channel, Fact, Generation, Scenario, Stage

_NOON = time(12)


class Source(StrEnum):
    """Whose text it is: one that we wrote, or one that we were given to judge."""

    SCRIPT = "script"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded text. `stage` is None for a whole script; `facts` are as they were sent, None where none are known.

    `day`: when it was said or sent, in China. `stopped_by`: the rules that stopped it then.
    """

    script_id: str
    source: Source
    segments: tuple[Segment, ...]
    scenario: Scenario | None = None
    channel: Channel | None = None
    stage: Stage | None = None
    callee: Callee | None = None
    generation: Generation | None = None
    facts: Mapping[str, Any] | None = None
    day: date | None = None
    stopped_by: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        """The written form."""
        return "".join(segment.text for segment in self.segments)

    @property
    def script(self) -> Script:
        """The text as guards take it."""
        return Script(self.segments)


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Makes cases of what was recorded. `defaults`: facts that the institution adds to its own scripts and reviews."""

    vocabulary: Vocabulary
    defaults: Mapping[str, str]

    def case(self, recorded: Recorded, *, with_facts: bool = True) -> Case:
        """What the guards may know of it; without facts where they do not matter, since they take time to read."""
        facts: tuple[Fact, ...] | None = None
        offers: frozenset[str] = frozenset()
        if with_facts and recorded.facts is not None:
            facts, offers = self._facts(recorded.scenario, recorded.facts)
        call = None
        if recorded.generation is not None:
            call = Call(datetime.combine(recorded.day or date.min, _NOON, CHINA), generation=recorded.generation)
        return Case(
            scenario=recorded.scenario,
            channel=recorded.channel,
            callee=recorded.callee,
            stage=recorded.stage,
            call=call,
            facts=facts,
            offers=offers,
            today=recorded.day,
        )

    def _facts(
        self, scenario: Scenario | None, raw: Mapping[str, Any]
    ) -> tuple[tuple[Fact, ...] | None, frozenset[str]]:
        profile = self.vocabulary.scenarios.get(scenario) if scenario else None
        try:
            if profile is None:
                facts = parse_any_facts(raw, self.vocabulary)
            else:
                facts = parse_facts(raw, profile, self.vocabulary, partial=True)
        except Malformed:  # the vocabulary has changed since: what it meant is no longer known
            return None, frozenset()
        known = self.vocabulary.facts if profile is None else (*profile.required_facts, *profile.optional_facts)
        facts = facts.with_defaults({name: value for name, value in self.defaults.items() if name in known})
        return facts.guard_facts(), frozenset(facts.offers)
