"""Every number of a script is held by a fact, or the script is stopped."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.grounding.guard import Grounding
from guards.grounding.rates import GroundingSettings, is_cost
from guards.lexicon.rules import Effective
from guards.numbers.scan import extract
from guards.script import Guard, Script, Segment
from guards.text.folding import Folding, fold
from guards.text.sentences import FOLDED_SENTENCE_END, Sentences
from guards.types import Action, Call, Case, Fact, Finding, Quantity, Scenario, Span, Stage
from tests.guards.number_rules import NUMBER_RULES, ROLES, grounding, grounding_panel

LOAN = (
    Fact("product", Quantity.TEXT, "应急贷360"),
    Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6")),
    Fact("monthly_rate", Quantity.RATE_MONTHLY, Decimal("0.3")),
    Fact("credit_limit", Quantity.MONEY, Decimal(200000)),
    Fact("terms", Quantity.TERM, Decimal(12)),
    Fact("terms", Quantity.TERM, Decimal(24)),
    Fact("monthly_payment", Quantity.MONEY, Decimal("856.5")),
    Fact("approval_minutes", Quantity.MINUTES, Decimal(30)),
    Fact("quota", Quantity.COUNT, Decimal(500)),
    Fact("hotline", Quantity.DIGITS, "400-000-1234"),
)
DEBT = (
    Fact("amount_due", Quantity.MONEY, Decimal("1234.50")),
    Fact("min_payment", Quantity.MONEY, Decimal("123.45")),
    Fact("due_date", Quantity.DATE, date(2026, 11, 25)),
    Fact("overdue_days", Quantity.DAYS, Decimal(12)),
    Fact("card_tail", Quantity.DIGITS, "1234"),
)
GUARD = grounding()
RULES = NUMBER_RULES.rules


def script(text: str, spoken: str | None = None) -> Script:
    return Script((Segment(Stage.BODY, text, text if spoken is None else spoken),))


def marketing(text: str, *facts: Fact) -> list[Finding]:
    return GUARD(script(text), Case(scenario=Scenario.ACQUISITION, facts=LOAN + facts))


def collection(text: str, today: date | None = None) -> list[Finding]:
    return GUARD(script(text), Case(scenario=Scenario.COLLECTION_M1, facts=DEBT, today=today))


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def both_forms(script: Script, case: Case) -> list[Finding]:
    """What the panel says of the written and the spoken form."""
    return list(grounding_panel().examine(script, case).findings)


@pytest.mark.parametrize(
    ("rule", "said", "case", "breaks"),
    [
        pytest.param(rule.id, *example, id=f"{rule.id}:{example[0].text}")
        for rule in RULES
        for example in NUMBER_RULES.examples(rule)
    ],
)
def test_a_rule_sees_its_hits_and_passes_its_misses(rule: str, said: Script, case: Case, breaks: bool) -> None:
    assert (rule in rules(both_forms(said, case))) is breaks


def test_a_rule_names_its_authority_and_claims_no_more_than_was_read() -> None:
    assert {rule.id: rule.source.force for rule in RULES if rule.source.verified} == {
        "rate.annual_first": "regulation",
        "rate.simple_interest_stated": "regulation",
    }
    assert all(rule.source.note for rule in RULES if not rule.source.verified)


def test_a_rule_counts_from_the_day_on_which_it_came_into_force() -> None:
    future = date(2999, 1, 1)
    later = Effective.model_validate({"from": future})
    guard = Grounding([rule.model_copy(update={"effective": later}) for rule in RULES], ROLES)
    case = Case(scenario=Scenario.ACQUISITION, facts=LOAN)
    assert guard(script("年化利率24.01%"), case) == []
    assert rules(guard(script("年化利率24.01%"), replace(case, today=future))) == {"number.ungrounded", "rate.cap"}


@pytest.mark.parametrize(
    "text",
    [
        "单利年化利率百分之三点六，月利率3厘。",
        "年化利率3.6%，最高20万元，分12期或者24期，每月还八百五十六元五角。",
        "年化利率3.6%，最高二十万，分两年还。",
        "年化利率3.6%，分12、24期。",
        "年化利率3.6%，一万块钱一天一块。",
        "年化利率3.6%，日利率万分之一。",
        "半小时出结果，只有五百个名额。",
        "应急贷360，热线四零零零零零幺二三四，请直接拨打4000001234人工服务。",
        "利率3.6%。",
        "利率3.6。",
        "年化三点六。",
        "名额有500个，先到先得。",
        "活动限前500名。",
        "共500名额。",
        "这次放出五百个活动名额，每位都有。",
    ],
)
def test_a_loan_script_of_facts_has_no_finding(text: str) -> None:
    assert marketing(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "年化利率3.7%",
        "年化利率百分之三点七",
        "年化利率3.6厘",
        "年化利率0.36%",
        "月利率3.6%",
        "年化利率0.3%",
        "最高2万元",
        "最高200万元",
        "最高二十万零一元",
        "最高二十多万元",
        "上百万额度",
        "最高20万元起步到30万元",
        "分12天还",
        "分36期",
        "分三年还",
        "年化利率3.6%，每月还200000元",
        "年化利率3.6%，每天只要3.5元",
        "年化利率3.6%，每天856.5元",
        "年化利率3.6%，一万块钱一天三块五",
        "年化利率3.6%，两万块钱一天一块",
        "三十秒出结果",
        "30天出结果",
        "两三分钟就出结果",
        "只有五十个名额",
        "热线4000001235",
        "热线95188",
        "首期打八折",
        "利息减一半",
        "尾号1235",
        "应急贷361",
        "11月25日",
        "晚上八点前办好",
        "利率3.7",
        "最高20万美元",
        "最高20万港币",
        "最高$200000",
        "最高200000USDT",
        "已有20万用户",
        "我们有500个工作人员",
        "打过500次",
        "500名员工",
        "有500次名额",
        "名额里有500个客服",
        "年化利率3.6分",
        "年息三十六厘",
        "明天22:00前办好",
    ],
)
def test_a_near_miss_in_a_loan_script_is_ungrounded(text: str) -> None:
    assert "number.ungrounded" in rules(marketing(text))


@pytest.mark.parametrize(
    "text",
    [
        "您尾号幺二三四的卡应还一千二百三十四元五角，最低还款123.45元，到期日11月25号。",
        "应还1,234.50元，2026年11月25日到期，已经逾期十二天。",
        "两样合计1357.95元。",
        "今天打给您，是想一起想办法，万一不方便，一会儿再说。",
        "我明天再联系您，十分抱歉打扰。",
        "到期日是11月25号星期三。",
        "周三，11月25日到期。",
        "两笔一共是一千三百五十七元九角五分。",
        "没还上1234.50元，也可以先还上123.45元。",
        "还没还上一千二百三十四块五。",
    ],
)
def test_a_debt_script_of_facts_has_no_finding(text: str) -> None:
    assert collection(text, date(2026, 11, 20)) == []


@pytest.mark.parametrize(
    "text",
    [
        "应还1234.51元",
        "应还一千二百三十四元",
        "应还1234.50万元",
        "应还一千二左右",
        "到期日11月26日",
        "到期日10月25日",
        "到期日2025年11月25日",
        "逾期13天",
        "逾期十二期",
        "逾期十几天",
        "尾号1243",
        "尾号一二三",
        "另外1357.95元",
        "合计1357.96元",
        "另收催收费50元",
        "到期日是11月25号星期四",
        "到期日是11月25日（周二）",
        "农历十一月二十五日到期",
        "正月廿五到期",
        "初五之前还上",
        "晚上十点之前还上",
        "22点30分之前还上",
        "应还十五个点四",
        "两样合计1357.95美元",
        "每月一共1357.95元",
    ],
)
def test_a_near_miss_in_a_debt_script_is_ungrounded(text: str) -> None:
    assert "number.ungrounded" in rules(collection(text, date(2026, 11, 20)))


@pytest.mark.parametrize(
    ("text", "today", "is_grounded"),
    [
        ("本月25号到期", date(2026, 11, 20), True),
        ("本月25号到期", date(2026, 12, 20), False),
        ("上个月25号到期", date(2026, 12, 20), True),
        ("25号到期", date(2026, 11, 20), True),
        ("25号到期", date(2026, 9, 20), False),
        ("26号到期", date(2026, 11, 20), False),
        ("下周三到期", date(2026, 11, 20), True),
        ("下周四到期", date(2026, 11, 20), False),
        ("这周三到期", date(2026, 11, 20), False),
        ("周三到期", date(2026, 11, 20), True),
        ("周五到期", date(2026, 11, 20), False),
        ("明天就是最后还款日", date(2026, 11, 24), True),
        ("明天就是最后还款日", date(2026, 11, 23), False),
        ("后天之前还上", date(2026, 11, 23), True),
        ("到期日是今天", date(2026, 11, 25), True),
        ("到期日是今天", date(2026, 11, 26), False),
        ("今年11月25日到期", date(2026, 1, 1), True),
        ("明年11月25日到期", date(2026, 1, 1), False),
        ("本月25号到期", None, True),
    ],
)
def test_dates_are_resolved_from_today(text: str, today: date | None, is_grounded: bool) -> None:
    assert (collection(text, today) == []) is is_grounded


def test_the_time_of_the_call_is_today_where_none_is_given() -> None:
    call = Call(datetime(2026, 12, 20, 10, tzinfo=ZoneInfo("Asia/Shanghai")))
    case = Case(scenario=Scenario.COLLECTION_M1, facts=DEBT, call=call)
    assert rules(GUARD(script("本月25号到期"), case)) == {"number.ungrounded"}


def test_a_rate_without_a_period_needs_facts_of_one_period() -> None:
    assert marketing("利率3.6%") == []
    twin = Fact("penalty", Quantity.RATE_DAILY, Decimal("3.6"))
    assert "number.ungrounded" in rules(marketing("利率3.6%", twin))


def test_a_name_hides_only_its_own_digits() -> None:
    assert marketing("应急贷360的360元") != []
    bare = Fact("repay_channel", Quantity.TEXT, "360")
    assert "number.ungrounded" in rules(marketing("先还360元", bare))


@pytest.mark.parametrize(
    ("text", "scenario", "is_blocked"),
    [
        ("应还大约1234.5元", Scenario.COLLECTION_M1, True),
        ("应还1234.5元左右", Scenario.BILL_REMINDER, True),
        ("应还1234.5元", Scenario.COLLECTION_M2, False),
        ("约定应还1234.5元", Scenario.COLLECTION_M2, False),
        ("大约12天", Scenario.COLLECTION_M1, False),
    ],
)
def test_approximations_of_debts(text: str, scenario: Scenario, is_blocked: bool) -> None:
    assert ("number.approximate" in rules(GUARD(script(text), Case(scenario=scenario, facts=DEBT)))) is is_blocked


def test_the_action_on_a_missing_simple_interest_depends_on_what_is_judged() -> None:
    facts = (*LOAN, Fact("rate_method", Quantity.TEXT, "simple"))
    whole = Case(scenario=Scenario.ACQUISITION, facts=facts)
    (finding,) = GUARD(script("年化利率3.6%。"), whole)
    assert finding.action is Action.BLOCK
    (finding,) = GUARD(script("年化利率3.6%。"), replace(whole, stage=Stage.BODY))
    assert finding.action is Action.REVISE


def test_the_settings_decide_cap_and_day_counts() -> None:
    case = Case(scenario=Scenario.ACQUISITION, facts=(Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal(22)),))
    assert GUARD(script("年化利率22%"), case) == []
    strict = grounding(GroundingSettings(annual_rate_cap=Decimal(20)))
    assert rules(strict(script("年化利率22%"), case)) == {"rate.cap"}
    case = Case(scenario=Scenario.ACQUISITION, facts=LOAN)
    text = script("年化利率3.6%，一万元一天0.99元")
    assert GUARD(text, case) == []
    assert rules(grounding(GroundingSettings(days_in_year=(360,)))(text, case)) == {"number.ungrounded"}


def test_a_clock_time_must_stand_in_a_fact() -> None:
    hours = Fact("service_hours", Quantity.TEXT, "9:00-21:00")
    assert marketing("人工服务9:00-21:00。", hours) == []
    assert marketing("人工服务早上九点到晚上九点。", hours) == []
    assert "number.ungrounded" in rules(marketing("人工服务早上八点到晚上九点。", hours))
    assert "number.ungrounded" in rules(marketing("人工服务九点到晚上十点。", hours))
    assert marketing("请八点半之前来。", Fact("deadline", Quantity.DIGITS, "08:30")) == []


def test_a_count_that_is_no_quota_is_compared_by_value() -> None:
    branches = Fact("branches", Quantity.COUNT, Decimal(36))
    assert marketing("我们有36家网点。", branches) == []
    assert "number.ungrounded" in rules(marketing("我们有37家网点。", branches))


def test_the_cost_of_a_day_is_in_the_money_of_its_principal() -> None:
    assert marketing("年化利率3.6%，一万块钱一天一块。") == []
    for text in ("年化利率3.6%，一万美元一天一块。", "年化利率3.6%，一万块钱一天一美元。"):
        assert "number.ungrounded" in rules(marketing(text))
    assert "number.ungrounded" in rules(marketing("年化利率3.6%，借一万块钱。一天一块。"))


@pytest.mark.parametrize("width", ["应急贷360", "应急贷３６０", "應急貸360"])
def test_a_name_is_known_however_it_is_spelt(width: str) -> None:
    assert marketing(f"{width}有500个名额。") == []


@pytest.mark.parametrize(
    ("text", "scenario", "found"),
    [
        ("年化利率99%", Scenario.ACQUISITION, {"rate.cap"}),
        ("年化利率3.6%，月利率0.9%", Scenario.COLLECTION_M1, {"rate.consistency"}),
        ("每天只要三块钱", Scenario.ACQUISITION, {"rate.annual_first"}),
        ("每天只要三块钱", Scenario.BILL_REMINDER, set()),
        ("利率低至3.6%", Scenario.ACTIVATION, {"rate.upper_bound"}),
        ("大约3000元", Scenario.COLLECTION_M1, {"number.approximate"}),
        ("应还3000元，年化利率9%", Scenario.COLLECTION_M1, set()),
        ("年化利率99%，大约3000元", None, set()),
    ],
)
def test_without_facts_only_what_needs_none_is_judged(text: str, scenario: Scenario | None, found: set[str]) -> None:
    assert rules(GUARD(script(text), Case(scenario=scenario))) == found


def test_without_any_fact_every_number_is_ungrounded() -> None:
    assert rules(GUARD(script("年化利率9%"), Case(scenario=Scenario.ACQUISITION, facts=()))) == {"number.ungrounded"}


def test_without_a_scenario_the_facts_are_still_compared() -> None:
    assert rules(GUARD(script("应还大约99元"), Case(facts=DEBT))) == {"number.ungrounded"}


def test_a_finding_lies_where_the_number_stands_in_the_text_as_sent() -> None:
    text = "🎉<b>您好</b>，应还9\u200b9<i>元</i>。"
    (finding,) = collection(text)
    assert finding.span is not None
    assert text[finding.span.start : finding.span.end] == "9\u200b9<i>元"


def test_one_fault_in_two_segments_is_found_in_both() -> None:
    segments = (Segment(Stage.BODY, "应还99元。", "应还九十九元。"), Segment(Stage.CLOSE, "好的。", "应还九十九元。"))
    findings = both_forms(Script(segments), Case(scenario=Scenario.COLLECTION_M1, facts=DEBT))
    assert [finding.span for finding in findings] == [Span(2, 5), Span(6, 9)]


def test_a_finding_names_place_guard_and_a_reason_without_digits() -> None:
    (finding,) = collection("您好，应还9876.5元。")
    assert (finding.span, finding.guard) == (Span(5, 12), "grounding")
    assert "金额" in finding.reason
    assert not any(character.isdigit() for character in finding.reason)


def test_a_finding_in_the_spoken_form_marks_the_written_segment() -> None:
    written = (
        Segment(Stage.OPEN, "您好。", "您好。"),
        Segment(Stage.BODY, "应还1234.5元。", "应还一千二百三十四元六角。"),
        Segment(Stage.CLOSE, "再见。", "再见。"),
    )
    (finding,) = both_forms(Script(written), Case(scenario=Scenario.COLLECTION_M1, facts=DEBT))
    assert (finding.rule, finding.span) == ("number.ungrounded", Span(3, 13))


def test_the_same_fault_in_both_forms_is_one_finding() -> None:
    findings = both_forms(script("应还99元。", "应还九十九元。"), Case(scenario=Scenario.COLLECTION_M1, facts=DEBT))
    assert [finding.span for finding in findings] == [Span(2, 5)]


def test_a_segment_that_is_only_spoken_still_blocks() -> None:
    segments = Script((Segment(Stage.BODY, "", "应还九十九元"), Segment(Stage.CLOSE, "再见。", "再见。")))
    (finding,) = both_forms(segments, Case(scenario=Scenario.COLLECTION_M1, facts=DEBT))
    assert (finding.rule, finding.span) == ("number.ungrounded", None)


def test_it_is_a_guard() -> None:
    guard: Guard = GUARD
    assert guard.name == "grounding"


@given(st.decimals(min_value="0.01", max_value="999999.99", places=2))
def test_only_the_amount_of_the_fact_passes(amount: Decimal) -> None:
    facts = (Fact("amount_due", Quantity.MONEY, amount),)
    case = Case(scenario=Scenario.COLLECTION_M1, facts=facts)
    assert GUARD(script(f"您应还{amount}元。"), case) == []
    assert rules(GUARD(script(f"您应还{amount + Decimal('0.01')}元。"), case)) == {"number.ungrounded"}


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_script_is_judged_with_spans_inside_its_text(text: str, spoken: str) -> None:
    for finding in both_forms(script(text, spoken), Case(scenario=Scenario.ACQUISITION, facts=LOAN)):
        assert finding.span is None or finding.span.end <= len(text)


@pytest.mark.parametrize(
    "text", ["您每个月的还款最好不要超过收入的一半。", "建议每月还款别超过工资的三成。", "每月还的别超过工资的3成。"]
)
def test_a_share_of_the_income_is_no_rate(text: str) -> None:
    case = Case(scenario=Scenario.ACQUISITION, stage=Stage.BODY, facts=None)
    found = grounding(GroundingSettings())(Script((Segment(Stage.BODY, text, text),)), case)
    assert [finding.rule for finding in found if finding.rule.startswith("rate.")] == []


@pytest.mark.parametrize(
    ("text", "is_true"),
    [
        ("明天就到期了，请还上。", False),
        ("后天就截止了。", False),
        ("账单昨天就到期了。", False),
        ("您昨天就该还了。", False),
        ("明天就要还款了。", False),
        ("明天系统会自动扣款。", False),
        ("今天就到期了。", True),
        ("今天就要还款了。", True),
        ("您今天方便说话吗？", True),
        ("明天还方便吗？", True),
    ],
)
def test_a_day_that_something_is_due_must_be_the_day_of_a_fact(text: str, is_true: bool) -> None:
    today = date(2026, 11, 22)
    facts = (Fact("due_date", Quantity.DATE, today),)
    case = Case(scenario=Scenario.BILL_REMINDER, stage=Stage.BODY, facts=facts, today=today)
    found = grounding(GroundingSettings())(Script((Segment(Stage.BODY, text, text),)), case)
    assert [finding.rule for finding in found] == ([] if is_true else ["number.ungrounded"])


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("您这笔账单大约还欠五千元，早点安排。", True),
        ("大约五千元。", True),
        ("他一个月工资大约有五千元左右，日子还不错。", False),
        ("我寻思这期账单大概五千元，钱够不够呢？", False),
    ],
)
def test_without_facts_an_estimate_counts_where_it_is_one_of_the_debt(text: str, is_found: bool) -> None:
    findings = GUARD(script(text), Case(scenario=Scenario.COLLECTION_M1))
    assert ("number.approximate" in {finding.rule for finding in findings}) is is_found


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("每月还两千元。", True),
        ("每月工资两千元。", False),
        ("我寻思每月还两千元，钱够不够呢？", False),
        ("月利率百分之一。", True),
        ("月利率才0.3%，每天没多少钱。", True),
        ("月利率百分之一，花不了多少钱。", True),
        ("我们村里贷款，月利率百分之一要多少钱？", False),
    ],
)
def test_what_is_said_by_the_month_is_a_cost_unless_a_bystander_or_a_wage_says_it(text: str, is_one: bool) -> None:
    (number,) = extract(text)
    folded = fold(text, Folding.PLAIN).text
    assert is_cost(number, Sentences(folded, FOLDED_SENTENCE_END)) is is_one
