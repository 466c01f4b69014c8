"""What follows from refusals: which calls may no longer be made, or be made by a machine."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.contacts.ledger import Closures
from guards.types import Channel, Group, Role, Scenario

OPTED_OUT, ASKED_FOR_PERSON = "gate.opted_out", "gate.asked_for_person"
WRONG_NUMBER, THIRD_PARTY_REFUSED = "gate.wrong_number", "gate.third_party_refused"


@dataclass(frozen=True, slots=True)
class Effect:
    """Calls of one scenario that `rule` stops. None: every channel, every role. Handed over, or else not made."""

    scenario: Scenario
    rule: str
    channel: Channel | None = None
    roles: tuple[Role, ...] | None = None
    is_handed_over: bool = False


def effects_of(closures: Closures) -> tuple[Effect, ...]:
    """Everything that one customer's refusals close, by refusal and in the order of scenarios."""
    return tuple(_effects(closures))


def _effects(closures: Closures) -> Iterator[Effect]:
    for scenario in Scenario:
        if closures.opted_out and scenario.group is Group.MARKETING:
            yield Effect(scenario, OPTED_OUT)
        elif closures.asked_for_person and scenario.group is not Group.MARKETING:
            yield Effect(scenario, ASKED_FOR_PERSON, channel=Channel.AI_VOICE, is_handed_over=True)
    if closures.wrong_number:
        yield from (Effect(scenario, WRONG_NUMBER) for scenario in Scenario)
    if closures.third_party_refused:
        yield from (
            Effect(scenario, THIRD_PARTY_REFUSED, roles=(Role.CONTACT, Role.UNRELATED)) for scenario in Scenario
        )
