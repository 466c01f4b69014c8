"""Facts of a request: each type right and wrong, and what slots and guards make of them."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.approved.agreement import Situation
from app.approved.facts import Facts, parse_any_facts, parse_facts
from app.approved.vocabulary import Vocabulary
from app.errors import Malformed
from guards.types import Fact, Quantity, Scenario
from tests.app.examples import SPOKEN, bare_facts, rich_facts

TODAY = date(2026, 11, 22)
CALL = Situation(datetime.fromisoformat("2026-11-20T10:05:00+08:00"))


def wrong(raw: dict[str, Any], scenario: Scenario, vocabulary: Vocabulary, **options: Any) -> dict[str, str]:
    """The problems of facts that must be refused, by field."""
    with pytest.raises(Malformed) as refused:
        parse_facts(raw, vocabulary.scenarios[scenario], vocabulary, **options)
    return {problem.field: problem.reason for problem in refused.value.fields}


@pytest.mark.parametrize(
    ("name", "given", "value"),
    [
        ("credit_limit", "200000", Decimal(200000)),
        ("credit_limit", "0.05", Decimal("0.05")),
        ("annual_rate", "3.600000", Decimal("3.6")),
        ("approval_minutes", 10, Decimal(10)),
        ("approval_minutes", "10", Decimal(10)),
        ("quota", 0, Decimal(0)),
        ("terms", 12, (Decimal(12),)),
        ("terms", [6, "12"], (Decimal(6), Decimal(12))),
        ("campaign_end", "2026-11-30", date(2026, 11, 30)),
        ("product", " 应急贷360 ", "应急贷360"),
        ("product", "应急贷（新客）A", "应急贷（新客）A"),
        ("card_tail", "0678", "0678"),
        ("hotline", "400-000-0000", "4000000000"),
        ("rate_method", "irr", "irr"),
        ("offers", ["waiver", "deferral", "waiver"], ("waiver", "deferral")),
        ("offers", [], ()),
    ],
)
def test_right_values(name: str, given: Any, value: Any, vocabulary: Vocabulary) -> None:
    assert parse_any_facts({name: given}, vocabulary).values == {name: value}


WRONG: dict[str, list[Any]] = {
    "credit_limit": [
        *(200000, 3.5, True, [], {}, "", ".", "1.234", "-1", "+1", "1e5", "1,000", "１２", "NaN", "Infinity"),
        *("1000000000000", "1" * 21, "1_000", "二十万"),
    ],
    "annual_rate": ["3.6%", 3.6, "3.6000001", " 3.6"],
    "approval_minutes": [10.0, True, "", "-1", -1, "1.5", "１０", 10**9, "9" * 10, []],
    "terms": [[], [0.5], ["x"], list(range(13)), "3,6", {}, [True]],
    "campaign_end": ["2026-02-30", "30.11.2026", "", 20261130, "2026-11-30T00:00"],
    "product": ["", "  ", "{年化利率}", "<b>贷</b>", "贷\n款", "贷\u200b款", "贷" * 41, 1, "贷。包过", "-."],
    "product_spoken": [
        "",
        "360借条",
        "E贷",
        "三六零-借条",
        "借条（新）",
        "借条。包过",
        "，借条",
        "借、，条",
        "三六零 借条",
        "贷" * 41,
        1,
    ],
    "card_tail": ["678", "67890", 6789, "６７８９", "67a9", ""],
    "hotline": ["1234", "1" * 14, "400 000 0000"],
    "rate_method": ["compound", "", 1],
    "offers": ["deferral", ["discount"], [1], {"deferral": True}],
}


@pytest.mark.parametrize(("name", "given"), [(name, given) for name, several in WRONG.items() for given in several])
def test_wrong_values(name: str, given: Any, vocabulary: Vocabulary) -> None:
    with pytest.raises(Malformed) as refused:
        parse_any_facts({name: given}, vocabulary)
    (problem,) = refused.value.fields
    assert problem.field == f"facts.{name}"
    assert "expected" in problem.reason


@pytest.mark.parametrize("secret", ["13812345678x", "张三的身份证", "11010519491231002X"])
@pytest.mark.parametrize(
    "name",
    ["credit_limit", "approval_minutes", "terms", "campaign_end", "card_tail", "rate_method", "offers"],
)
def test_a_refusal_never_repeats_the_value(name: str, secret: str, vocabulary: Vocabulary) -> None:
    for given in (secret, [secret]):
        with pytest.raises(Malformed) as refused:
            parse_any_facts({name: given}, vocabulary)
        assert secret not in str(refused.value) + repr(refused.value.fields)


def test_null_is_absent(vocabulary: Vocabulary) -> None:
    assert parse_any_facts({"credit_limit": None}, vocabulary).values == {}
    assert "facts.product" in wrong({"product": None}, Scenario.ACQUISITION, vocabulary)


def test_an_unknown_fact_is_named(vocabulary: Vocabulary) -> None:
    with pytest.raises(Malformed) as refused:
        parse_any_facts({"rebate": "1"}, vocabulary)
    assert [problem.field for problem in refused.value.fields] == ["facts.rebate"]


def test_a_long_unknown_name_is_cut(vocabulary: Vocabulary) -> None:
    (field,) = wrong({**bare_facts(Scenario.ACQUISITION), "x" * 500: "1"}, Scenario.ACQUISITION, vocabulary)
    assert len(field) == 80


def test_a_fact_of_another_scenario_is_refused(vocabulary: Vocabulary) -> None:
    raw = {**bare_facts(Scenario.ACQUISITION), "amount_due": "5"}
    assert wrong(raw, Scenario.ACQUISITION, vocabulary) == {"facts.amount_due": "no fact of acquisition"}


def test_everything_wrong_is_reported_at_once(vocabulary: Vocabulary) -> None:
    raw = {"annual_rate": 3.6, "rebate": "1", "terms": []}
    problems = wrong(raw, Scenario.ACQUISITION, vocabulary)
    assert set(problems) == {"facts.annual_rate", "facts.rebate", "facts.terms", "facts.product"}


@pytest.mark.parametrize("scenario", SPOKEN)
def test_what_is_required_is_required(scenario: Scenario, vocabulary: Vocabulary) -> None:
    for name in bare_facts(scenario):
        raw = {other: value for other, value in rich_facts(scenario).items() if other != name}
        assert wrong(raw, scenario, vocabulary) == {f"facts.{name}": "is required"}
        parsed = parse_facts(raw, vocabulary.scenarios[scenario], vocabulary, partial=True)
        assert name not in parsed.values


@pytest.mark.parametrize(
    ("scenario", "right", "wrongs"),
    [(Scenario.COLLECTION_M1, (1, 30), (0, 31)), (Scenario.COLLECTION_M2, (31, 60), (30, 61))],
)
def test_days_overdue_belong_to_the_scenario(
    scenario: Scenario, right: tuple[int, ...], wrongs: tuple[int, ...], vocabulary: Vocabulary
) -> None:
    def overdue(days: int) -> dict[str, Any]:
        due = CALL.today - timedelta(days=days or 1)
        return {**bare_facts(scenario), "due_date": str(due), "overdue_days": days}

    profile = vocabulary.scenarios[scenario]
    for days in right:
        assert parse_facts(overdue(days), profile, vocabulary, CALL).values["overdue_days"] == days
    for days in wrongs:
        assert set(wrong(overdue(days), scenario, vocabulary, situation=CALL)) == {"facts.overdue_days"}
        assert parse_facts(overdue(days), profile, vocabulary, partial=True).values["overdue_days"] == days


def test_how_a_name_is_said_needs_the_name(vocabulary: Vocabulary) -> None:
    raw = {**bare_facts(Scenario.BILL_REMINDER), "repay_channel_spoken": "官方应用"}
    problems = wrong(raw, Scenario.BILL_REMINDER, vocabulary)
    assert problems == {"facts.repay_channel_spoken": "is how facts.repay_channel is read aloud, which is absent"}


class TestForTheGuards:
    def test_a_name_and_how_it_is_said(self, vocabulary: Vocabulary) -> None:
        worked_out = parse_any_facts({"product": "360借条"}, vocabulary)
        said = parse_any_facts({"product": "360借条", "product_spoken": "三百六借条"}, vocabulary)
        name = Fact("product", Quantity.TEXT, "360借条")
        assert worked_out.guard_facts() == (name, Fact("product_spoken", Quantity.TEXT, "三六零借条"))
        assert said.guard_facts() == (name, Fact("product_spoken", Quantity.TEXT, "三百六借条"))

    def test_each_fact_in_its_quantity(self, vocabulary: Vocabulary) -> None:
        facts = parse_any_facts({"annual_rate": "3.6", "terms": [6, 12], "offers": ["waiver"]}, vocabulary)
        assert facts.guard_facts() == (
            Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6")),
            Fact("terms", Quantity.TERM, Decimal(6)),
            Fact("terms", Quantity.TERM, Decimal(12)),
        )
        assert facts.offers == ("waiver",)

    def test_own_defaults_come_after_the_requests_facts(self, vocabulary: Vocabulary) -> None:
        facts = parse_any_facts({"hotline": "4001112222"}, vocabulary)
        completed = facts.with_defaults({"hotline": "4000000000", "repay_channel": "官方APP"})
        assert completed.values == {"hotline": "4001112222", "repay_channel": "官方APP"}


class TestForTheSlots:
    @pytest.mark.parametrize(
        ("raw", "slot", "written", "spoken"),
        [
            ({"credit_limit": "200000"}, "额度上限", "20万元", "二十万元"),
            ({"annual_rate": "3.60"}, "年化利率", "年化利率3.6%", "年化利率百分之三点六"),
            (
                {"annual_rate": "3.6", "rate_method": "simple"},
                "年化利率",
                "单利年化利率3.6%",
                "单利年化利率百分之三点六",
            ),
            ({"annual_rate": "3.6", "rate_method": "irr"}, "年化利率", "年化利率3.6%", "年化利率百分之三点六"),
            ({"monthly_rate": "0.3"}, "月利率", "月利率0.3%", "月利率百分之零点三"),
            ({"approval_minutes": 2}, "审批时长", "2分钟", "两分钟"),
            ({"terms": [3, 6, 12]}, "期数", "3期、6期、12期", "三期、六期、十二期"),
            ({"campaign_end": "2026-11-30"}, "活动截止", "11月30日", "十一月三十日"),
            ({"campaign_end": "2027-01-02"}, "活动截止", "2027年1月2日", "二零二七年一月二日"),
            ({"amount_due": "1234.50"}, "应还金额", "1234.5元", "一千二百三十四元五角"),
            ({"card_tail": "6710"}, "卡尾号", "6710", "六七幺零"),
            ({"product": "应急贷360"}, "产品名", "应急贷360", "应急贷三六零"),
            ({"product": "工薪贷(2号)"}, "产品名", "工薪贷(2号)", "工薪贷二号"),
            ({"product": "360借条", "product_spoken": "三百六，借条"}, "产品名", "360借条", "三百六，借条"),
            ({"repay_channel": "官方APP"}, "还款渠道", "官方APP", "官方APP"),
            ({"repay_channel": "官方APP", "repay_channel_spoken": "官方应用"}, "还款渠道", "官方APP", "官方应用"),
            ({"hotline": "400-000-0000"}, "客服热线", "4000000000", "四零零，零零零，零零零零"),
            ({"amount_due": "0.05"}, "应还金额", "0.05元", "五分钱"),
        ],
    )
    def test_written_and_spoken(
        self, raw: dict[str, Any], slot: str, written: str, spoken: str, vocabulary: Vocabulary
    ) -> None:
        filling = parse_any_facts(raw, vocabulary).fillings(TODAY)[slot]
        assert (filling.written, filling.spoken) == (written, spoken)

    @pytest.mark.parametrize("scenario", SPOKEN)
    def test_every_fact_with_a_slot_fills_it_and_no_other(self, scenario: Scenario, vocabulary: Vocabulary) -> None:
        facts = parse_any_facts(rich_facts(scenario), vocabulary)
        expected = {slot.name for slot in vocabulary.slots.values() if slot.fact in facts.values}
        assert set(facts.fillings(TODAY)) == expected

    def test_nothing_fills_nothing(self, vocabulary: Vocabulary) -> None:
        assert Facts({}, vocabulary).fillings(TODAY) == {}
