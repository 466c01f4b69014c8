"""Words that must be said: owed by scenario, channel and callee, in their place, with the exact values."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from guards.disclosures import Disclosures
from guards.lexicon import Lexicon
from guards.places import CHINA
from guards.policy import Institution, example_case
from guards.rules import DisclosureRule
from guards.types import (
    Call,
    Callee,
    Case,
    Channel,
    Fact,
    Generation,
    Group,
    Guard,
    Quantity,
    Role,
    Scenario,
    Script,
    Segment,
    Stage,
)

TODAY = date(2026, 11, 22)
VOICES = {Channel.AI_VOICE, Channel.HUMAN_AGENT}
OPENING = "您好，我是示例消费金融有限公司的智能语音助手，本次通话会录音。"
MARKETING = (
    OPENING + "这是一个营销来电，如不需要，您直接说不需要，我们就不再来电。您刚看的应急贷，单利年化利率3.6%。"
    "除利息外不收其他费用，额度和利率以审批结果为准，请理性借贷，按时还款。需要人工服务，您随时说转人工。"
)
QUESTION = OPENING + "请问是张先生本人吗？"
DUE = OPENING + "您本期应还1234.5元，到期日是11月25日，还款请走官方APP。需要人工服务，您随时说转人工。"
RATE = Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6"))
AMOUNT = Fact("amount_due", Quantity.MONEY, Decimal("1234.5"))
DAY = Fact("due_date", Quantity.DATE, date(2026, 11, 25))
VERIFIED, UNVERIFIED = Callee(Role.DEBTOR), Callee(Role.DEBTOR, identity_verified=False)


@pytest.fixture(scope="module")
def guard(lexicon: Lexicon, institution: Institution) -> Guard:
    """The shipped disclosures."""
    return Disclosures(lexicon.disclosures, institution=institution.full_name, hotline=institution.hotline)


def script(text: str) -> Script:
    """One body segment."""
    return Script((Segment(Stage.BODY, text, text),))


def case(scenario: Scenario, channel: Channel = Channel.AI_VOICE, callee: Callee = VERIFIED, **more: Any) -> Case:
    """A case with the facts that the scripts above state."""
    return Case(scenario, channel, callee, facts=(RATE, AMOUNT, DAY), today=TODAY, **more)


def missing(guard: Guard, text: str, about: Case) -> set[str]:
    """The disclosures that are owed and not made."""
    return {finding.rule.removeprefix("disclosure.") for finding in guard(script(text), about)}


def owed(scenario: Scenario, channel: Channel, *, verified: bool) -> set[str]:
    """What a text without a word owes, written out from the law rather than read from the rules."""
    wanted = {"institution"}
    if channel in VOICES:
        wanted.add("recording")
    if channel is Channel.AI_VOICE:
        wanted.add("ai_identity")
    if scenario.group is Group.MARKETING:
        wanted |= {"annual_rate", "total_cost", "subject_to_approval", "risk_warning"}
        wanted |= {"purpose", "opt_out"} if channel in VOICES else {"opt_out_sms"}
        if channel is Channel.AI_VOICE:
            wanted.add("human_transfer")
    elif verified:
        wanted |= {"amount_due", "due_date", "official_channel"}
        if channel is Channel.AI_VOICE:
            wanted.add("human_transfer_after_verification")
    elif channel in VOICES:
        wanted.add("identity_question")
    return wanted


@pytest.mark.parametrize("scenario", Scenario)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("verified", [True, False])
def test_a_text_that_says_nothing_owes_everything(
    guard: Guard, scenario: Scenario, channel: Channel, verified: bool
) -> None:
    about = case(scenario, channel, VERIFIED if verified else UNVERIFIED)
    assert missing(guard, "嗯。", about) == missing(guard, "", about) == owed(scenario, channel, verified=verified)


def test_every_shipped_disclosure_is_owed_somewhere(lexicon: Lexicon) -> None:
    somewhere = {
        name
        for scenario in Scenario
        for channel in Channel
        for verified in (True, False)
        for name in owed(scenario, channel, verified=verified)
    }
    assert {rule.id.removeprefix("disclosure.") for rule in lexicon.disclosures} == somewhere


@pytest.mark.parametrize(
    ("text", "about"),
    [
        (MARKETING, case(Scenario.ACQUISITION)),
        (MARKETING, case(Scenario.ACTIVATION, Channel.HUMAN_AGENT)),
        (MARKETING + "拒收请回复R", case(Scenario.ACQUISITION, Channel.SMS)),
        (QUESTION, case(Scenario.BILL_REMINDER, callee=UNVERIFIED)),
        (QUESTION, case(Scenario.COLLECTION_M2, callee=Callee(Role.UNKNOWN))),
        (DUE, case(Scenario.BILL_REMINDER)),
        (DUE, case(Scenario.COLLECTION_M1, Channel.SMS)),
        (DUE, case(Scenario.COLLECTION_M2, Channel.HUMAN_AGENT)),
    ],
)
def test_a_text_that_says_everything_owes_nothing(guard: Guard, text: str, about: Case) -> None:
    assert missing(guard, text, about) == set()


@pytest.mark.parametrize(
    ("words", "text", "about", "rule"),
    [
        ("示例消费金融有限公司", MARKETING, case(Scenario.ACQUISITION), "institution"),
        ("有限公司", MARKETING, case(Scenario.ACQUISITION), "institution"),
        ("智能语音", MARKETING, case(Scenario.ACQUISITION), "ai_identity"),
        ("录音", MARKETING, case(Scenario.ACQUISITION), "recording"),
        ("营销", MARKETING, case(Scenario.ACQUISITION), "purpose"),
        ("我们就不再来电", MARKETING, case(Scenario.ACQUISITION), "opt_out"),
        ("年化", MARKETING, case(Scenario.ACQUISITION), "annual_rate"),
        ("3.6%", MARKETING, case(Scenario.ACQUISITION), "annual_rate"),
        ("除利息外不收其他费用", MARKETING, case(Scenario.ACQUISITION), "total_cost"),
        ("以审批结果为准", MARKETING, case(Scenario.ACQUISITION), "subject_to_approval"),
        ("理性借贷", MARKETING, case(Scenario.ACQUISITION), "risk_warning"),
        ("需要人工服务，您随时说转人工", MARKETING, case(Scenario.ACQUISITION), "human_transfer"),
        ("本人", QUESTION, case(Scenario.COLLECTION_M1, callee=UNVERIFIED), "identity_question"),
        ("1234.5元", DUE, case(Scenario.COLLECTION_M1), "amount_due"),
        (".5", DUE, case(Scenario.COLLECTION_M1), "amount_due"),
        ("11月25日", DUE, case(Scenario.COLLECTION_M1), "due_date"),
        ("官方", DUE, case(Scenario.COLLECTION_M1), "official_channel"),
        ("需要人工服务，您随时说转人工", DUE, case(Scenario.COLLECTION_M1), "human_transfer_after_verification"),
    ],
)
def test_leaving_out_its_words_leaves_that_disclosure_owed(
    guard: Guard, words: str, text: str, about: Case, rule: str
) -> None:
    assert text.count(words) == 1
    assert missing(guard, text.replace(words, ""), about) == {rule}


@pytest.mark.parametrize(
    ("rule", "words", "limit"),
    [
        ("institution", "示例消费金融有限公司", 40),
        ("ai_identity", "智能语音", 40),
        ("recording", "录音", 80),
        ("purpose", "营销来电", 100),
        ("opt_out", "不需要就不再", 120),
    ],
)
def test_opening_words_must_end_within_their_limit(guard: Guard, rule: str, words: str, limit: int) -> None:
    about = case(Scenario.ACQUISITION)
    just = "嗯" * (limit - len(words)) + words
    assert rule not in missing(guard, just, about)
    assert rule in missing(guard, "嗯" + just, about)
    assert rule in missing(guard, "\u200b" + just, about)
    assert rule not in missing(guard, just + "，" + words, about)


@pytest.mark.parametrize("text", ["示例消費金融有限公司", "示例 消费金融\u200b有限公司", "示例消费金融<b>有限公司</b>"])
def test_words_are_recognised_in_other_spellings(guard: Guard, text: str) -> None:
    assert "institution" not in missing(guard, text, case(Scenario.ACQUISITION))


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [("3.6%", "3.7%", "annual_rate"), ("年化利率3.6%", "年化利率，月利率3.6%", "annual_rate")],
)
def test_a_wrong_rate_is_no_disclosure(guard: Guard, old: str, new: str, rule: str) -> None:
    assert missing(guard, MARKETING.replace(old, new), case(Scenario.ACQUISITION)) == {rule}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("1234.5元", "1234元", "amount_due"),
        ("1234.5元", "2000元", "amount_due"),
        ("11月25日", "11月26日", "due_date"),
        ("11月25日", "2027年11月25日", "due_date"),
    ],
)
def test_a_wrong_amount_or_day_is_no_disclosure(guard: Guard, old: str, new: str, rule: str) -> None:
    assert missing(guard, DUE.replace(old, new), case(Scenario.COLLECTION_M1)) == {rule}


def test_a_fact_that_the_request_does_not_give_need_not_be_stated(guard: Guard) -> None:
    about = replace(case(Scenario.COLLECTION_M1), facts=())
    assert missing(guard, DUE.replace("1234.5", "2000").replace("25日", "26日"), about) == set()
    assert missing(guard, DUE.replace("1234.5元", ""), about) == {"amount_due"}


@pytest.mark.parametrize("stage", Stage)
def test_a_piece_of_a_call_owes_nothing(guard: Guard, stage: Stage) -> None:
    assert missing(guard, "嗯。", case(Scenario.ACQUISITION, stage=stage)) == set()


def test_a_text_of_an_unknown_scenario_owes_nothing(guard: Guard) -> None:
    assert missing(guard, "嗯。", Case(today=TODAY)) == set()


def test_an_absent_callee_is_the_verified_person(guard: Guard) -> None:
    assert missing(guard, DUE, replace(case(Scenario.COLLECTION_M1), callee=None)) == set()


def test_a_wrong_clock_excuses_from_no_disclosure(guard: Guard) -> None:
    early = replace(case(Scenario.ACQUISITION), today=date(2020, 7, 31))
    assert missing(guard, "嗯。", early) == missing(guard, "嗯。", case(Scenario.ACQUISITION))


def test_the_finding_blocks_says_why_and_has_no_place(guard: Guard, lexicon: Lexicon) -> None:
    (finding,) = guard(script(MARKETING.replace("录音", "")), case(Scenario.ACQUISITION))
    (rule,) = [rule for rule in lexicon.disclosures if rule.id == finding.rule]
    assert (finding.guard, finding.action, finding.reason) == ("disclosures", rule.severity, rule.reason)
    assert finding.span is None


def test_each_shipped_disclosure_is_proven_by_its_own_examples(guard: Guard, lexicon: Lexicon) -> None:
    for rule in lexicon.disclosures:
        about = replace(example_case(rule), stage=None)
        for texts, is_owed in ((rule.examples.hits, True), (rule.examples.misses, False)):
            for text in texts:
                said = text.replace("{institution}", "示例消费金融有限公司")
                assert (rule.id.removeprefix("disclosure.") in missing(guard, said, about)) is is_owed, text


def disclosure(**keys: Any) -> Disclosures:
    """A guard with one disclosure of one's own."""
    rule = {
        "id": "disclosure.own",
        "title": "自",
        "action": "revise",
        "phrases": ["慢慢听，打{hotline}"],
        "reason": "要慢慢说",
        "source": {"law": "本机构规定", "force": "policy"},
        "effective": {"from": "2026-01-01"},
        "examples": {"hits": ["是"], "misses": ["否"]},
        **keys,
    }
    return Disclosures([DisclosureRule.model_validate(rule)], institution="示例公司", hotline="400-000-0000")


def test_the_hotline_stands_where_the_rule_names_it() -> None:
    assert missing(disclosure(), "慢慢听，打４００ ０００ ００００", case(Scenario.ACTIVATION)) == set()
    assert missing(disclosure(), "慢慢听，打4000000001", case(Scenario.ACTIVATION)) == {"own"}


def test_a_disclosure_may_be_owed_to_one_generation_only() -> None:
    own = disclosure(generations=["senior"])
    moment = datetime(2026, 11, 22, 10, tzinfo=CHINA)
    for generation in (None, *Generation):
        about = case(Scenario.ACTIVATION, call=Call(moment, generation=generation))
        assert missing(own, "嗯", about) == ({"own"} if generation is Generation.SENIOR else set())
    assert missing(own, "嗯", case(Scenario.ACTIVATION)) == set()


def test_a_disclosure_may_be_owed_with_a_fact_only() -> None:
    own = disclosure(only_if_fact={"amount_due": {"min": 1000}})
    assert missing(own, "嗯", case(Scenario.ACTIVATION)) == {"own"}
    assert missing(own, "嗯", replace(case(Scenario.ACTIVATION), facts=())) == set()


def test_words_of_which_nothing_is_left_are_refused() -> None:
    with pytest.raises(ValueError, match=r"disclosure\.own: nothing is left"):
        disclosure(phrases=["，。"])
