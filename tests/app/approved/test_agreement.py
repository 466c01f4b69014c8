"""Facts agree with each other, with arithmetic, with the call and with the settings, or they are refused by name."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.approved.agreement import AGREEMENTS, Limits, Situation, instalment
from app.approved.facts import example_facts, parse_facts
from app.approved.vocabulary import Vocabulary
from app.errors import Malformed
from guards.types import Scenario
from tests.app.examples import SPOKEN, bare_facts, rich_facts

CALL = Situation(datetime.fromisoformat("2026-11-20T10:05:00+08:00"))
LOAN = {"product": "应急贷", "annual_rate": "3.6"}
PAID = {**LOAN, "principal": "10000", "terms": [12], "monthly_payment": "849.67"}
DEBT = {"amount_due": "1234.5", "due_date": "2026-11-08"}
BILL = {"amount_due": "1234.5", "due_date": "2026-11-25"}
A, B, C, C2 = Scenario.ACQUISITION, Scenario.BILL_REMINDER, Scenario.COLLECTION_M1, Scenario.COLLECTION_M2


def problems(
    facts: dict[str, Any], scenario: Scenario, vocabulary: Vocabulary, situation: Situation = CALL
) -> dict[str, str]:
    """What is refused, by fact; nothing where all agree."""
    try:
        parse_facts(facts, vocabulary.scenarios[scenario], vocabulary, situation)
    except Malformed as refused:
        return {problem.field.removeprefix("facts."): problem.reason for problem in refused.fields}
    return {}


@pytest.mark.parametrize(
    ("scenario", "facts", "field", "told"),
    [
        (B, {**BILL, "amount_due": "0"}, "amount_due", "above 0"),
        (C, {**DEBT, "amount_due": "0.00"}, "amount_due", "above 0"),
        (B, {**BILL, "min_payment": "0"}, "min_payment", "above 0"),
        (A, {**LOAN, "credit_limit": "0"}, "credit_limit", "above 0"),
        (A, {**LOAN, "first_loan_discount": "0"}, "first_loan_discount", "above 0"),
        (A, {**LOAN, "approval_minutes": 0}, "approval_minutes", "1 or more"),
        (A, {**LOAN, "terms": [0]}, "terms", "1 or more"),
        (A, {**LOAN, "terms": [12, 0]}, "terms", "1 or more"),
        (A, {**LOAN, "free_interest_days": 0}, "free_interest_days", "1 or more"),
        (A, {**LOAN, "quota": 0}, "quota", "1 or more"),
        (C, {**DEBT, "deferral_periods": 0}, "deferral_periods", "1 or more"),
        (B, {**BILL, "min_payment": "1234.51"}, "min_payment", "1234.5"),
        (B, {**BILL, "overdue_days": 5}, "overdue_days", "left out"),
        (C, {**DEBT, "overdue_days": 11}, "overdue_days", "12"),
        (C, {**DEBT, "overdue_days": 30}, "overdue_days", "12"),
        (C, {**DEBT, "due_date": "2026-10-01", "overdue_days": 50}, "overdue_days", "1 to 30"),
        (C2, {**DEBT, "overdue_days": 12}, "overdue_days", "31 to 60"),
        (B, {**BILL, "due_date": "2026-11-19"}, "due_date", "2026-11-20 to 2027-01-19"),
        (B, {**BILL, "due_date": "2027-01-20"}, "due_date", "2026-11-20 to 2027-01-19"),
        (C, {**DEBT, "due_date": "2026-11-25"}, "due_date", "before 2026-11-20"),
        (C, {**DEBT, "due_date": "2026-11-20"}, "due_date", "before 2026-11-20"),
        (C2, {**DEBT, "due_date": "2026-12-20"}, "due_date", "before 2026-11-20"),
        (A, {**LOAN, "campaign_end": "2026-11-19"}, "campaign_end", "2026-11-20"),
        (A, {**LOAN, "campaign_end": "2020-01-01"}, "campaign_end", "2026-11-20"),
        (A, {**LOAN, "credit_limit": "200000.01"}, "credit_limit", "200000"),
        (A, {**LOAN, "credit_limit": "5000", "principal": "5001"}, "principal", "5000"),
        (A, {**LOAN, "principal": "300000"}, "principal", "200000"),
        (A, {**LOAN, "monthly_rate": "0.35"}, "monthly_rate", "0.3"),
        (A, {**LOAN, "annual_rate": "8.5", "monthly_rate": "0.7"}, "monthly_rate", "0.7083"),
        (A, {**LOAN, "terms": [6, 12], "instalment_terms": 9}, "instalment_terms", "6, 12"),
        (A, {**PAID, "principal": None}, "principal", "is required beside monthly_payment"),
        (A, {**PAID, "terms": None}, "instalment_terms", "is required beside monthly_payment"),
        (A, {**PAID, "terms": [6, 12]}, "instalment_terms", "is required beside monthly_payment"),
        (A, {**PAID, "monthly_payment": "858.2"}, "monthly_payment", "849.67 or 849.41"),
        (A, {**PAID, "principal": "200000"}, "monthly_payment", "16993.45"),
        (A, {**PAID, "rate_method": "simple", "terms": [24]}, "monthly_payment", "432.47"),
        (A, {**LOAN, "as_of": "2026-11-20T10:05:01+08:00"}, "as_of", "2026-11-20T10:05:00+08:00"),
        (A, {**LOAN, "as_of": "2026-11-19T10:04:59+08:00"}, "as_of", "2026-11-19T10:05:00+08:00"),
        (B, {**BILL, "as_of": "2026-11-20"}, "as_of", "an offset"),
        (B, {**BILL, "as_of": "2026-11-20T10:00:00"}, "as_of", "an offset"),
        (B, {**BILL, "status": "closed"}, "status", "open, settled, disputed"),
    ],
)
def test_what_disagrees_is_named_with_what_would_agree(
    scenario: Scenario, facts: dict[str, Any], field: str, told: str, vocabulary: Vocabulary
) -> None:
    found = problems(facts, scenario, vocabulary)
    assert set(found) == {field}
    assert told in found[field]


@pytest.mark.parametrize(
    ("scenario", "facts"),
    [
        (A, {**LOAN, "fees": "0"}),
        (A, {**LOAN, "monthly_rate": "0.3"}),
        (A, {**LOAN, "annual_rate": "8.5", "monthly_rate": "0.71"}),
        (A, {**LOAN, "campaign_end": "2026-11-20"}),
        (A, {**LOAN, "credit_limit": "200000", "principal": "200000"}),
        (A, PAID),
        (A, {**PAID, "terms": [6, 12], "instalment_terms": 12}),
        (A, {**PAID, "monthly_payment": "858.1"}),
        (A, {**PAID, "monthly_payment": "841.2"}),
        (A, {**PAID, "rate_method": "irr", "monthly_payment": "849.41"}),
        (A, {**PAID, "annual_rate": "0", "monthly_payment": "833.33"}),
        (A, {**LOAN, "as_of": "2026-11-20T10:05:00+08:00"}),
        (A, {**LOAN, "as_of": "2026-11-19T02:05:00Z"}),
        (B, {**BILL, "due_date": "2026-11-20", "min_payment": "1234.5"}),
        (B, {**BILL, "due_date": "2027-01-19", "monthly_payment": "500"}),
        (C, {**DEBT, "overdue_days": 12, "deferral_periods": 1}),
        (C, {**DEBT, "due_date": "2026-11-19", "overdue_days": 1}),
    ],
)
def test_what_agrees_is_taken(scenario: Scenario, facts: dict[str, Any], vocabulary: Vocabulary) -> None:
    assert problems(facts, scenario, vocabulary) == {}


def test_all_contradictions_are_named_at_once(vocabulary: Vocabulary) -> None:
    facts = {**PAID, "principal": "900", "credit_limit": "800", "campaign_end": "2026-11-01", "quota": 0, "rebate": 1}
    assert set(problems(facts, A, vocabulary)) == {
        "principal", "monthly_payment", "campaign_end", "quota", "rebate",
    }  # fmt: skip


def test_the_day_of_a_call_is_chinas(vocabulary: Vocabulary) -> None:
    late = Situation(datetime.fromisoformat("2026-11-20T17:00:00+00:00"))
    assert problems({**DEBT, "due_date": "2026-11-20", "overdue_days": 1}, C, vocabulary, late) == {}


def test_limits_are_settings(vocabulary: Vocabulary) -> None:
    strict = Situation(CALL.call_time, Limits(Decimal(50_000), timedelta(hours=1)))
    facts = {**LOAN, "credit_limit": "50001", "as_of": "2026-11-20T09:00:00+08:00"}
    assert problems(facts, A, vocabulary) == {}
    assert set(problems(facts, A, vocabulary, strict)) == {"credit_limit", "as_of"}


@pytest.mark.parametrize(
    ("principal", "rate", "term", "method", "paid"),
    [
        ("10000", "3.6", 12, "simple", "849.67"),
        ("10000", "3.6", 12, "irr", "849.41"),
        ("9500", "9.8", 24, "simple", "437.50"),
        ("10000", "24", 12, "simple", "945.60"),
        ("10000", "24", 12, "irr", "934.53"),
        ("1200", "0", 12, "irr", "100.00"),
        ("1000", "12", 1, "simple", "1010.00"),
    ],
)
def test_an_instalment_pays_its_loan_off(principal: str, rate: str, term: int, method: Any, paid: str) -> None:
    due = instalment(Decimal(principal), Decimal(rate), term, method)
    assert due.quantize(Decimal("0.01")) == Decimal(paid)
    left, year = Decimal(principal), 1 + Decimal(rate) / 100
    monthly = 1 + Decimal(rate) / 1200 if method == "simple" else year ** (Decimal(1) / 12)
    for _ in range(term):
        left = left * monthly - due
    assert abs(left) < Decimal("1e-15")


@pytest.mark.parametrize("scenario", SPOKEN)
def test_the_examples_agree(scenario: Scenario, vocabulary: Vocabulary) -> None:
    profile = vocabulary.scenarios[scenario]
    for facts in (rich_facts(scenario), bare_facts(scenario)):
        assert problems(facts, scenario, vocabulary) == {}
    for only in (True, False):
        assert problems(example_facts(profile, vocabulary, CALL.today, required_only=only), scenario, vocabulary) == {}


def test_each_agreement_is_written_down_once(vocabulary: Vocabulary) -> None:
    written = [agreement.id for agreement in vocabulary.agreements]
    assert sorted(written) == sorted(AGREEMENTS)


DAYS = st.integers(-70, 70)
AMOUNTS = st.sampled_from(["0", "0.01", "123.45", "1234.5", "200000", "200001"])


@given(scenario=st.sampled_from([B, C, C2]), due=DAYS, overdue=st.none() | DAYS.map(abs), amount=AMOUNTS, least=AMOUNTS)
def test_no_debt_that_contradicts_itself_is_taken(
    scenario: Scenario, due: int, overdue: int | None, amount: str, least: str, vocabulary: Vocabulary
) -> None:
    facts = {
        "amount_due": amount,
        "min_payment": least,
        "due_date": str(CALL.today + timedelta(days=due)),
        "overdue_days": overdue,
    }
    first, last = {B: (0, 0), C: (1, 30), C2: (31, 60)}[scenario]
    agrees = (
        0 < float(least) <= float(amount)
        and (0 <= due <= 60 if scenario is B else due < 0)
        and (overdue is None or (overdue == -due and first <= overdue <= last))
    )
    assert (problems(facts, scenario, vocabulary) == {}) is agrees


@given(
    principal=st.integers(100, 400_000),
    limit=st.integers(100, 400_000),
    term=st.integers(1, 60),
    rate=st.sampled_from(["3.6", "7.2", "15.5", "23.9"]),
    method=st.sampled_from(["simple", "irr"]),
    off=st.floats(-0.03, 0.03),
    ends=DAYS,
)
def test_no_loan_that_contradicts_itself_is_taken(
    principal: int, limit: int, term: int, rate: str, method: str, off: float, ends: int, vocabulary: Vocabulary
) -> None:
    yearly = float(rate) / 100
    monthly = yearly / 12 if method == "simple" else (1 + yearly) ** (1 / 12) - 1
    due = principal * monthly / (1 - (1 + monthly) ** -term)
    paid = round(due * (1 + off), 2)
    assume(abs(abs(paid / due - 1) - 0.01) > 1e-6)
    facts = {
        **LOAN, "annual_rate": rate, "rate_method": method, "credit_limit": str(limit), "principal": str(principal),
        "terms": [term], "monthly_payment": f"{paid:.2f}", "campaign_end": str(CALL.today + timedelta(days=ends)),
    }  # fmt: skip
    agrees = principal <= limit <= 200_000 and abs(paid / due - 1) < 0.01 and ends >= 0
    assert (problems(facts, A, vocabulary) == {}) is agrees
