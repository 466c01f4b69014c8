"""Words that must be said: owed by scenario, channel and callee, in their place, with the exact values."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from guards.disclosures import Disclosures
from guards.lexicon.disclosures import DisclosureRule
from guards.lexicon.examples import example_case
from guards.lexicon.reader import Lexicon
from guards.lexicon.scope import CHINA
from guards.policy import Institution
from guards.script import Guard, Script, Segment
from guards.types import Call, Callee, Case, Channel, Fact, Generation, Group, Quantity, Role, Scenario, Stage

TODAY = date(2026, 11, 22)
VOICES = {Channel.AI_VOICE, Channel.HUMAN_AGENT}
OPENING = "您好，我是示例消费金融有限公司的智能语音助手，本次通话会录音。"
MARKETING = (
    OPENING + "这是一个营销来电，如不需要，您直接说不需要，我们就不再来电。您刚看的应急贷，单利年化利率3.6%。"
    "除利息外不收其他费用，额度和利率以审批结果为准，请理性借贷，按时还款。需要人工服务，您随时说转人工。"
)
QUESTION = OPENING + "请问是张先生本人吗？"
SHORT_MESSAGE = MARKETING.replace("营销来电", "营销短信") + "拒收请回复R"
DUE = (
    OPENING + "您本期应还1234.5元，到期日是11月25日，还款请走官方APP，客服热线是4000000000。"
    "需要人工服务，您随时说转人工。"
)
RATE = Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6"))
AMOUNT = Fact("amount_due", Quantity.MONEY, Decimal("1234.5"))
DAY = Fact("due_date", Quantity.DATE, date(2026, 11, 25))
HOTLINE = Fact("hotline", Quantity.DIGITS, "4000000000")
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
    return Case(scenario, channel, callee, facts=(RATE, AMOUNT, DAY, HOTLINE), today=TODAY, **more)


def missing(guard: Guard, text: str, about: Case) -> set[str]:
    """The disclosures that are owed and not made."""
    return {finding.rule.removeprefix("disclosure.") for finding in guard(script(text), about)}


def owed(scenario: Scenario, channel: Channel, *, verified: bool) -> set[str]:
    """What a text without a word owes, written out from the law rather than read from the rules."""
    wanted = set()
    if scenario.group is Group.MARKETING or channel not in VOICES or not verified:
        wanted.add("institution")
        if channel in VOICES:
            wanted.add("recording")
        if channel is Channel.AI_VOICE:
            wanted.add("ai_identity")
    if scenario.group is Group.MARKETING:
        wanted |= {"annual_rate", "total_cost", "subject_to_approval", "risk_warning"}
        wanted |= {"purpose", "opt_out"} if channel in VOICES else {"purpose_sms", "opt_out_sms"}
        if channel is Channel.AI_VOICE:
            wanted.add("human_transfer")
    elif verified:
        wanted |= {"amount_due", "due_date", "official_channel", "hotline"}
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


@pytest.mark.parametrize("scenario", Scenario)
def test_a_whole_text_of_a_callee_who_is_not_named_opens_its_call(guard: Guard, scenario: Scenario) -> None:
    about = replace(case(scenario, Channel.AI_VOICE, VERIFIED), callee=None)
    assert {"institution", "recording", "ai_identity"} <= missing(guard, "嗯。", about)
    unknown = replace(about, channel=None, callee=Callee(Role.DEBTOR, True))
    assert "institution" in missing(guard, "嗯。", unknown)


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
        (SHORT_MESSAGE, case(Scenario.ACQUISITION, Channel.SMS)),
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
        ("4000000000", DUE, case(Scenario.COLLECTION_M1), "hotline"),
        ("热线", DUE, case(Scenario.COLLECTION_M1), "hotline"),
        ("营销短信", SHORT_MESSAGE, case(Scenario.ACQUISITION, Channel.SMS), "purpose_sms"),
        ("回复R", SHORT_MESSAGE, case(Scenario.ACQUISITION, Channel.SMS), "opt_out_sms"),
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


DEBT = case(Scenario.COLLECTION_M1)
CAMPAIGN = case(Scenario.ACQUISITION)
STRANGER = case(Scenario.COLLECTION_M1, callee=UNVERIFIED)
DENIALS = [
    ("institution", CAMPAIGN, "我是示例消费金融有限公司的", "我不是示例消费金融有限公司的"),
    ("institution", CAMPAIGN, "我是示例消费金融有限公司的", "我冒充示例消费金融有限公司的"),
    ("ai_identity", CAMPAIGN, "的智能语音助手", "的，我不是智能语音助手"),
    ("ai_identity", CAMPAIGN, "的智能语音助手", "的，没有用智能语音助手"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话不会录音"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话不被录音"),
    ("recording", CAMPAIGN, "本次通话会录音", "我们不会对本次通话进行录音"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话沒有录音"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话未经录音"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话無需录音"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话已取消录音"),
    ("recording", CAMPAIGN, "本次通话会录音", "录音是不可能的"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话不\u200b会录\u200b音"),
    ("recording", CAMPAIGN, "本次通话会录音", "本次通话<i>不会</i>录音"),
    ("purpose", CAMPAIGN, "这是一个营销来电", "这不是营销来电"),
    ("purpose", CAMPAIGN, "这是一个营销来电", "这是非营销来电"),
    ("opt_out", CAMPAIGN, "我们就不再来电", "我们不会不再来电"),
    ("opt_out", CAMPAIGN, "我们就不再来电", "我们也不停止来电"),
    ("total_cost", CAMPAIGN, "除利息外不收其他费用", "没有综合融资成本"),
    ("subject_to_approval", CAMPAIGN, "以审批结果为准", "不以合同为准"),
    ("subject_to_approval", CAMPAIGN, "以审批结果为准", "并非以审批结果为准"),
    ("subject_to_approval", CAMPAIGN, "以审批结果为准", "不看合同以我说的为准"),
    ("risk_warning", CAMPAIGN, "请理性借贷", "不用理性借贷"),
    ("risk_warning", CAMPAIGN, "请理性借贷", "理性借贷没必要"),
    ("human_transfer", CAMPAIGN, "需要人工服务，您随时说转人工", "没有人工客服"),
    ("human_transfer", CAMPAIGN, "需要人工服务，您随时说转人工", "这里转人工是不行的"),
    ("human_transfer", CAMPAIGN, "需要人工服务，您随时说转人工", "别转人工"),
    ("human_transfer_after_verification", DEBT, "需要人工服务，您随时说转人工", "人工服务已经停用"),
    ("official_channel", DEBT, "走官方APP", "不走官方APP"),
    ("official_channel", DEBT, "走官方APP", "走非官方渠道"),
    ("official_channel", DEBT, "走官方APP", "官方APP不能用"),
    ("opt_out_sms", case(Scenario.ACQUISITION, Channel.SMS), "拒收请回复R", "请勿回复R"),
    ("purpose_sms", case(Scenario.ACQUISITION, Channel.SMS), "营销短信", "短信，不是广告"),
    (
        "identity_question",
        case(Scenario.COLLECTION_M1, callee=UNVERIFIED),
        "请问是张先生本人吗？",
        "您不是张先生本人。",
    ),
]


@pytest.mark.parametrize(("rule", "about", "words", "denial"), DENIALS)
def test_a_disclosure_that_is_denied_is_not_made(guard: Guard, rule: str, about: Case, words: str, denial: str) -> None:
    complete = next(
        text
        for text, channel, wanted in (
            (SHORT_MESSAGE, {Channel.SMS}, {Group.MARKETING}),
            (MARKETING, VOICES, {Group.MARKETING}),
            (QUESTION if rule == "identity_question" else DUE, VOICES, {Group.COLLECTION}),
        )
        if about.channel in channel and about.scenario and about.scenario.group in wanted
    )
    assert missing(guard, complete, about) == set()
    assert words in complete
    assert missing(guard, complete.replace(words, denial), about) == {rule}
    assert missing(guard, complete.replace(words, f"{words}，{denial}"), about) == set()


def test_every_disclosure_without_a_value_has_its_denial(lexicon: Lexicon) -> None:
    tried = {rule for rule, *_ in DENIALS}
    assert {rule.id.removeprefix("disclosure.") for rule in lexicon.disclosures if not rule.states} == tried


@pytest.mark.parametrize(
    ("words", "harmless", "about"),
    [
        ("本次通话会录音", "不管您在哪儿本次通话会录音", CAMPAIGN),
        ("本次通话会录音", "不懂的先听着，本次通话会录音", CAMPAIGN),
        ("本次通话会录音", "本次通话会录音没有问题吧", CAMPAIGN),
        ("需要人工服务，您随时说转人工", "不明白的地方您说转人工", CAMPAIGN),
        ("需要人工服务，您随时说转人工", "没听清您说转人工", CAMPAIGN),
        ("您随时说转人工", "您无论什么时候都能转人工", DEBT),
        ("我是示例消费金融有限公司的", "我不是真人是示例消费金融有限公司的", CAMPAIGN),
        ("您本期应还1234.5元", "您本期没还的不多，共1234.5元", DEBT),
        ("您本期应还1234.5元", "您本期没还的是不大的数1234.5元", DEBT),
    ],
)
def test_what_only_looks_like_a_denial_denies_nothing(guard: Guard, words: str, harmless: str, about: Case) -> None:
    complete = MARKETING if about is CAMPAIGN else DUE
    assert words in complete
    assert missing(guard, complete.replace(words, harmless), about) == set()


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
        ("4000000000", "4000000001", "hotline"),
    ],
)
def test_a_wrong_amount_day_or_hotline_is_no_disclosure(guard: Guard, old: str, new: str, rule: str) -> None:
    assert missing(guard, DUE.replace(old, new), case(Scenario.COLLECTION_M1)) == {rule}


def test_a_fact_that_the_request_does_not_give_need_not_be_stated(guard: Guard) -> None:
    about = replace(case(Scenario.COLLECTION_M1), facts=())
    assert missing(guard, DUE.replace("1234.5", "2000").replace("25日", "26日"), about) == set()
    assert missing(guard, DUE.replace("1234.5元", ""), about) == {"amount_due"}
    assert missing(guard, DUE.replace("客服热线是4000000000", ""), about) == set()


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


def test_a_disclosure_of_values_only_needs_no_wording() -> None:
    own = disclosure(phrases=[], states=["amount_due"])
    assert missing(own, "1234.5元", DEBT) == set()
    assert missing(own, "1234元", DEBT) == {"own"}


def test_a_pattern_that_matches_nothing_says_nothing() -> None:
    assert missing(disclosure(phrases=[], patterns=["慢{0,2}"]), "嗯", CAMPAIGN) == {"own"}
    assert missing(disclosure(phrases=[], patterns=["慢{0,2}"]), "嗯，慢", CAMPAIGN) == set()


def test_words_of_which_nothing_is_left_are_refused() -> None:
    with pytest.raises(ValueError, match=r"disclosure\.own: nothing is left"):
        disclosure(phrases=["，。"])


FAREWELL = "您好，我是示例消费金融有限公司的智能语音助手，本次通话会录音。好的，我记下了。不多打扰您了，再见。"
REFERRAL = (
    "谢谢您，张先生。我是示例消费金融有限公司的智能语音助手，本次通话会录音。谢谢您告诉我。具体的金额和日期，以账单为准。"
    "还款请走官方APP。官方客服热线是4000000000。需要人工服务，您随时说转人工。"
)


def test_who_takes_leave_and_offers_nothing_owes_no_disclosure_of_an_offer(guard: Guard) -> None:
    for channel in (Channel.AI_VOICE, Channel.HUMAN_AGENT):
        assert missing(guard, FAREWELL, case(Scenario.ACQUISITION, channel)) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("不多打扰您了，再见。", "再见。"),
        ("不多打扰您了", "不是不多打扰您了"),
        ("好的，我记下了。", "好的，最高可申请二十万元。"),
        ("好的，我记下了。", "好的，给您省五十块。"),
        ("好的，我记下了。", "好的，百分之三点六，您记一下。"),
        ("好的，我记下了。", "好的，额~度给您留着。"),
        ("好的，我记下了。", "好的，有优惠再找您。"),
    ],
)
def test_who_goes_on_about_it_owes_everything(guard: Guard, old: str, new: str) -> None:
    assert FAREWELL.count(old) == 1
    found = missing(guard, FAREWELL.replace(old, new), case(Scenario.ACQUISITION))
    assert {"annual_rate", "total_cost", "subject_to_approval", "risk_warning", "purpose", "opt_out"} <= found


def test_who_refers_to_the_bill_need_not_state_it(guard: Guard) -> None:
    for scenario in (Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2):
        assert missing(guard, REFERRAL, case(scenario)) == set()
        other = REFERRAL.replace("具体的金额和日期，以账单为准。", "")
        assert missing(guard, other, case(scenario)) == {"amount_due", "due_date"}
        wrong = REFERRAL.replace("谢谢您告诉我。", "您还欠一百元。")
        assert missing(guard, wrong, case(scenario)) == {"amount_due", "due_date"}


def test_the_institutions_own_name_is_no_offer(lexicon: Lexicon) -> None:
    guard = Disclosures(lexicon.disclosures, institution="某某贷款产品有限公司", hotline="4000000000")
    text = FAREWELL.replace("示例消费金融有限公司", "某某贷款产品有限公司")
    assert missing(guard, text, case(Scenario.ACQUISITION)) == set()


def test_a_waiver_must_be_one_of_the_file_and_hold_words() -> None:
    with pytest.raises(ValueError, match="goodbye is no waiver of this file"):
        disclosure(waiver="goodbye")
    with pytest.raises(ValueError, match="nothing is left of"):
        disclosure(waiver={"phrases": ["。"]})
