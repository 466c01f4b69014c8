"""The order for one body, as a model gets it: names of slots and tags, never a number or any personal data."""

from dataclasses import dataclass

from guards.types import Generation, Scenario


@dataclass(frozen=True, slots=True)
class Brief:
    """The order for one body.

    `tags` are the ids of the tags that the body addresses, at most two. `slots` must all be used, each at least once;
    `optional_slots` may be. `offer` is the one concession that may be mentioned (deferral, instalment, waiver), if any.
    """

    scenario: Scenario
    generation: Generation
    strategy: str
    tags: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    optional_slots: tuple[str, ...] = ()
    offer: str | None = None

    @property
    def allowed_slots(self) -> frozenset[str]:
        """Every slot that the body may use."""
        return frozenset(self.slots) | frozenset(self.optional_slots)
