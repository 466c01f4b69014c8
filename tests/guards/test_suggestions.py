"""What a rule suggests may be said: the rule lets it pass, and so does the chain."""

import pytest

from guards.lexicon.examples import example_case, filled
from guards.lexicon.reader import Lexicon
from guards.lexicon.rules import PhraseRule
from guards.policy import Institution, Policy
from guards.script import Script, Segment
from guards.types import Action, Case, Finding, Stage


def _said(rule: PhraseRule, institution: Institution) -> tuple[Script, Case]:
    words = {"institution": institution.full_name, "hotline": institution.hotline}
    case = example_case(rule)
    text = filled(rule.suggest or "", words)
    return Script((Segment(case.stage or Stage.BODY, text, text),)), case


@pytest.fixture(scope="module")
def rules(lexicon: Lexicon) -> list[PhraseRule]:
    """The rules that suggest something."""
    return [rule for rule in lexicon.phrase_rules() if rule.suggest]


def test_no_rule_stops_what_it_suggests(policy: Policy, institution: Institution, rules: list[PhraseRule]) -> None:
    stopped = [
        (rule.id, rule.suggest)
        for rule in rules
        if any(found.rule == rule.id for found in policy.parts.phrases(*_said(rule, institution)))
    ]
    assert stopped == []


def test_the_chain_lets_every_suggestion_pass(
    policy: Policy, institution: Institution, rules: list[PhraseRule]
) -> None:
    stopped: list[tuple[str, list[Finding]]] = []
    for rule in rules:
        script, case = _said(rule, institution)
        stage = case.stage or Stage.BODY
        verdict = policy.panel.examine_text(
            script.text, Case(case.scenario, case.channel, case.callee, stage, facts=())
        )
        if verdict.action > Action.ALLOW:
            stopped.append((rule.id, list(verdict.findings)))
    assert stopped == []


def test_nearly_every_rule_suggests_something(lexicon: Lexicon) -> None:
    assert [rule.id for rule in lexicon.phrase_rules() if not rule.suggest] == []
