"""Proving rules on their examples: on the day that an example names, and never by a guard that breaks."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from guards.grounding.guard import Grounding
from guards.lexicon.documents import DocumentError
from guards.lexicon.examples import Judge, always_in_force, unproven, unproven_numbers
from guards.lexicon.numbers import NumberRule, NumberRules
from guards.lexicon.reader import Lexicon
from guards.lexicon.scope import china_today
from guards.meaning.weights import Weights
from guards.policy import Institution, compile_policy
from guards.script import Script
from guards.types import Action, Case, Finding
from tests.guards.number_rules import ROLES


def ungrounded(lexicon: Lexicon, **changes: object) -> NumberRules:
    """The file with one rule, whose only near miss says a day of the month; `changes` are made in the near miss."""
    rule = next(rule for rule in lexicon.numbers.rules if rule.id == "number.ungrounded")
    miss = {"facts": ["debt"], "scenario": "collection_m1", "texts": ["最后还款日是25号。"], **changes}
    examples = {"hits": [{"facts": ["debt"], "texts": ["到期日11月26日。"]}], "misses": [miss]}
    rules = [{**rule.model_dump(by_alias=True), "examples": examples}]
    return NumberRules.model_validate({"fact_sets": lexicon.numbers.model_dump()["fact_sets"], "rules": rules})


def told(rules: NumberRules, judge: Judge | None = None) -> list[str]:
    """What is wrong with the examples, each rule being on line 7."""
    judge = judge or Grounding(map(always_in_force, rules.rules), ROLES)
    return list(unproven_numbers(rules, judge, {rule.id: "numbers.yaml:7" for rule in rules.rules}))


def in_force_from(rules: NumberRules, day: date) -> NumberRules:
    """The same rules, in force from that day on."""
    later = [{**rule.model_dump(by_alias=True), "effective": {"from": day}} for rule in rules.rules]
    return NumberRules.model_validate({**rules.model_dump(), "rules": later})


def test_a_near_miss_about_a_day_of_the_month_is_proven_on_the_day_that_it_names(lexicon: Lexicon) -> None:
    assert told(ungrounded(lexicon, today="2026-11-22")) == []
    assert told(ungrounded(lexicon)) == [
        "numbers.yaml:7: number.ungrounded hits its own near miss '最后还款日是25号。'"
    ]


@pytest.mark.parametrize("distance", [-3650, 3650])
def test_a_rule_is_proven_whether_or_not_it_is_in_force_when_its_examples_are_said(
    lexicon: Lexicon, distance: int
) -> None:
    rules = in_force_from(ungrounded(lexicon, today="2026-11-22"), china_today() + timedelta(days=distance))
    assert told(rules) == []
    refuted = in_force_from(
        ungrounded(lexicon, today="2026-12-30", texts=["最后还款日是这个月25号。"]), date(2099, 1, 1)
    )
    assert told(refuted) == ["numbers.yaml:7: number.ungrounded hits its own near miss '最后还款日是这个月25号。'"]


def test_an_example_that_is_read_aloud_otherwise_is_judged_in_both_forms(lexicon: Lexicon) -> None:
    spoken = ungrounded(lexicon, today="2026-11-22", spoken="最后还款日是26号。")
    assert told(spoken) == ["numbers.yaml:7: number.ungrounded hits its own near miss '最后还款日是25号。'"]


def broken(script: Script, case: Case) -> list[Finding]:
    """A guard that finds nothing in some texts and breaks on others."""
    if "25号" in script.text or "包" not in script.text:
        raise ZeroDivisionError("no numbers")
    return [Finding("some.rule", "broken", Action.BLOCK, "")]


def test_a_guard_that_breaks_proves_neither_hits_nor_near_misses(lexicon: Lexicon) -> None:
    failure = "ZeroDivisionError('no numbers')"
    assert told(ungrounded(lexicon), broken) == [
        f"numbers.yaml:7: number.ungrounded cannot be judged on its own example '到期日11月26日。': {failure}",
        f"numbers.yaml:7: number.ungrounded cannot be judged on its own example '最后还款日是25号。': {failure}",
    ]
    rule = next(lexicon.phrase_rules())
    first, *_ = unproven(rule, broken, {}, "some.yaml:3")
    assert first.startswith(f"some.yaml:3: {rule.id} cannot be judged")


def test_a_start_refuses_rules_on_numbers_on_whose_near_misses_the_guard_breaks(
    lexicon: Lexicon, institution: Institution, weights: Weights
) -> None:
    kept: list[NumberRule] = [rule for rule in lexicon.numbers.rules if rule.id != "rate.cap"]
    lacking = replace(lexicon, numbers=lexicon.numbers.model_copy(update={"rules": kept}))
    with pytest.raises(DocumentError) as raised:
        compile_policy(lacking, institution, weights)
    place = lexicon.places["rate.simple_interest_stated"]
    assert (
        f"{place}: rate.simple_interest_stated cannot be judged on its own example '单利年化利率百分之三点六。': "
        "KeyError('rate.cap')"
    ) in raised.value.problems
