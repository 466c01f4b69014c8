"""Compiling: rules are proven on their own examples, and one compiled policy serves all threads alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from guards.disclosures import Disclosures
from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.documents import DocumentError
from guards.lexicon.examples import example_case
from guards.lexicon.reader import Lexicon, read_lexicon
from guards.lexicon.scope import CHINA
from guards.meaning.weights import Weights
from guards.policy import Institution, Policy, compile_policy, recompiled
from guards.script import Script, Segment
from guards.types import Action, Call, Callee, Case, Channel, Fact, Generation, Quantity, Role, Scenario, Stage, Verdict

LEXICONS = Path(__file__).parents[2] / "lexicons"
FAMILY = """\
family: extra
rules:
  - id: extra.sound
    title: 承诺
    action: block
    phrases: [包过]
    reason: 不得承诺
    source: {law: 广告法, force: law}
    effective: {from: 2026-01-01}
    examples: {hits: [包过], misses: [通过]}
  - id: extra.tried
    title: 承诺
    action: block
    phrases: [必过]
    except: [不必过]
    reason: 不得承诺
    source: {law: 广告法, force: law}
    effective: {from: 2026-01-01}
    examples: {hits: [HITS], misses: [MISSES]}
"""


def lexicon_with(directory: Path, hits: str, misses: str) -> Lexicon:
    """The shipped gates, disclosures, rules on numbers and roles, and a rule with examples on line 11."""
    for name in ("gates.yaml", "disclosures.yaml", "numbers.yaml", "roles.yaml"):
        (directory / name).write_bytes((LEXICONS / name).read_bytes())
    (directory / "extra.yaml").write_text(FAMILY.replace("HITS", hits).replace("MISSES", misses), "utf-8")
    return read_lexicon(directory)


def test_a_rule_with_true_examples_compiles(tmp_path: Path, institution: Institution, weights: Weights) -> None:
    lexicon = lexicon_with(tmp_path, "必过, 必 過", "不必过去, 通过")
    policy = compile_policy(lexicon, institution, weights, revision=7)
    assert (policy.revision, policy.lexicon) == (7, lexicon)
    assert policy.digest == compile_policy(lexicon, institution, weights).digest
    assert policy.digest != compile_policy(lexicon, institution, replace(weights, digest="other")).digest


def test_the_shipped_rules_hold_on_their_own_examples(
    lexicon: Lexicon, institution: Institution, weights: Weights
) -> None:
    assert compile_policy(lexicon, institution, weights).lexicon is lexicon


def test_a_lexicon_that_was_proven_before_is_not_proven_again(
    tmp_path: Path, institution: Institution, weights: Weights
) -> None:
    refuted = lexicon_with(tmp_path, "必过, 必定通过", "通过")
    assert compile_policy(refuted, institution, weights, is_proven=True).lexicon is refuted


@pytest.mark.parametrize(
    ("hits", "misses", "told"),
    [
        ("必过, 必定通过", "通过", ["extra.tried is not hit by its own example '必定通过'"]),
        ("必过", "通过, 您必过", ["extra.tried hits its own near miss '您必过'"]),
        ("不必过", "必 过", ["is not hit by its own example '不必过'", "hits its own near miss '必 过'"]),
    ],
)
def test_a_rule_that_its_examples_refute_is_refused_by_file_and_line(
    tmp_path: Path, institution: Institution, hits: str, misses: str, told: list[str], weights: Weights
) -> None:
    with pytest.raises(DocumentError) as raised:
        compile_policy(lexicon_with(tmp_path, hits, misses), institution, weights)
    assert len(raised.value.problems) == len(told)
    for problem, wanted in zip(raised.value.problems, told, strict=True):
        assert problem.startswith(f"{tmp_path}/extra.yaml:11: ")
        assert problem.endswith(wanted)


def test_a_disclosure_that_its_examples_refute_is_refused_by_file_and_line(
    tmp_path: Path, institution: Institution, weights: Weights
) -> None:
    lexicon_with(tmp_path, "必过", "通过")
    path = tmp_path / "disclosures.yaml"
    content = path.read_text("utf-8")
    path.write_text(content.replace("misses: [请理性借贷，按时还款。,", "misses: [请按时还款。,"), "utf-8")
    line = content[: content.index("disclosure.risk_warning")].count("\n") + 1
    with pytest.raises(DocumentError) as raised:
        compile_policy(read_lexicon(tmp_path), institution, weights)
    assert raised.value.problems == [f"{path}:{line}: disclosure.risk_warning hits its own near miss '请按时还款。'"]


def test_a_number_rule_that_its_examples_refute_is_refused_by_file_and_line(
    tmp_path: Path, institution: Institution, weights: Weights
) -> None:
    lexicon_with(tmp_path, "必过", "通过")
    path = tmp_path / "numbers.yaml"
    content = path.read_text("utf-8")
    assert content.count("年化利率24%。") == 1
    path.write_text(content.replace("年化利率24%。", "年化利率25%。"), "utf-8")
    line = content[: content.index("id: rate.cap")].count("\n") + 1
    with pytest.raises(DocumentError) as raised:
        compile_policy(read_lexicon(tmp_path), institution, weights)
    assert raised.value.problems == [f"{path}:{line}: rate.cap hits its own near miss '年化利率25%。'"]


def test_a_role_that_its_examples_refute_is_refused_by_file_and_line(
    tmp_path: Path, institution: Institution, weights: Weights
) -> None:
    lexicon_with(tmp_path, "必过", "通过")
    path = tmp_path / "roles.yaml"
    content = path.read_text("utf-8")
    path.write_text(content.replace('- "这个月还181.70元。"', '- "每月还181.70元。"'), "utf-8")
    line = content[: content.index("id: role.monthly_payment")].count("\n") + 1
    with pytest.raises(DocumentError) as raised:
        compile_policy(read_lexicon(tmp_path), institution, weights)
    assert raised.value.problems == [
        f"{path}:{line}: role.monthly_payment is found in its own near miss '每月还181.70元。'"
    ]


def test_an_institution_without_a_name_cannot_be_disclosed(lexicon: Lexicon, weights: Weights) -> None:
    with pytest.raises(ValueError, match=r"disclosure\.institution: nothing is left"):
        compile_policy(lexicon, Institution("", "4000000000"), weights)


def test_the_example_case_of_every_rule_is_one_in_which_it_applies(lexicon: Lexicon, policy: Policy) -> None:
    rules = [*lexicon.phrase_rules(), *lexicon.disclosures]
    assert policy.lexicon is lexicon
    assert rules
    for rule in rules:
        case = example_case(rule)
        assert case.scenario is not None
        assert not rule.scenarios or {case.scenario, case.scenario.group} & set(rule.scenarios)
        assert not rule.channels or case.channel in rule.channels
        assert not rule.stages or case.stage in rule.stages
        assert case.today == rule.effective.since


@pytest.mark.parametrize(
    "conditions",
    [
        {"generations": ["senior"]},
        {"only_if_fact": {"first_loan_discount": "present"}},
        {"only_if_fact": {"fees": {"min": 3}}},
        {"only_if_fact": {"fees": {"max": 0}}},
        {"only_if_fact": {"rate_method": ["单利", "复利"]}},
        {"only_if_fact": {"offers": ["deferral"]}, "generations": ["gen_z"]},
    ],
)
def test_a_disclosure_that_depends_on_the_case_can_be_proven(conditions: dict[str, Any]) -> None:
    rule = DisclosureRule.model_validate(
        {
            "id": "disclosure.careful",
            "title": "慢慢听",
            "action": "block",
            "phrases": ["慢慢听"],
            "reason": "要慢慢说",
            "source": {"law": "本机构规定", "force": "policy"},
            "effective": {"from": "2026-01-01"},
            "examples": {"hits": ["您好"], "misses": ["您慢慢听"]},
            **conditions,
        }
    )
    guard = Disclosures([rule], institution="机构", hotline="4000000000")
    case = example_case(rule)
    assert [len(guard(script(text), case)) for text in ("您好", "您慢慢听")] == [1, 0]
    assert guard(script("您好"), Case(scenario=Scenario.ACQUISITION, facts=(), today=date(2026, 1, 1))) == []


def script(text: str) -> Script:
    """One body segment."""
    return Script((Segment(Stage.BODY, text, text),))


def test_a_policy_cannot_be_changed(policy: Policy) -> None:
    with pytest.raises(FrozenInstanceError):
        policy.revision = 2  # type: ignore[misc]


def cases(lexicon: Lexicon) -> list[tuple[str, Case]]:
    """A hit and a near miss of every rule where it applies, the near miss with personal data."""
    known = {"name": "张小凡"}
    return [
        (text, replace(case, stage=case.stage or Stage.BODY, known_personal_data=known))
        for rule in lexicon.phrase_rules()
        for case in [example_case(rule)]
        for text in (rule.examples.hits[0], rule.examples.misses[0] + "，张小凡")
    ]


def test_threads_share_one_policy_and_reach_equal_verdicts(lexicon: Lexicon, policy: Policy) -> None:
    examined = cases(lexicon)
    alone = [policy.panel.examine_text(text, case) for text, case in examined]
    assert {verdict.action for verdict in alone} >= {Action.BLOCK, Action.MASK}
    together = Barrier(8)

    def examine_all(offset: int) -> list[Verdict]:
        together.wait()
        turned = [*examined[offset:], *examined[:offset]]
        verdicts = [policy.panel.examine_text(text, case) for text, case in turned]
        return [*verdicts[len(verdicts) - offset :], *verdicts[: len(verdicts) - offset]]

    with ThreadPoolExecutor(8) as pool:
        for verdicts in pool.map(examine_all, range(0, 80, 10)):
            assert verdicts == alone


def test_the_compiled_chain_runs_every_guard(policy: Policy) -> None:
    case = Case(
        scenario=Scenario.ACQUISITION,
        channel=Channel.AI_VOICE,
        callee=Callee(Role.APPLICANT),
        facts=(),
        today=date(2026, 11, 22),
    )
    verdict = policy.panel.examine(
        script("保证放款，年化利率9.9%，电话13812345678。您放心，这钱铁定能到您手上，谁来都拦不住。"), case
    )
    assert {finding.guard for finding in verdict.findings} == {
        "phrases",
        "disclosures",
        "grounding",
        "personal_data",
        "meaning",
    }
    late = Call(datetime(2026, 11, 22, 23, tzinfo=CHINA), generation=Generation.SENIOR, marketing_consent=True)
    assert policy.gates(Case(scenario=Scenario.ACQUISITION, callee=Callee(Role.APPLICANT), call=late))


def test_the_rate_cap_of_the_institution_reaches_the_grounding_guard(lexicon: Lexicon, weights: Weights) -> None:
    rate = Quantity.RATE_ANNUAL
    verdicts = []
    for cap in (Decimal(24), Decimal(15)):
        policy = compile_policy(lexicon, Institution("示例消费金融有限公司", "4000000000", cap), weights)
        case = Case(stage=Stage.BODY, facts=(Fact("annual_rate", rate, Decimal(18)),), today=date(2026, 11, 22))
        verdicts.append(policy.panel.examine_text("单利年化利率18%。", case).action)
    assert verdicts == [Action.ALLOW, Action.BLOCK]


def test_other_rules_are_tried_with_the_speaker_and_the_weights_of_the_policy(tmp_path: Path, policy: Policy) -> None:
    tried = recompiled(policy, lexicon_with(tmp_path, "必过, 必定通过", "通过"))
    assert tried.parts.institution == policy.parts.institution
    assert tried.parts.meaning.weights is policy.parts.meaning.weights
    assert "extra.tried" in {finding.rule for finding in tried.panel.examine_text("您必过。", Case()).findings}
    assert "extra.tried" not in {finding.rule for finding in policy.panel.examine_text("您必过。", Case()).findings}
