"""The settings of the gates before a call, as officers write them: hours, counts, roles, ages."""

from datetime import date, time
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from guards.lexicon.rules import Examples, Source, Strict
from guards.types import Generation, Role, Scenario


def _without_zone(moment: time) -> time:
    """A time of day in China: with a zone of its own it could not be compared."""
    if moment.tzinfo is not None:
        raise ValueError("a time of day must name no zone; it is China's")
    return moment


Clock = Annotated[time, AfterValidator(_without_zone)]

GateName = Literal[
    "marketing_consent",
    "opted_out",
    "wrong_number",
    "said_on_telephone",
    "student",
    "student_unknown",
    "minor",
    "third_party",
    "third_party_refused",
    "quiet_hours",
    "marketing_hours",
    "connected_calls",
    "attempts",
    "settled",
    "person_speaks",
    "person_speaks_to_guarantor",
    "person_speaks_of_dispute",
    "asked_for_person",
]
"""The gates that `guards.gates` decides, in the order in which they are reported."""
GATE_NAMES: tuple[GateName, ...] = get_args(GateName)
HANDOVERS: frozenset[GateName] = frozenset(
    {"person_speaks", "person_speaks_to_guarantor", "person_speaks_of_dispute", "asked_for_person"}
)
"""The gates that hand over to a person; all others forbid the call."""


class Hours(Strict):
    """A stretch of the day in China's time, `start` included, `end` excluded."""

    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _forward(self) -> "Hours":
        if self.start >= self.end:
            raise ValueError("hours must end after they start, on the same day")
        return self

    def contains(self, moment: time) -> bool:
        """Whether the call may be made at `moment`."""
        return self.start <= moment < self.end


class GateRule(Strict):
    """What one gate says, and on what authority. Its examples describe requests, not texts.

    `since`: the day on which its source came into force; a gate stands on every day, whatever the clock says.
    """

    id: Annotated[str, Field(pattern=r"^gate\.[a-z0-9_]+$")]
    title: str
    reason: str
    source: Source
    since: date
    examples: Examples


class GateSettings(Strict):
    """Limits and roles of the gates, as the institution's officers set them."""

    collection_hours: Hours
    marketing_hours: list[Hours] = Field(min_length=1)
    marketing_hours_by_generation: dict[Generation, list[Hours]] = {}
    connected_calls_per_day: Annotated[int, Field(gt=0)]
    attempts_per_day: Annotated[int, Field(gt=0)]
    adult_age: Annotated[int, Field(ge=18)]
    student_status_required_for: list[Generation] = []
    roles: dict[Scenario, list[Role]]
    handoff: list[Scenario] = []
    handoff_roles: list[Role] = []
    gates: list[GateRule]

    @model_validator(mode="after")
    def _complete(self) -> "GateSettings":
        named = {rule.id for rule in self.gates}
        known = {f"gate.{name}" for name in GATE_NAMES}
        if named != known or len(self.gates) != len(known):
            raise ValueError(
                f"gates must describe exactly {sorted(known)}, each once; wrong or missing: {sorted(named ^ known)}"
            )
        if missing := set(Scenario) - set(self.roles):
            raise ValueError(f"roles lack {sorted(missing)}")
        return self
