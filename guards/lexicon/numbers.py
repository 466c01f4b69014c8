"""The shape of the rules on numbers: what each asks for, on what authority, and texts that break and keep it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from guards.lexicon.rules import Effective, Source, Strict, Words
from guards.script import Script, Segment
from guards.types import Action, Case, Fact, Finding, Quantity, Scenario, Span, Stage

GUARD = "grounding"
"""The guard that applies these rules, as findings name it."""
RuleId = Literal[
    "number.ungrounded",
    "number.approximate",
    "rate.annual_first",
    "rate.simple_interest_stated",
    "rate.consistency",
    "rate.upper_bound",
    "rate.cap",
]
"""What `guards.grounding` can look for: a closed list, since each is code."""
Severity = Literal["observe", "revise", "escalate", "block"]

SUBJECTS = {
    Quantity.MONEY: "金额",
    Quantity.RATE_ANNUAL: "年化利率",
    Quantity.RATE_MONTHLY: "月利率",
    Quantity.RATE_DAILY: "日利率",
    Quantity.RATE: "比率",
    Quantity.DISCOUNT: "折扣",
    Quantity.DATE: "日期",
    Quantity.TERM: "期限",
    Quantity.DAYS: "天数",
    Quantity.MINUTES: "时长",
    Quantity.COUNT: "数量",
    Quantity.DIGITS: "数字串",
}
"""What a reason calls a number, by what it measures."""


class ExampleFact(Strict):
    """A fact that examples are judged with; `value` as in a request, dates as `2026-11-25`."""

    name: Words
    quantity: Quantity
    value: Words

    @property
    def fact(self) -> Fact:
        """The fact as guards compare it."""
        return Fact(self.name, self.quantity, self._value())

    @model_validator(mode="after")
    def _measured(self) -> "ExampleFact":
        self._value()
        return self

    def _value(self) -> Decimal | date | str:
        if self.quantity in (Quantity.TEXT, Quantity.DIGITS):
            return self.value
        if self.quantity is Quantity.DATE:
            return date.fromisoformat(self.value)
        try:
            return Decimal(self.value)
        except InvalidOperation:
            raise ValueError(f"{self.value} is no number") from None


class NumberExamples(Strict):
    """Texts that are judged with the same facts: a set of the file, or none.

    `spoken`: how the one text is read aloud, if not as it is written.
    """

    facts: str | None = None
    scenario: Scenario = Scenario.ACQUISITION
    texts: list[Words] = Field(min_length=1)
    spoken: Words | None = None

    @model_validator(mode="after")
    def _one_is_spoken(self) -> "NumberExamples":
        if self.spoken is not None and len(self.texts) > 1:
            raise ValueError("spoken belongs to one text, and there are several")
        return self


class HitsAndMisses(Strict):
    """Texts that break a rule and near misses that keep it."""

    hits: list[NumberExamples] = Field(min_length=1)
    misses: list[NumberExamples] = Field(min_length=1)


class NumberRule(Strict):
    """One rule. `whole_script`: the action where a whole script is judged; else the same as for a piece.

    `reason` is shown to the officer; `{subject}` becomes what the number measures.
    """

    id: RuleId
    title: Words
    action: Severity
    whole_script: Severity | None = None
    reason: Words
    source: Source
    effective: Effective
    examples: HitsAndMisses

    def find(self, span: Span, subject: str = "数字", *, in_whole_script: bool = False) -> Finding:
        """The finding that this rule makes on a range of the text."""
        action = self.whole_script if in_whole_script and self.whole_script else self.action
        return Finding(self.id, GUARD, Action[action.upper()], self.reason.replace("{subject}", subject), span)


class NumberRules(Strict):
    """The file of rules on numbers: every rule once."""

    fact_sets: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], list[ExampleFact]]
    rules: list[NumberRule]

    @model_validator(mode="after")
    def _complete(self) -> "NumberRules":
        ids = [rule.id for rule in self.rules]
        if lacking := [known for known in get_args(RuleId) if known not in ids]:
            raise ValueError(f"lacks {', '.join(lacking)}; to switch a rule off, give it an effective.until")
        for rule in self.rules:
            for group in (*rule.examples.hits, *rule.examples.misses):
                if group.facts is not None and group.facts not in self.fact_sets:
                    raise ValueError(f"{rule.id}: there is no fact set {group.facts}")
        return self

    def examples(self, rule: NumberRule) -> Iterator[tuple[Script, Case, bool]]:
        """Each example as guards judge it, and whether it must break the rule."""
        for groups, breaks in ((rule.examples.hits, True), (rule.examples.misses, False)):
            for group in groups:
                facts = None if group.facts is None else tuple(each.fact for each in self.fact_sets[group.facts])
                for text in group.texts:
                    script = Script((Segment(Stage.BODY, text, group.spoken or text),))
                    yield script, Case(scenario=group.scenario, facts=facts), breaks
