"""A fact is stated when a number of its quantity has exactly its value."""

from datetime import date
from decimal import Decimal

import pytest

from guards.numbers.scan import extract, states
from guards.types import Fact, Quantity

AMOUNT = Fact("amount_due", Quantity.MONEY, Decimal("1234.50"))
RATE = Fact("annual_rate", Quantity.RATE_ANNUAL, Decimal("3.6"))
DUE = Fact("due_date", Quantity.DATE, date(2026, 11, 25))
TERMS = Fact("terms", Quantity.TERM, Decimal(12))


@pytest.mark.parametrize(
    ("text", "fact", "stated"),
    [
        ("应还1234.5元", AMOUNT, True),
        ("应还1,234.50元", AMOUNT, True),
        ("应还一千二百三十四元五角", AMOUNT, True),
        ("应还1000元，也就是1234.5元", AMOUNT, True),
        ("应还1234元", AMOUNT, False),
        ("应还1234.51元", AMOUNT, False),
        ("尾号1234", AMOUNT, False),
        ("应还1234.5美元", AMOUNT, False),
        ("一千二百多元", Fact("amount_due", Quantity.MONEY, Decimal(1200)), False),
        ("单利年化利率3.6%", RATE, True),
        ("年化利率百分之三点六", RATE, True),
        ("月利率3.6%", RATE, False),
        ("年化利率3.60%", RATE, True),
        ("年化利率3.65%", RATE, False),
        ("应还3.6元", RATE, False),
        ("到期日11月25日", DUE, True),
        ("到期日是十一月二十五日", DUE, True),
        ("到期日2026年11月25日", DUE, True),
        ("到期日2027年11月25日", DUE, False),
        ("到期日11月26日", DUE, False),
        ("到期日10月25日", DUE, False),
        ("11月到期", DUE, False),
        ("25号到期", DUE, False),
        ("11月25日星期三到期", DUE, True),
        ("11月25日星期四到期", DUE, False),
        ("农历十一月二十五日到期", DUE, False),
        ("分12期还", TERMS, True),
        ("分十二期还", TERMS, True),
        ("12天之内", TERMS, False),
        ("", AMOUNT, False),
    ],
)
def test_a_number_states_a_fact_of_its_own_quantity_and_value(text: str, fact: Fact, stated: bool) -> None:
    assert states(extract(text), fact) is stated


def test_wording_has_no_number_to_look_for() -> None:
    assert states([], Fact("product", Quantity.TEXT, "应急贷"))
