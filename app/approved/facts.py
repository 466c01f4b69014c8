"""The facts of a request: checked as a whole, as values of slots and as facts for the guards."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from app.approved.agreement import Situation, Value, disagreements, instalment_term
from app.approved.names import spoken_name
from app.approved.spoken import (
    plain,
    spoken_count,
    spoken_date,
    spoken_decimal,
    spoken_line,
    spoken_money,
    written_date,
    written_money,
)
from app.approved.values import parsed
from app.approved.vocabulary import FactSpec, ScenarioProfile, Vocabulary
from app.errors import FieldProblem, Malformed
from guards.types import Fact, Group, Quantity

_LONG_OVERDUE = 61
"""Days of the example of a scenario that names no range: where a person speaks."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A slot's value, written and spoken; `fact` and `quantity` of what it is filled from, if that is a figure."""

    written: str
    spoken: str
    fact: str = ""
    quantity: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """The parsed facts of one request, by name."""

    values: Mapping[str, Value]
    vocabulary: Vocabulary

    @property
    def offers(self) -> tuple[str, ...]:
        """The concessions that the institution offers, in the request's order."""
        offers = self.values.get("offers", ())
        return tuple(str(offer) for offer in offers) if isinstance(offers, tuple) else ()

    @property
    def rate_method(self) -> Literal["simple", "irr"] | None:
        """How the annual rate is computed, if that is known."""
        method = self.values.get("rate_method")
        return "simple" if method == "simple" else "irr" if method == "irr" else None

    @property
    def fees(self) -> Literal["none", "some", "unknown"]:
        """Whether anything is charged beside interest."""
        fees = self.values.get("fees")
        if not isinstance(fees, Decimal):
            return "unknown"
        return "some" if fees > 0 else "none"

    def with_defaults(self, defaults: Mapping[str, str]) -> "Facts":
        """The same facts, with the institution's own where the request has none."""
        return Facts({**defaults, **self.values}, self.vocabulary)

    def guard_facts(self) -> tuple[Fact, ...]:
        """The facts in the guards' form; a fact with several values becomes several facts."""
        facts = []
        for name, value in self.values.items():
            quantity = self.vocabulary.facts[name].quantity or Quantity.TEXT
            if name == "offers" or isinstance(value, datetime):
                continue
            values = value if isinstance(value, tuple) else (value,)
            facts += [Fact(name, quantity, one) for one in values]
        # What is said of a name is a name: its numbers are no claims either.
        facts += [
            Fact(f"{name}_spoken", Quantity.TEXT, said)
            for name, said in self._spoken_names().items()
            if said not in self.values.values()
        ]
        return tuple(facts)

    def _spoken_names(self) -> dict[str, str]:
        """How each name is read aloud, by the fact that holds it: as a fact says, else worked out."""
        texts = [(self.vocabulary.facts[name], str(value)) for name, value in self.values.items()]
        given = {spec.spoken_of: value for spec, value in texts if spec.spoken_of}
        return {
            spec.name: given.get(spec.name) or spoken_name(value)
            for spec, value in texts
            if spec.type == "text" and not spec.spoken_of
        }

    def fillings(self, today: date) -> dict[str, Filling]:
        """The values of all slots that these facts can fill. `today` decides whether a date is said with its year."""
        method = "单利" if self.values.get("rate_method") == "simple" else ""
        principal, term = self.values.get("principal"), instalment_term(self.values)
        loan = (principal, term) if isinstance(principal, Decimal) and term else None
        names, filled = self._spoken_names(), {}
        for slot in self.vocabulary.slots.values():
            value = self.values.get(slot.fact)
            if value is None:
                continue
            written, spoken = _formatted(value, self.vocabulary.facts[slot.fact], today)
            spoken = names.get(slot.fact, spoken)
            forms = slot.of_loan if slot.of_loan and loan else slot
            of = {"principal": f"{written_money(loan[0])}元", "term": f"{loan[1]}期"} if loan else {}
            said = {"principal": spoken_money(loan[0]), "term": f"{spoken_count(loan[1])}期"} if loan else {}
            filled[slot.name] = Filling(
                forms.written.format(v=written, method=method, **of),
                forms.spoken.format(v=spoken, method=method, **said),
                slot.fact,
                self.vocabulary.facts[slot.fact].quantity,
            )
        return filled


def parse_facts(
    raw: Mapping[str, Any],
    scenario: ScenarioProfile,
    vocabulary: Vocabulary,
    situation: Situation | None = None,
    *,
    partial: bool = False,
) -> Facts:
    """Parse the facts of a request; with `partial`, required facts may be absent (reviews).

    In a `situation` they must agree; without one they are taken as given.

    Raises:
        Malformed: naming every fact that is unknown, missing, of the wrong type, or that disagrees.
    """
    allowed = (*scenario.required_facts, *scenario.optional_facts)
    problems = []
    values: dict[str, Value] = {}
    for name, given in raw.items():
        if name not in allowed:
            problems.append(FieldProblem(f"facts.{name}"[:80], f"no fact of {scenario.id}"))
        elif given is not None:
            try:
                values[name] = parsed(given, vocabulary.facts[name])
            except (ValueError, InvalidOperation) as wrong:
                problems.append(FieldProblem(f"facts.{name}", str(wrong) or "not a number"))
    if not partial:
        problems += [
            FieldProblem(f"facts.{name}", f"is how facts.{of} is read aloud, which is absent")
            for name in values
            if (of := vocabulary.facts[name].spoken_of) and of not in (*values, *scenario.required_facts)
        ]
        problems += [
            FieldProblem(f"facts.{name}", "is required") for name in scenario.required_facts if name not in values
        ]
    if situation is not None:
        problems += _out_of_range(values, scenario, vocabulary)
        problems += disagreements(values, scenario.id, situation, vocabulary.agreements)
    if problems:
        raise Malformed("the facts do not fit the scenario", problems)
    return Facts(values, vocabulary)


def _out_of_range(
    values: Mapping[str, Value], scenario: ScenarioProfile, vocabulary: Vocabulary
) -> Iterator[FieldProblem]:
    for name, value in values.items():
        spec = vocabulary.facts[name]
        numbers = [one for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, Decimal)]
        if spec.above is not None and any(one <= spec.above for one in numbers):
            yield FieldProblem(f"facts.{name}", f"must be above {plain(spec.above)}")
        if spec.least is not None and any(one < spec.least for one in numbers):
            yield FieldProblem(f"facts.{name}", f"must be {plain(spec.least)} or more")
    days = values.get("overdue_days")
    if scenario.overdue_days and isinstance(days, Decimal):
        first, last = scenario.overdue_days
        if not first <= days <= last:
            yield FieldProblem("facts.overdue_days", f"{scenario.id} is for {first} to {last} days overdue")


def example_facts(
    scenario: ScenarioProfile, vocabulary: Vocabulary, today: date, *, required_only: bool = False
) -> dict[str, Any]:
    """Example values of a scenario's facts that agree on a day, in the form of a request.

    They are the vocabulary's, but for days and times, which are counted from `today`.
    """
    names = scenario.required_facts if required_only else [*scenario.required_facts, *scenario.optional_facts]
    facts: dict[str, Any] = {name: vocabulary.facts[name].example for name in names}
    if scenario.id.group is Group.COLLECTION:
        days = scenario.overdue_days[0] if scenario.overdue_days else _LONG_OVERDUE
        own: dict[str, Any] = {"due_date": str(today - timedelta(days=days)), "overdue_days": days}
    else:
        own = {"due_date": str(today + timedelta(days=5)), "campaign_end": str(today + timedelta(days=10))}
        facts.pop("overdue_days", None)
    own["as_of"] = f"{today}T00:00:00+08:00"
    return {name: own.get(name, value) for name, value in facts.items()}


def parse_any_facts(raw: Mapping[str, Any], vocabulary: Vocabulary) -> Facts:
    """Parse facts without a scenario: every fact of the vocabulary is allowed and none is required.

    Raises:
        Malformed: as `parse_facts`.
    """
    problems = []
    values: dict[str, Value] = {}
    for name, given in raw.items():
        if name not in vocabulary.facts:
            problems.append(FieldProblem(f"facts.{name}"[:80], "unknown fact"))
        elif given is not None:
            try:
                values[name] = parsed(given, vocabulary.facts[name])
            except (ValueError, InvalidOperation) as wrong:
                problems.append(FieldProblem(f"facts.{name}", str(wrong) or "not a number"))
    if problems:
        raise Malformed("the facts are malformed", problems)
    return Facts(values, vocabulary)


def _formatted(value: Value, spec: FactSpec, today: date) -> tuple[str, str]:
    """The value, written and spoken; without its unit, which only the spoken form of money contains."""
    if isinstance(value, tuple):
        numbers = [one for one in value if isinstance(one, Decimal)]
        return _joined([plain(one) for one in numbers], "期、"), _joined(
            [spoken_count(int(one)) for one in numbers], "期、"
        )
    if isinstance(value, date):
        return written_date(value, today), spoken_date(value, today)
    if isinstance(value, Decimal):
        if spec.quantity is Quantity.MONEY:
            return written_money(value), spoken_money(value)
        if spec.type == "integer":
            return plain(value), spoken_count(int(value))
        return plain(value), spoken_decimal(value)
    return value, spoken_line(value) if spec.quantity is Quantity.DIGITS else value


def _joined(words: Sequence[str], separator: str) -> str:
    return separator.join(words)
