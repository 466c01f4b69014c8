"""What was judged wrongly in the field, by kind: rules alone stop what must be, the chain lets honest words pass."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from guards.policy import Policy
from guards.script import Script, Segment
from guards.types import Action, Callee, Case, Channel, Fact, Quantity, Role, Scenario, Stage

CASES = [json.loads(line) for line in Path(__file__).with_name("field.jsonl").read_text("utf-8").splitlines()]
QUANTITIES = {"annual_rate": Quantity.RATE_ANNUAL}


def _facts(facts: Mapping[str, str]) -> Iterator[Fact]:
    for name, value in facts.items():
        quantity = QUANTITIES.get(name, Quantity.TEXT)
        yield Fact(name, quantity, Decimal(value) if quantity is not Quantity.TEXT else value)


def _case(row: Mapping[str, Any]) -> Case:
    callee = row.get("callee")
    return Case(
        scenario=Scenario(row["scenario"]),
        channel=Channel(row["channel"]) if "channel" in row else None,
        callee=Callee(Role(callee["role"]), callee["identity_verified"]) if callee else None,
        stage=Stage(row["stage"]) if "stage" in row else None,
        facts=tuple(_facts(row["facts"])) if "facts" in row else None,
    )


@pytest.mark.parametrize("row", [row for row in CASES if row["want"] == "stop"], ids=lambda row: row["id"])
def test_a_rule_stops_what_the_field_heard(policy: Policy, row: Mapping[str, Any]) -> None:
    script = Script((Segment(Stage.BODY, row["text"], row["text"]),))
    found = policy.parts.phrases(script, _case(row))
    assert max((finding.action for finding in found), default=Action.ALLOW) >= Action.REVISE, row["text"]


@pytest.mark.parametrize("row", [row for row in CASES if row["want"] == "allow"], ids=lambda row: row["id"])
def test_the_chain_lets_honest_words_of_the_field_pass(policy: Policy, row: Mapping[str, Any]) -> None:
    verdict = policy.panel.examine_text(row["text"], _case(row))
    assert verdict.action <= Action.ALLOW, [(found.rule, found.span) for found in verdict.findings]


def test_every_family_of_the_field_has_a_case() -> None:
    assert {row["id"].partition("-")[0] for row in CASES} >= {str(kind) for kind in range(3, 14)} | {"7b"}
