"""The answers of dry runs, field by field."""

from typing import Literal, Self

from app.api.answers import Told
from app.lexicon.trials import Trial


class TrialExample(Told):
    """A text, how often it was recorded, the first rule that decides on it, and the words that are hit in it.

    `script_id` is its newest record.
    """

    text: str
    times: int
    rule: str
    words: list[str]
    scenario: str | None
    channel: str | None
    script_id: str


class TrialCounts(Told):
    """Records that are affected in one way, by rule, scenario and channel, and the ten most frequent texts."""

    count: int
    by_rule: dict[str, int]
    by_scenario: dict[str, int]
    by_channel: dict[str, int]
    examples: list[TrialExample]


class TrialWording(Told):
    """Approved wording that the change stops: a line of a model is only passed over from then on."""

    where: str
    text: str
    rule: str
    words: list[str]
    kind: Literal["approved", "line"]


class TrialAnswer(Told):
    """What a change does. `against`: the revision it was compared with; `stopped_anyway`: records
    that another rule stops before and after, which are not counted above; `not_replayed`: changed rules of which texts
    tell nothing, such as the hours in which may be called.
    """

    change: str
    against: int
    records: int
    newly_stopped: TrialCounts
    newly_passed: TrialCounts
    stopped_anyway: int
    wording: list[TrialWording]
    not_replayed: list[str]
    seconds: float

    @classmethod
    def of(cls, made: Trial) -> Self:
        """What is told of a dry run."""
        return cls(change=made.change, against=made.against, **made.impact.as_json())
