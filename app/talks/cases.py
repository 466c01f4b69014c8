"""Made-up customers, one for each scenario, with facts that agree on a day: nobody is called by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.approved.facts import example_facts
from app.approved.vocabulary import Vocabulary
from app.lexicon.labels import SCENARIOS
from app.talks.words import FACT_CHOICES, FACT_UNITS
from guards.types import Generation, Group, Role, Scenario

Json = dict[str, Any]
_HOUR = "T10:05:00+08:00"
"""Within the hours of every scenario: whoever tries a call at night wants to hear it all the same."""


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A customer that there is not."""

    surname: str
    honorific: str
    age: int

    @property
    def name(self) -> str:
        """What officers read: 陈女士，26岁."""
        return f"{self.surname}{self.honorific}，{self.age}岁"


PEOPLE: Mapping[Scenario, MadeUp] = {
    Scenario.ACQUISITION: MadeUp("陈", "女士", 26),
    Scenario.ACTIVATION: MadeUp("周", "先生", 35),
    Scenario.BILL_REMINDER: MadeUp("李", "女士", 66),
    Scenario.COLLECTION_M1: MadeUp("王", "先生", 33),
    Scenario.COLLECTION_M2: MadeUp("刘", "先生", 48),
    Scenario.COLLECTION_M3_PLUS: MadeUp("赵", "女士", 41),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list that a person chooses from. In marketing nobody is asked who he is."""

    scenario: Scenario
    is_verified: bool

    @property
    def label(self) -> str:
        """What officers read."""
        told = f"{SCENARIOS[self.scenario]} · {PEOPLE[self.scenario].name}"
        if self.scenario.group is Group.MARKETING:
            return told
        return f"{told} · {'已核实是本人' if self.is_verified else '还没核实是不是本人'}"


CHOICES = tuple(
    Choice(scenario, is_verified)
    for scenario in Scenario
    for is_verified in ((False,) if scenario.group is Group.MARKETING else (False, True))
)


def trial_case(
    vocabulary: Vocabulary, choice: Choice, day: date, ref: str, generation: Generation | None = None
) -> Json:
    """The case of a call, as a request has it. A generation takes the place of the age; `ref` is nobody's."""
    scenario, person = choice.scenario, PEOPLE[choice.scenario]
    is_marketing = scenario.group is Group.MARKETING
    customer: Json = {"ref": ref, "surname": person.surname, "honorific": person.honorific}
    customer |= {"age": person.age} if generation is None else {"generation": generation.value}
    customer |= {"is_student": False, "marketing_consent": True} if is_marketing else {}
    return {
        "scenario": scenario.value,
        "call_time": f"{day}{_HOUR}",
        "callee": {
            "role": (Role.APPLICANT if is_marketing else Role.DEBTOR).value,
            "identity_verified": choice.is_verified,
        },
        "customer": customer,
        "facts": example_facts(vocabulary.scenarios[scenario], vocabulary, day),
    }


def told_facts(vocabulary: Vocabulary, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts of a request as officers read them, without how names are read aloud and since when all this is known."""
    told = []
    for name, value in facts.items():
        spec = vocabulary.facts[name]
        if spec.spoken_of is None and name != "as_of":
            values = value if isinstance(value, list) else [value]
            unit = FACT_UNITS.get(spec.unit or "", "")
            told.append((spec.label, "、".join(f"{FACT_CHOICES.get(str(each), each)}{unit}" for each in values)))
    return told
