"""What figures are said to be, in sentences of many kinds: of ten debtors and five offers, rightly and wrongly."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from guards.script import Script, Segment
from guards.types import Case, Fact, Quantity, Scenario, Stage
from tests.guards.number_rules import grounding

GUARD = grounding()
TODAY = date(2026, 12, 7)
_QUANTITIES = {
    "amount_due": Quantity.MONEY,
    "min_payment": Quantity.MONEY,
    "monthly_payment": Quantity.MONEY,
    "credit_limit": Quantity.MONEY,
    "first_loan_discount": Quantity.MONEY,
    "due_date": Quantity.DATE,
    "overdue_days": Quantity.DAYS,
    "free_interest_days": Quantity.DAYS,
    "approval_minutes": Quantity.MINUTES,
    "terms": Quantity.TERM,
    "annual_rate": Quantity.RATE_ANNUAL,
    "card_tail": Quantity.DIGITS,
    "hotline": Quantity.DIGITS,
    "product": Quantity.TEXT,
}
_BILL = ("amount_due", "min_payment", "due_date", "card_tail", "hotline")
_DEBT = (*_BILL, "monthly_payment", "overdue_days")
_LOAN = (
    *("product", "annual_rate", "credit_limit", "monthly_payment", "approval_minutes"),
    *("first_loan_discount", "free_interest_days", "terms", "terms"),
)
_VALUES = {
    ("bill_reminder", "1"): (_BILL, "4820.36 241.02 2026-12-18 3571 4008123456"),
    ("bill_reminder", "2"): (_BILL, "1832.47 91.62 2026-12-22 5508 4006667001"),
    ("bill_reminder", "3"): (_BILL, "6390.15 319.51 2026-12-24 8042 4002221199"),
    ("bill_reminder", "4"): (_BILL, "7216.84 360.84 2026-12-20 4627 4007770123"),
    ("bill_reminder", "5"): (_BILL, "2958.30 147.92 2026-12-17 9034 4001112345"),
    ("collection_m1", "1"): (_DEBT, "5926.74 296.34 2026-11-18 6402 4009123456 987.80 19"),
    ("collection_m1", "2"): (_DEBT, "10268.90 513.45 2026-11-25 7719 4008887002 1711.5 12"),
    ("collection_m1", "3"): (_DEBT, "2744.08 137.20 2026-11-27 1956 4003337788 457.35 10"),
    ("collection_m1", "4"): (_DEBT, "3958.62 197.93 2026-11-20 2385 4005550678 659.77 17"),
    ("collection_m1", "5"): (_DEBT, "8614.55 430.73 2026-11-21 5267 4006661234 1435.8 16"),
    ("acquisition", "1"): (_LOAN, "好易贷 8.4 120000 1068.5 17 56 21 12 24"),
    ("acquisition", "2"): (_LOAN, "优速贷 6.48 75000 702.3 8 25 10 6 12"),
    ("acquisition", "3"): (_LOAN, "盈通贷 9.72 160000 1480.6 33 72 16 12 36"),
    ("acquisition", "4"): (_LOAN, "融易借 11.16 50000 512.8 14 30 9 6 24"),
    ("acquisition", "5"): (_LOAN, "悦享贷 7.56 95000 865.4 28 48 13 12 18"),
}


def _fact(name: str, value: str) -> Fact:
    quantity = _QUANTITIES[name]
    if quantity in (Quantity.DIGITS, Quantity.TEXT):
        return Fact(name, quantity, value)
    return Fact(name, quantity, date.fromisoformat(value) if quantity is Quantity.DATE else Decimal(value))


CASES = {
    key: Case(
        scenario=Scenario(key[0]),
        facts=tuple(_fact(name, value) for name, value in zip(names, values.split(), strict=True)),
        today=TODAY,
    )
    for key, (names, values) in _VALUES.items()
}
ROWS = [row.split("\t") for row in (Path(__file__).parent / "said_as.tsv").read_text("utf-8").splitlines()]


def is_stopped(text: str, case: Case) -> bool:
    """Whether a number of the text is found wrong."""
    findings = GUARD(Script((Segment(Stage.BODY, text, text),)), case)
    return any(finding.rule in ("number.ungrounded", "number.wrong_role", "number.unread") for finding in findings)


@pytest.mark.parametrize("scenario", ["bill_reminder", "collection_m1", "acquisition"])
def test_what_is_said_wrongly_is_found_and_what_is_said_rightly_passes(scenario: str) -> None:
    own = [(case, want, text) for kind, case, want, text in ROWS if kind == scenario]
    assert min(sum(want == side for _, want, _ in own) for side in ("wrong", "right")) >= 50
    misjudged = [text for case, want, text in own if is_stopped(text, CASES[scenario, case]) is not (want == "wrong")]
    assert misjudged == []
