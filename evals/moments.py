"""Call moments drawn at random whose pairs of tags are held out of all training."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from app.approved.facts import example_facts
from app.approved.vocabulary import REPLY, Vocabulary
from app.approved.wording import Wording
from app.requests import OptionsRequest
from app.scripts.intake import Order, take_order
from app.scripts.proof import PROOF_DAY, example_request
from app.writing.heldout import is_held_out_pair
from guards.types import Channel, Generation, Group, Scenario


@dataclass(frozen=True, slots=True)
class Moments:
    """Draws orders as the service takes them; the same seed gives the same orders."""

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

    def _held_out_pairs(self, scenario: Scenario) -> Sequence[tuple[str, ...]]:
        spoken = [
            tag.id
            for tag in self.vocabulary.tags.values()
            if scenario in tag.scenarios and tag.speaks and not tag.needs_reply and not tag.channels
        ]
        return [pair for pair in combinations(spoken, 2) if is_held_out_pair(scenario, pair)]

    def _order(self, scenario: Scenario, tags: tuple[str, ...], chance: random.Random) -> Order:
        profile = self.vocabulary.scenarios[scenario]
        rich = example_facts(profile, self.vocabulary, PROOF_DAY)
        facts = {name: value for name, value in rich.items() if name in profile.required_facts or chance.random() < 0.5}
        # An instalment is said with its principal and its term, a term of its own is one of several, and so on.
        if "monthly_payment" in facts and scenario.group is Group.MARKETING:
            facts |= {name: rich[name] for name in ("principal", "terms")}
        if "terms" not in facts:
            facts.pop("instalment_terms", None)
        specs = self.vocabulary.facts
        facts = {name: value for name, value in facts.items() if (specs[name].spoken_of or name) in facts}
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
