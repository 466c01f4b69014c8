"""The shape of the rules on numbers: what each asks for, on what authority, and texts that break and keep it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, model_validator

from guards.lexicon.documents import Location
from guards.lexicon.rules import Effective, Source, Strict, Words, severity
from guards.script import Script, Segment
from guards.types import Case, Fact, Finding, Quantity, Scenario, Span, Stage

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
    "number.wrong_role",
    "number.unread",
]
"""What `guards.grounding` can look for: a closed list, since each is code."""
BY_ROLES: frozenset[RuleId] = frozenset({"number.wrong_role", "number.unread"})
"""What came with roles: a revision from before them lacks it."""
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
    """Texts that are judged with the same facts: those of the named sets of the file; None: no facts are known.

    `today`: the day on which they are said, if not the first on which the rule is in force. `spoken`: how the one text
    is read aloud, if not as it is written.
    """

    facts: list[str] | None = None
    scenario: Scenario = Scenario.ACQUISITION
    today: date | None = None
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


_SLOTS = re.compile(r"\{(?:subject|fact|said)\}")


def _fillable(reason: str) -> str:
    """A reason in which nothing but the subject is to be filled in, and what a number is and was said to be."""
    if found := re.search("[{}]", _SLOTS.sub("", reason)):
        raise ValueError(f"{{subject}} is all that is filled in, and there is another {found[0]}")
    return reason


class NumberRule(Strict):
    """One rule. `whole_script`: the action where a whole script is judged; else the same as for a piece.

    `reason` is shown to the officer; `{subject}` becomes what the number measures, `{fact}` what it is and `{said}` as
    what it was said.
    """

    id: RuleId
    title: Words
    action: Severity
    whole_script: Severity | None = None
    reason: Annotated[Words, AfterValidator(_fillable)]
    source: Source
    effective: Effective
    examples: HitsAndMisses

    def find(self, span: Span, subject: str = "数字", *, in_whole_script: bool = False) -> Finding:
        """The finding that this rule makes on a range of the text."""
        return self.finding(span, {"{subject}": subject}, in_whole_script=in_whole_script)

    def finding(self, span: Span, filled: Mapping[str, str], *, in_whole_script: bool = False) -> Finding:
        """The same with everything filled in that the reason asks for, by the placeholder."""
        action = self.whole_script if in_whole_script and self.whole_script else self.action
        reason = _SLOTS.sub(lambda slot: filled.get(slot[0], "数字"), self.reason)
        return Finding(self.id, GUARD, severity(action), reason, span)


class NumberRules(Strict):
    """The file of rules on numbers, and sets of facts for their examples."""

    fact_sets: dict[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], list[ExampleFact]]
    rules: list[NumberRule]

    def problems(self) -> Iterator[tuple[Location, str]]:
        """What is wrong between the parts of the file, and where; only a file without problems has examples."""
        ids = [rule.id for rule in self.rules]
        if lacking := [known for known in get_args(RuleId) if known not in ids and known not in BY_ROLES]:
            yield ("rules",), f"lack {', '.join(lacking)}; to switch a rule off, give it an effective.until"
        for index, rule in enumerate(self.rules):
            for kind, groups in (("hits", rule.examples.hits), ("misses", rule.examples.misses)):
                for place, group in enumerate(groups):
                    for name in group.facts or ():
                        if name not in self.fact_sets:
                            where = ("rules", index, "examples", kind, place, "facts")
                            yield where, f"{rule.id}: there is no fact set {name}"

    def examples(self, rule: NumberRule) -> Iterator[tuple[Script, Case, bool]]:
        """Each example as guards judge it, and whether it must break the rule."""
        for groups, breaks in ((rule.examples.hits, True), (rule.examples.misses, False)):
            for group in groups:
                case = Case(
                    scenario=group.scenario,
                    facts=self._facts(group.facts),
                    today=group.today or rule.effective.since,
                )
                for text in group.texts:
                    yield Script((Segment(Stage.BODY, text, group.spoken or text),)), case, breaks

    def _facts(self, names: list[str] | None) -> tuple[Fact, ...] | None:
        return None if names is None else tuple(each.fact for name in names for each in self.fact_sets[name])
