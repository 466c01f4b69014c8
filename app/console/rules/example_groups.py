"""Examples of a rule on numbers: texts that are judged with the same facts stand in one field of the form."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.console.rules.words import fact_words
from app.lexicon.labels import SCENARIOS
from guards.lexicon.numbers import ExampleFact
from guards.types import Scenario

KINDS = ("hits", "misses")
NAME = re.compile(r"(hits|misses)-[0-9]{1,3}")
"""What the field of a group is called: `hits-0`."""
Examples = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Group:
    """The field of a group. `told`: with what its texts are judged."""

    name: str
    is_hit: bool
    told: str


def group_texts(examples: Examples) -> dict[str, str]:
    """What stands in each field, a text a line; nothing where examples stand in no groups."""
    return {name: "\n".join(map(str, group.get("texts") or ())) for name, group in _named(examples)}


def written_groups(examples: Examples, texts: Mapping[str, str]) -> dict[str, Any]:
    """The examples with these texts in them; a group that was emptied is gone."""
    shown = group_texts(examples)
    found: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for name, group in _named(examples):
        typed = texts.get(name, shown[name])
        lines = [line for each in typed.split("\n") if (line := each.strip())]
        if typed.strip() == shown[name].strip():
            found[name.partition("-")[0]].append(group)
        elif lines:
            found[name.partition("-")[0]].append({**group, "texts": lines})
    return found


def group_field(kind: str, number: str, texts: Mapping[str, str]) -> str | None:
    """In which field the group stands that is written at this place."""
    written = [name for name, text in texts.items() if name.startswith(f"{kind}-") and text.strip()]
    return written[int(number)] if number.isdecimal() and int(number) < len(written) else None


def groups_of(examples: Examples, sets: Mapping[str, Sequence[ExampleFact]], facts: Mapping[str, str]) -> list[Group]:
    """The fields of a rule. `sets`: the facts that groups name; `facts`: what facts are called."""
    return [Group(name, name.startswith("hits"), _told(group, sets, facts)) for name, group in _named(examples)]


def _named(examples: Examples) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind in KINDS:
        for index, group in enumerate(examples.get(kind) or ()):
            if isinstance(group, Mapping):
                yield f"{kind}-{index}", group


def _told(group: Mapping[str, Any], sets: Mapping[str, Sequence[ExampleFact]], facts: Mapping[str, str]) -> str:
    named = group.get("facts")
    known = [fact for name in named or () for fact in sets.get(name, ())]
    told = [SCENARIOS[Scenario(group.get("scenario") or Scenario.ACQUISITION)]]
    told.append("不知道任何事实" if named is None else f"已知{'、'.join(_fact(fact, facts) for fact in known)}")
    told += [f"当天是 {group['today']}"] if group.get("today") else []
    told += [f"读作“{group['spoken']}”，所以只能有一句"] if group.get("spoken") else []
    return "；".join(told)


def _fact(fact: ExampleFact, facts: Mapping[str, str]) -> str:
    return f"{fact_words(fact.name, facts)} {fact.value}"
