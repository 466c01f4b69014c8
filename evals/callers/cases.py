"""What a service is told of a written customer's call: the usual facts of the scenario, and his own."""

from typing import Any

from evals.callers.customers import Customer

CALL_TIME = "2026-11-20T10:05:00+08:00"
"""A Friday in the morning; the days that customers name are meant from here."""
MARKETING = frozenset({"acquisition", "activation"})

_LOAN: dict[str, Any] = {
    "product": "应急贷",
    "credit_limit": "200000",
    "annual_rate": "3.6",
    "rate_method": "simple",
    "principal": "10000",
    "terms": [12],
    "monthly_payment": "849.67",
    "fees": "0",
}
_WHERE: dict[str, Any] = {"repay_channel": "官方APP", "hotline": "4000000000"}
_FACTS: dict[str, dict[str, Any]] = {
    "acquisition": _LOAN,
    "activation": _LOAN,
    "bill_reminder": {"amount_due": "2680", "due_date": "2026-11-25", **_WHERE},
    "collection_m1": {"amount_due": "3460", "due_date": "2026-11-10", "overdue_days": 10, **_WHERE},
    "collection_m2": {"amount_due": "6820", "due_date": "2026-10-05", "overdue_days": 46, **_WHERE},
}


def case_of(customer: Customer, ref: str) -> dict[str, Any]:
    """The `case` of a turn; by `ref` what he refuses is remembered."""
    is_marketing = customer.scenario in MARKETING
    consent = {"is_student": False, "marketing_consent": True} if is_marketing else {}
    return {
        "scenario": customer.scenario,
        "channel": "ai_voice",
        "call_time": CALL_TIME,
        "callee": {"role": "applicant" if is_marketing else "debtor", "identity_verified": False},
        "customer": {"ref": ref, "age": customer.age, "surname": "王", "honorific": "先生", **consent},
        "facts": {**_FACTS[customer.scenario], **customer.facts},
    }
