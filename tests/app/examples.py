"""Requests as the dialogue engine sends them, every gate open, and the facts of each scenario at their richest."""

from collections.abc import Collection
from typing import Any

from app.requests import ScriptRequest
from guards.types import Group, Scenario

SPOKEN = tuple(scenario for scenario in Scenario if scenario is not Scenario.COLLECTION_M3_PLUS)
"""The scenarios in which Heyan speaks; in the last one a person does."""

_LOAN: dict[str, Any] = {
    "product": "应急贷",
    "product_spoken": "应急贷",
    "annual_rate": "3.6",
    "rate_method": "simple",
    "credit_limit": "200000",
    "monthly_rate": "0.3",
    "approval_minutes": 10,
    "first_loan_discount": "50",
    "principal": "10000",
    "monthly_payment": "849.67",
    "terms": [6, 12],
    "instalment_terms": 12,
    "free_interest_days": 30,
    "campaign_end": "2026-11-30",
    "quota": 500,
    "fees": "0",
    "hotline": "4000000000",
    "as_of": "2026-11-20T08:00:00+08:00",
}
_DEBT: dict[str, Any] = {
    "product": "应急贷",
    "product_spoken": "应急贷",
    "amount_due": "1234.5",
    "min_payment": "123.45",
    "monthly_payment": "856.5",
    "card_tail": "6789",
    "deferral_periods": 3,
    "hotline": "4000000000",
    "repay_channel": "官方APP",
    "repay_channel_spoken": "官方应用",
    "offers": ["deferral", "instalment", "waiver"],
    "status": "open",
    "as_of": "2026-11-20T08:00:00+08:00",
}
_DUE: dict[Scenario, dict[str, Any]] = {
    Scenario.BILL_REMINDER: {"due_date": "2026-11-25"},
    Scenario.COLLECTION_M1: {"due_date": "2026-11-08", "overdue_days": 12},
    Scenario.COLLECTION_M2: {"due_date": "2026-10-06", "overdue_days": 45},
    Scenario.COLLECTION_M3_PLUS: {"due_date": "2026-08-22", "overdue_days": 90},
}


def rich_facts(scenario: Scenario) -> dict[str, Any]:
    """Every fact that a request of the scenario may carry on 2026-11-20, in agreement."""
    if scenario.group is Group.MARKETING:
        return dict(_LOAN)
    return {**_DEBT, **_DUE[scenario]}


def some_facts(scenario: Scenario, names: Collection[str]) -> dict[str, Any]:
    """The required facts, the named ones, and what these need: an instalment its loan, a spoken form its name."""
    wanted = {*names, *bare_facts(scenario)}
    if "monthly_payment" in wanted and scenario.group is Group.MARKETING:
        wanted |= {"principal", "instalment_terms"}
    if "instalment_terms" in wanted:
        wanted.add("terms")
    wanted |= {name.removesuffix("_spoken") for name in wanted}
    return {name: value for name, value in rich_facts(scenario).items() if name in wanted}


def bare_facts(scenario: Scenario) -> dict[str, Any]:
    """The required facts only."""
    names = ("product", "annual_rate") if scenario.group is Group.MARKETING else ("amount_due", "due_date")
    return {name: value for name, value in rich_facts(scenario).items() if name in names}


def request_body(scenario: Scenario = Scenario.ACQUISITION, **changes: Any) -> dict[str, Any]:
    """A request's JSON that every gate lets pass; `changes` replace whole members or, for mappings, are merged in."""
    body: dict[str, Any] = {
        "request_id": "c-1",
        "scenario": scenario.value,
        "channel": "ai_voice",
        "call_time": "2026-11-20T10:05:00+08:00",
        "callee": {
            "role": "applicant" if scenario.group is Group.MARKETING else "debtor",
            "identity_verified": True,
        },
        "customer": {
            "generation": "young",
            "tags": [],
            "surname": "张",
            "honorific": "先生",
            "is_student": False,
            "marketing_consent": True,
            "pii": {},
        },
        "facts": rich_facts(scenario),
        "options": {},
    }
    for name, value in changes.items():
        merges = isinstance(value, dict) and name != "facts"
        body[name] = {**body.get(name, {}), **value} if merges else value
    return body


def script_request(scenario: Scenario = Scenario.ACQUISITION, **changes: Any) -> ScriptRequest:
    """The same as the application reads it."""
    return ScriptRequest.model_validate(request_body(scenario, **changes))
