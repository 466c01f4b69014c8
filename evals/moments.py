"""Call moments drawn at random: with pairs of tags that are held out of all training, or of any kind."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, cycle, islice, product
from typing import Any

from app.approved.facts import example_facts
from app.approved.vocabulary import REPLY, ScenarioProfile, Vocabulary
from app.approved.wording import Wording
from app.requests import OptionsRequest, ScriptRequest
from app.scripts.intake import Order, take_order
from app.scripts.proof import PROOF_DAY, example_request
from app.writing.heldout import is_held_out_pair
from guards.types import Channel, Generation, Group, Scenario

_MOST_TAGS = 3


@dataclass(frozen=True, slots=True)
class Moments:
    """Draws requests, or orders as the service takes them; the same seed gives the same ones."""

    vocabulary: Vocabulary
    wording: Wording

    def held_out(self, count: int, seed: int) -> Iterator[Order]:
        """`count` orders, each with a pair of tags that is held out of training, in turn over the scenarios."""
        chance = random.Random(seed)
        pairs = {scenario: found for scenario in Scenario if (found := self._held_out_pairs(scenario))}
        scenarios = list(pairs)
        for number in range(count):
            scenario = scenarios[number % len(scenarios)]
            yield self._order(scenario, chance.choice(pairs[scenario]), chance)

    def of_any_kind(self, count: int, seed: int) -> Iterator[ScriptRequest]:
        """`count` requests of somebody verified, in turn over scenarios, voices and generations, with up to three tags.

        Tags are drawn as they come, and may sit oddly together: an engine may send them so.
        """
        chance = random.Random(seed)
        spoken = [profile for profile in self.vocabulary.scenarios.values() if profile.speaks == "script"]
        cells = product((Channel.AI_VOICE, Channel.HUMAN_AGENT), spoken, Generation)
        for channel, profile, generation in islice(cycle(cells), count):
            facts = self._facts(profile, chance)
            if "offers" in facts:
                facts["offers"] = [chance.choice(self.vocabulary.facts["offers"].choices or [])]
            fitting = [
                tag.id
                for tag in self.vocabulary.tags.values()
                if profile.id in tag.scenarios and (not tag.channels or channel in tag.channels)
            ]
            request = example_request(profile, generation, channel, facts, verified=True)
            tags = chance.sample(fitting, chance.randint(0, _MOST_TAGS))
            yield request.model_copy(update={"customer": request.customer.model_copy(update={"tags": tags})})

    def _held_out_pairs(self, scenario: Scenario) -> Sequence[tuple[str, ...]]:
        spoken = [
            tag.id
            for tag in self.vocabulary.tags.values()
            if scenario in tag.scenarios and tag.speaks and not tag.needs_reply and not tag.channels
        ]
        return [pair for pair in combinations(spoken, 2) if is_held_out_pair(scenario, pair)]

    def _order(self, scenario: Scenario, tags: tuple[str, ...], chance: random.Random) -> Order:
        profile = self.vocabulary.scenarios[scenario]
        facts = self._facts(profile, chance)
        strategies = [
            name
            for name in self.vocabulary.strategies_for(scenario)
            if name != REPLY
            and all(self.vocabulary.slots[slot].fact in facts for slot in self.vocabulary.strategies[name].needs)
        ]
        strategy = None if chance.random() < 0.6 else chance.choice(strategies)
        generation = chance.choice(list(Generation))
        request = example_request(profile, generation, Channel.AI_VOICE, facts, verified=True)
        customer = request.customer.model_copy(update={"tags": chance.sample(tags, len(tags))})
        options = OptionsRequest(strategy=strategy)
        return take_order(
            request.model_copy(update={"customer": customer, "options": options}), self.vocabulary, self.wording
        )

    def _facts(self, profile: ScenarioProfile, chance: random.Random) -> dict[str, Any]:
        """Every required fact of the examples, and each other one half of the time, as far as they make sense."""
        rich = example_facts(profile, self.vocabulary, PROOF_DAY)
        facts = {name: value for name, value in rich.items() if name in profile.required_facts or chance.random() < 0.5}
        # An instalment is said with its principal and its term, a term of its own is one of several, and so on.
        if "monthly_payment" in facts and profile.id.group is Group.MARKETING:
            facts |= {name: rich[name] for name in ("principal", "terms")}
        if "terms" not in facts:
            facts.pop("instalment_terms", None)
        specs = self.vocabulary.facts
        return {name: value for name, value in facts.items() if (specs[name].spoken_of or name) in facts}
